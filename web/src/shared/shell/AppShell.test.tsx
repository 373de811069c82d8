import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { mockApi, renderPage } from "@/test/render";
import { ScopeProvider } from "@/shared/session/scope";
import { AppShell } from "./AppShell";
import type { AreaRoute } from "./types";

const page = () => Promise.resolve({ default: () => null });
const routes: AreaRoute[] = [
  { path: "/orders", load: page, permission: "orders.order.view", nav: { group: "orders", label: "orders", icon: null } },
  { path: "/stock", load: page, permission: "inventory.stock.view", nav: { group: "stock", label: "stock", icon: null, order: 1 } },
  { path: "/stock/movements", load: page, permission: "inventory.stock.view", nav: { group: "stock", label: "ledger", icon: null, order: 2 } },
  { path: "/users", load: page, permission: "accounts.user.view", nav: { group: "settings", label: "users", icon: null } },
];

function shell(url: string, permissions: string[]) {
  const calls = mockApi({
    "GET /jobs": () => ({ items: [] }),
    "GET /orders/counts": () => ({ counts: { held: { count: 3, capped: false } } }),
    "GET /warehouses": () => ({ items: [{ id: 1, code: "SH", name: "上海" }, { id: 2, code: "GZ", name: "广州" }], next_cursor: null }),
    "GET /search": ({ query }) => ({ items: [{ kind: "order", id: 9, title: `SO-${query.get("q") ?? ""}`, url_path: "/orders?open=9" }] }),
  });
  const view = renderPage(<ScopeProvider><AppShell routes={routes} /></ScopeProvider>, { url, permissions, others: [{ path: "/orders", element: <p>{"orders"}</p> }] });
  return { ...view, calls };
}

describe("the shell", () => {
  it("shows only what the role may see, in its groups", () => {
    shell("/stock", ["inventory.stock.view"]);
    expect(screen.getByRole("link", { name: "库存查询" })).toBeInTheDocument();
    expect(screen.queryByRole("link", { name: "订单" })).not.toBeInTheDocument();
    expect(screen.queryByText("设置")).not.toBeInTheDocument();
  });

  it("marks the entry of the page, not that of its parent", () => {
    shell("/stock/movements", ["*"]);
    expect(screen.getByRole("link", { name: "库存流水" })).toHaveAttribute("aria-current", "page");
    expect(screen.getByRole("link", { name: "库存查询" })).not.toHaveAttribute("aria-current");
  });

  it("puts the chosen warehouse into the URL and remembers it", async () => {
    const { router } = shell("/stock", ["*"]);
    const box = await screen.findByRole("combobox", { name: "仓库" });
    fireEvent.mouseDown(box);
    await userEvent.click(await screen.findByTitle("GZ 广州"));
    expect(router.state.location.search).toBe("?wh=2");
    expect(localStorage.getItem("hecang.warehouse")).toBe("2");
  });

  it("finds anything by Ctrl-K and goes there on Enter", async () => {
    const { router, calls } = shell("/stock", ["*"]);
    await userEvent.keyboard("{Control>}k{/Control}");
    await userEvent.type(await screen.findByRole("combobox", { name: "快速查找" }), "8000");
    expect(await screen.findByText("SO-8000")).toBeInTheDocument();
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(router.state.location.pathname + router.state.location.search).toBe("/orders?open=9"));
    expect(calls.filter((call) => call.path === "/search").at(-1)?.query.get("q")).toBe("8000");
  });
});
