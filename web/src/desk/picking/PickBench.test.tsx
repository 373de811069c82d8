import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type * as router from "react-router";
import type * as sending from "@/desk/floor/send";
import { mockApi, problem, renderPage, type Call } from "@/test/render";
import PickBench from "./PickBench";
import type { BatchDetail, PickScan, PickTask } from "./types";

vi.mock("react-router", async (original) => ({ ...(await original<typeof router>()), useParams: () => ({ id: "5" }) }));
vi.mock("@/desk/floor/send", async (original) => {
  const real = await original<typeof sending>();
  return { ...real, sendUntilAnswered: <T,>(send: () => Promise<T>) => real.sendUntilAnswered(send, () => Promise.resolve()) };
});

const pick: PickTask = {
  id: 11, sequence: 1, state: "open", quantity: 1, picked: 0, short: 0, slot: 4, lot: null,
  location: { id: 1, code: "A01-01-1", x_mm: 0, y_mm: 0 }, sku: { id: 10, code: "TEA-100", name: "绿茶", base_unit: "pcs" },
  barcodes: [{ barcode: "6901234567892", quantity: 1 }], fulfilment: { id: 1, number: "FF1" },
};
const batch: BatchDetail = {
  id: 5, number: "PB260101-000005", state: "picking", kind: "multi", wave: { id: 1, number: "WV1" }, warehouse: { id: 1, code: "SH", name: "上海" }, picker: { id: 7, username: "lin" }, staging: { id: 9, code: "STAGE-1" },
  fulfilment_count: 1, line_count: 1, unit_count: 1, picked_units: 0, walk_mm: 1000, single_walk_mm: 1000, started_at: null, finished_at: null, path: [], tasks: [pick],
};
const done: PickTask = { ...pick, picked: 1, state: "done" };
const scansOf = (calls: Call[]) => calls.filter((call) => call.path === "/batches/5/scans").map((call) => (call.body as { scans: PickScan[] }).scans);
const accepted = (call: Call) => ({
  results: (call.body as { scans: PickScan[] }).scans.map((scan) => ({ scan_id: scan.scan_id, ok: true, code: "", message: "", data: { tasks: [{ task_id: 11, left: 0 }] } })),
  tasks: [done], state: "picked",
});

describe("the pick bench", () => {
  beforeEach(() => localStorage.clear());

  it("goes from location to goods to finished without a mouse", async () => {
    let picked = false;
    const calls = mockApi({
      "GET /batches/5": () => (picked ? { ...batch, state: "picked", tasks: [done] } : batch),
      "POST /batches/5/scans": (call) => {
        picked = true;
        return accepted(call);
      },
    });
    renderPage(<PickBench />);
    expect(await screen.findByTestId("place")).toHaveTextContent("A01-01-1");
    await userEvent.keyboard("Z9{Enter}");
    expect(await screen.findByRole("status")).toHaveTextContent("请到 A01-01-1");
    await userEvent.keyboard("a01-01-1{Enter}");
    await waitFor(() => expect(screen.getByRole("status")).toHaveTextContent("库位正确"));
    await userEvent.keyboard("6901234567892{Enter}");
    expect(await screen.findByText("这一单拣完了")).toBeInTheDocument();
    expect(scansOf(calls)).toHaveLength(1);
    expect(scansOf(calls)[0]).toMatchObject([{ task_id: 11, location_code: "A01-01-1", sku_barcode: "6901234567892", quantity: 1, outcome: "picked" }]);
  });

  it("keeps a scan that got no answer and sends it again under its own id; the same piece is not counted twice", async () => {
    let online = false;
    const calls = mockApi({
      "GET /batches/5": () => (online ? { ...batch, state: "picked", tasks: [done] } : batch),
      "POST /batches/5/scans": (call) => (online ? accepted(call) : problem(503, {})),
    });
    renderPage(<PickBench />);
    await screen.findByTestId("place");
    await userEvent.keyboard("A01-01-1{Enter}6901234567892{Enter}");
    expect(await screen.findByText(/有 1 次扫描还没有送达/)).toBeInTheDocument();
    expect(JSON.parse(localStorage.getItem("hecang.pick.5") ?? "[]")).toHaveLength(1);
    online = true;
    await userEvent.keyboard("6901234567892{Enter}");
    expect(await screen.findByText("这一单拣完了")).toBeInTheDocument();
    const ids = new Set(scansOf(calls).flat().map((scan) => scan.scan_id));
    expect(ids.size).toBe(1);
    expect(localStorage.getItem("hecang.pick.5")).toBeNull();
  });

  it("does not open a batch that somebody else walks", async () => {
    mockApi({ "GET /batches/5": () => ({ ...batch, picker: { id: 8, username: "wang", display_name: "王工" } }) });
    renderPage(<PickBench />);
    expect(await screen.findByText("PB260101-000005 由 王工 拣货中")).toBeInTheDocument();
    expect(screen.queryByRole("textbox")).not.toBeInTheDocument();
  });
});
