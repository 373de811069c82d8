import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { renderPage } from "@/test/render";
import { ChoiceResult } from "./ChoiceResult";
import { PlanResult } from "./PlanResult";
import type { Choice } from "./types";

const choice: Choice = {
  pickers: 4, next_wave_s: 3600, load_s: 600, capacity_s: 13_800, released_s: 7200, released_count: 1, kept_count: 1,
  reasons: [{ reason: "due_now", released: true, count: 1 }, { reason: "later_cutoff_denser", released: false, count: 1 }],
  orders: [
    { id: 1, number: "FF-1", ship_by: "2026-07-01T10:00:00Z", released: true, reason: "due_now", slack_s: -600, work_s: 90, walk_now_s: 30, walk_later_s: 20 },
    { id: 2, number: "FF-2", ship_by: null, released: false, reason: "later_cutoff_denser", slack_s: null, work_s: 90, walk_now_s: 40, walk_later_s: 10 },
  ],
};

describe("the system's choice", () => {
  it("tells how many go and wait, and why each order does", async () => {
    renderPage(<ChoiceResult choice={choice} />);
    expect(await screen.findByText("现在下发 1 单，1 单等下一波")).toBeInTheDocument();
    expect(screen.getByText("再等就来不及 1")).toBeInTheDocument();
    expect(screen.getByText("FF-1")).toBeInTheDocument();
    await userEvent.click(screen.getByText("留下的"));
    expect(screen.queryByText("FF-1")).toBeNull();
    expect(screen.getByText("FF-2")).toBeInTheDocument();
  });
});

describe("the result of a plan", () => {
  it("tells what batches and what shortest routes save", async () => {
    renderPage(<PlanResult plan={{ fulfilment_count: 5, line_count: 9, unit_count: 9, walk_mm: 250_000, s_shape_mm: 300_000, single_walk_mm: 1_000_000 }} batchCount={2} />);
    expect(await screen.findByText("比逐单拣货少走 750 米，节省 75%")).toBeInTheDocument();
    expect(screen.getByText("其中最短路线比 S 形路线少走 50 米（17%）")).toBeInTheDocument();
    expect(screen.getByText("同批次走 S 形")).toBeInTheDocument();
  });
});
