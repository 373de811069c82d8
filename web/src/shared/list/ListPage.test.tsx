import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createPortal } from "react-dom";
import { describe, expect, it } from "vitest";
import { mockApi, problem, renderPage, type Call } from "@/test/render";
import { ListPage } from "./ListPage";
import type { ListPageProps } from "./types";

interface Row {
  id: number;
  number: string;
  total: string;
}

const props: ListPageProps<Row> = {
  id: "test-orders",
  title: "订单",
  path: "/orders",
  countsPath: "/orders/counts",
  tabs: [
    { key: "all", label: "全部", query: {} },
    { key: "to_audit", label: "待审核", attention: true },
  ],
  filters: [{ key: "shop", label: "店铺", type: "select", options: [{ value: "3", label: "旗舰店" }] }],
  search: "搜索订单",
  defaultSort: "-placed_at",
  columns: [
    { key: "number", title: "单号", render: (row) => row.number, sort: "number" },
    { key: "total", title: "金额", align: "right", render: (row) => row.total },
  ],
  rowId: (row) => row.id,
  rowName: (row) => row.number,
  bulkActions: [{ code: "approve", label: "批量审核", path: "/orders/bulk-approve", permission: "orders.order.approve" }],
  drawer: (id) => <div>{`drawer of ${id}`}</div>,
  empty: { title: "还没有订单", hint: "从导入中心导入。" },
};

const rows = (from: number, to: number): Row[] => Array.from({ length: to - from + 1 }, (_, index) => ({ id: from + index, number: `SO-${from + index}`, total: "10.00" }));

function server(extra: Record<string, (call: Call) => unknown> = {}) {
  return mockApi({
    "GET /orders": ({ query }) => (query.get("cursor") === "c2" ? { items: rows(4, 5), next_cursor: null } : { items: rows(1, 3), next_cursor: "c2" }),
    "GET /orders/counts": () => ({ counts: { all: { count: 10000, capped: true }, to_audit: { count: 12, capped: false } } }),
    ...extra,
  });
}

const list = () => screen.getByRole("group", { name: "订单列表" });

describe("ListPage", () => {
  it("shows tabs with counts and says when a count is capped", async () => {
    server();
    renderPage(<ListPage {...props} />);
    expect(await screen.findByRole("tab", { name: "全部 10,000+" })).toHaveAttribute("aria-selected", "true");
    expect(screen.getByRole("tab", { name: "待审核 12" })).toBeInTheDocument();
  });

  it("sends what the URL says, and puts what is clicked into the URL", async () => {
    const calls = server();
    const { router } = renderPage(<ListPage {...props} />, { url: "/?tab=to_audit&shop=3&q=138&other=x" });
    await screen.findByText("SO-1");
    const first = calls.find((call) => call.path === "/orders");
    expect(Object.fromEntries(first?.query ?? [])).toEqual({ tab: "to_audit", shop: "3", q: "138", sort: "-placed_at", limit: "50" });
    await userEvent.click(screen.getByRole("tab", { name: /全部/ }));
    expect(new URLSearchParams(router.state.location.search).get("tab")).toBe("all");
    expect(new URLSearchParams(router.state.location.search).get("shop")).toBe("3");
  });

  it("pages forward and back by cursor and starts anew when the filter changes", async () => {
    server();
    const { router } = renderPage(<ListPage {...props} />);
    await screen.findByText("SO-1");
    await userEvent.click(screen.getByText("下一页"));
    expect(await screen.findByText("SO-4")).toBeInTheDocument();
    expect(router.state.location.search).toContain("cursor=c2");
    expect(screen.getByText("第 51–52 条")).toBeInTheDocument();
    expect(screen.getByText("下一页").closest("button")).toBeDisabled();
    await userEvent.click(screen.getByText("上一页"));
    expect(await screen.findByText("SO-1")).toBeInTheDocument();
    await userEvent.click(screen.getByText("下一页"));
    await screen.findByText("SO-4");
    await userEvent.click(screen.getByRole("tab", { name: /待审核/ }));
    expect(router.state.location.search).not.toContain("cursor");
  });

  it("moves, selects and opens rows by keyboard", async () => {
    server();
    const { router } = renderPage(<ListPage {...props} />);
    await screen.findByText("SO-1");
    list().focus();
    await userEvent.keyboard("{ArrowDown}{ArrowDown} ");
    expect(screen.getByText("已选 1 条")).toBeInTheDocument();
    await userEvent.keyboard("{ArrowUp}{Enter}");
    expect(new URLSearchParams(router.state.location.search).get("open")).toBe("1");
    expect(screen.getByText("drawer of 1")).toBeInTheDocument();
  });

  it("opens a row by click, but not by a click in a dialog that a cell has opened", async () => {
    server();
    const cell = { key: "more", title: "", label: "more", render: (row: Row) => createPortal(<button type="button">{`menu of ${row.number}`}</button>, document.body) };
    const { router } = renderPage(<ListPage {...props} columns={[...props.columns, cell]} />);
    fireEvent.click(await screen.findByText("menu of SO-2"));
    expect(router.state.location.search).toBe("");
    fireEvent.click(screen.getByText("SO-2"));
    expect(router.state.location.search).toBe("?open=2");
  });

  it("runs a bulk action with an idempotency key and reports each row that failed", async () => {
    const calls = server({
      "POST /orders/bulk-approve": () => ({ results: [{ id: 1, ok: true }, { id: 2, ok: false, code: "held", message: "订单被挂起：地址不完整" }] }),
    });
    renderPage(<ListPage {...props} />);
    await screen.findByText("SO-1");
    list().focus();
    await userEvent.keyboard("{ArrowDown} {ArrowDown} ");
    await userEvent.click(screen.getByRole("button", { name: "批量审核" }));
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText("SO-2")).toBeInTheDocument();
    expect(within(dialog).getByText("订单被挂起：地址不完整")).toBeInTheDocument();
    const call = calls.find((one) => one.method === "POST");
    expect(call?.body).toEqual({ ids: [1, 2] });
    expect(call?.headers.get("Idempotency-Key")).toMatch(/^[0-9a-f-]{32,36}$/);
    expect(call?.headers.get("X-CSRFToken")).toBe("token-1");
    // The failed row stays selected, the done one does not.
    expect(screen.getByText("已选 1 条")).toBeInTheDocument();
  });

  it("hides bulk actions the role may not do", async () => {
    server();
    renderPage(<ListPage {...props} />, { permissions: ["orders.order.view"] });
    await screen.findByText("SO-1");
    list().focus();
    await userEvent.keyboard("{ArrowDown} ");
    expect(screen.queryByRole("button", { name: "批量审核" })).not.toBeInTheDocument();
  });

  it("tells an empty list from an empty search", async () => {
    mockApi({ "GET /orders": () => ({ items: [], next_cursor: null }), "GET /orders/counts": () => ({ counts: {} }) });
    const { router } = renderPage(<ListPage {...props} />);
    expect(await screen.findByText("从导入中心导入。")).toBeInTheDocument();
    const box = screen.getByRole("textbox", { name: "搜索订单" });
    fireEvent.change(box, { target: { value: "nothing" } });
    fireEvent.keyDown(box, { key: "Enter", code: "Enter", keyCode: 13 });
    expect(await screen.findByText("没有符合条件的记录")).toBeInTheDocument();
    await userEvent.click(screen.getAllByRole("button", { name: /清除筛选/ })[0] as HTMLElement);
    await waitFor(() => expect(router.state.location.search).toBe(""));
  });

  it("says what happened, why and what to do when the list cannot be had", async () => {
    mockApi({ "GET /orders": () => problem(403, { title: "没有权限", detail: "您不能查看这家店铺。" }), "GET /orders/counts": () => ({ counts: {} }) });
    renderPage(<ListPage {...props} />);
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("您没有这个权限");
    expect(alert).toHaveTextContent("您不能查看这家店铺。");
    expect(alert).toHaveTextContent("请联系管理员");
  });

  it("remembers hidden columns for the user", async () => {
    server();
    const { unmount } = renderPage(<ListPage {...props} />);
    await screen.findByText("SO-1");
    await userEvent.click(screen.getByRole("button", { name: "列" }));
    await userEvent.click(await screen.findByLabelText("金额"));
    expect(screen.queryByText("10.00")).not.toBeInTheDocument();
    unmount();
    renderPage(<ListPage {...props} />);
    await screen.findByText("SO-1");
    expect(screen.queryByText("10.00")).not.toBeInTheDocument();
  });
});
