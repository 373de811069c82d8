import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { renderPage } from "@/test/render";
import { DetailPage, type DetailContent } from "./DetailDrawer";

const query = { data: {}, isLoading: false, error: null, refetch: () => undefined };

describe("detail", () => {
  it("runs what is allowed; what is not says why and does nothing", async () => {
    const approve = vi.fn();
    const cancel = vi.fn();
    const content: DetailContent = {
      kind: "订单",
      number: "SO260101-000123",
      actions: [
        { code: "approve", label: "审核", run: approve },
        { code: "cancel", label: "取消订单", run: cancel },
      ],
      permits: [
        { code: "approve", allowed: true },
        { code: "cancel", allowed: false, reason: "包裹已交接给承运商" },
      ],
    };
    renderPage(<DetailPage query={query} content={content} />);
    await userEvent.click(screen.getByRole("button", { name: "审核" }));
    expect(approve).toHaveBeenCalledTimes(1);
    const refused = screen.getByRole("button", { name: "取消订单" });
    expect(refused).toHaveAttribute("aria-disabled", "true");
    expect(refused).toHaveAccessibleDescription("包裹已交接给承运商");
    await userEvent.click(refused);
    expect(cancel).not.toHaveBeenCalled();
  });

  it("keeps the open tab in the URL", async () => {
    const content: DetailContent = {
      kind: "订单",
      number: "SO1",
      tabs: [
        { key: "lines", label: "明细", count: 2, children: "the lines" },
        { key: "timeline", label: "时间线", children: "the timeline" },
      ],
    };
    const { router } = renderPage(<DetailPage query={query} content={content} />, { url: "/?dtab=timeline" });
    expect(screen.getByText("the timeline")).toBeVisible();
    await userEvent.click(screen.getByRole("tab", { name: /明细/ }));
    expect(router.state.location.search).toBe("?dtab=lines");
  });
});
