import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import * as pdf from "@/desk/floor/pdf";
import type * as sending from "@/desk/floor/send";
import { mockApi, problem, renderPage, type Call } from "@/test/render";
import PackingPage from "./PackingPage";
import type { PackLine, PackView } from "./types";

vi.mock("@/desk/floor/send", async (original) => {
  const real = await original<typeof sending>();
  return { ...real, sendUntilAnswered: <T,>(send: () => Promise<T>) => real.sendUntilAnswered(send, () => Promise.resolve()) };
});

/** Two units side by side on the floor of the box. */
const places = [0, 140].map((x_mm) => ({ line_id: 1, x_mm, y_mm: 0, z_mm: 0, length_mm: 140, width_mm: 170, height_mm: 90 }));
const box = { id: 5, code: "BOX-5", name: "5 号箱", length_mm: 290, width_mm: 170, height_mm: 190 };

/** The table as the server would keep it: repeated scan ids change nothing. */
function table() {
  const seen = new Set<string>();
  let scanned = 0;
  let packed = 0;
  let online = true;
  const line = (): PackLine => ({ id: 1, sku: { id: 10, code: "TEA-100", name: "绿茶" }, barcodes: [{ barcode: "6901234567892", quantity: 1 }], quantity: 2, cut: 0, picked: 2, packed, scanned });
  const view = (): PackView => ({
    fulfilment: { id: 3, number: "FF260101-000003", state: packed === 2 ? "packed" : "picked", is_stopped: false, slot: 4 }, order: { id: 9, number: "SO260101-000009", buyer_remark: "", seller_remark: "" },
    shop: { id: 1, code: "S", name: "店" }, batch: null, service: null, carrier: null, lines: [line()], parcel: scanned > 0 ? { id: 2, number: "PC260101-000002", unit_count: scanned, expected_weight_g: 400 } : null,
    cartons_suggested: [{ carton: box, units: [], places, goods_weight_g: 400, gross_weight_g: 500 }], sealed: [],
  });
  const calls = mockApi({
    "GET /cartons": () => ({ items: [box], next_cursor: null }),
    "POST /parcels/print": (call: Call) => ({ documents: [], own: (call.body as { ids: number[] }).ids }),
    "POST /packing/open": () => ({ view: view(), choices: [] }),
    "POST /packing/3/scans": (call: Call) => {
      if (!online) return problem(503, {});
      const { scans } = call.body as { scans: { scan_id: string; barcode: string }[] };
      const results = scans.map((scan) => {
        const ok = scan.barcode === "6901234567892";
        if (ok && !seen.has(scan.scan_id)) scanned += 1;
        seen.add(scan.scan_id);
        return { scan_id: scan.scan_id, ok, code: ok ? "" : "unknown_barcode", message: ok ? "" : "找不到条码", data: { sku_code: "TEA-100" } };
      });
      return { results, view: view() };
    },
    "POST /packing/3/seal": () => {
      packed = 2;
      scanned = 0;
      return { ok: true, code: "", message: "", expected: {}, parcel: { id: 2, number: "PC260101-000002" }, waybill: { number: "SF1", carrier: null, service: null }, label_url: "/api/v1/parcels/2/label.pdf", label_error: "", view: view() };
    },
  });
  return { calls, setOnline: (on: boolean) => { online = on; }, units: () => scanned };
}

const answer = () => screen.findByRole("status");

describe("the packing table", () => {
  beforeEach(() => localStorage.clear());

  it("opens, verifies, refuses what is wrong, weighs, seals and prints from the keyboard alone", async () => {
    const { calls } = table();
    const print = vi.spyOn(pdf, "printPdf").mockResolvedValue();
    renderPage(<PackingPage />);
    await userEvent.keyboard("FF260101-000003{Enter}");
    await waitFor(async () => expect(await answer()).toHaveTextContent("共 2 件"));
    await userEvent.keyboard("4006381333931{Enter}");
    await waitFor(async () => expect(await answer()).toHaveTextContent("找不到条码"));
    await userEvent.keyboard("6901234567892{Enter}6901234567892{Enter}");
    await waitFor(async () => expect(await answer()).toHaveTextContent("全部扫完"));
    await userEvent.keyboard("6901234567892{Enter}");
    await waitFor(async () => expect(await answer()).toHaveTextContent("多了"));
    await userEvent.keyboard("512{Enter}");
    await waitFor(async () => expect(await answer()).toHaveTextContent("已封箱 PC260101-000002，运单 SF1"));
    expect(calls.find((call) => call.path.endsWith("/seal"))?.body).toMatchObject({ carton_id: 5, weight_g: 512, accept_weight: false });
    expect(print).toHaveBeenCalledWith("/api/v1/parcels/2/label.pdf");
    expect(screen.getByText("可以开始")).toBeInTheDocument();
  });

  it("shows where each unit lies and in which order it goes in", async () => {
    table();
    renderPage(<PackingPage />);
    await userEvent.keyboard("FF260101-000003{Enter}");
    const drawing = await screen.findByRole("img", { name: /BOX-5/ });
    expect([...drawing.querySelectorAll("g > text")].map((text) => text.textContent)).toEqual(["1", "2"]);
    expect(screen.getByText("放入顺序")).toBeInTheDocument();
    expect(screen.getByText("1–2")).toBeInTheDocument();
  });

  it("counts a piece once when its answer was lost and it is scanned again", async () => {
    const server = table();
    renderPage(<PackingPage />);
    await userEvent.keyboard("FF260101-000003{Enter}");
    await waitFor(async () => expect(await answer()).toHaveTextContent("共 2 件"));
    server.setOnline(false);
    await userEvent.keyboard("6901234567892{Enter}");
    await waitFor(() => expect(document.querySelector("[data-result]")).toHaveAttribute("data-result", "wrong"));
    server.setOnline(true);
    await userEvent.keyboard("6901234567892{Enter}");
    await waitFor(async () => expect(await answer()).toHaveTextContent("还差 1 件"));
    expect(server.units()).toBe(1);
    const ids = server.calls.filter((call) => call.path.endsWith("/scans")).map((call) => (call.body as { scans: { scan_id: string }[] }).scans[0]?.scan_id);
    expect(new Set(ids).size).toBe(1);
  });
});
