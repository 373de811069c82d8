import { describe, expect, it } from "vitest";
import { boxedUnits, cartonInUse, empty, expectedWeight, leftUnits, opened, read, scanAfterOpening, scanned, sealed, step, weightOf, type PackState } from "./machine";
import type { PackLine, PackView, SealAnswer } from "./types";

const box = { id: 5, code: "C2", name: "box", length_mm: 300, width_mm: 200, height_mm: 150 };
const bag = { id: 6, code: "BAG", name: "bag", length_mm: 200, width_mm: 150, height_mm: 40 };

function line(over: Partial<PackLine> = {}): PackLine {
  return { id: 1, sku: { id: 10, code: "TEA-100", name: "tea" }, barcodes: [{ barcode: "6901234567892", quantity: 1 }, { barcode: "16901234567899", quantity: 6 }], quantity: 2, cut: 0, picked: 2, packed: 0, scanned: 0, ...over };
}

function view(lines: PackLine[] = [line()], over: Partial<PackView> = {}): PackView {
  const inside = lines.reduce((sum, one) => sum + one.scanned, 0);
  return {
    fulfilment: { id: 3, number: "FF260101-000003", state: "picked", is_stopped: false, slot: 4 },
    order: { id: 9, number: "SO260101-000009", buyer_remark: "", seller_remark: "" },
    shop: { id: 1, code: "S", name: "s" }, batch: { id: 8, number: "PB260101-000008" }, service: null, carrier: null, lines,
    parcel: inside > 0 ? { id: 2, number: "PC260101-000002", unit_count: inside, expected_weight_g: 500 } : null,
    cartons_suggested: [{ carton: box, units: [], places: [], goods_weight_g: 400, gross_weight_g: 500 }], sealed: [], ...over,
  };
}

const at = (over: Partial<PackState> = {}): PackState => ({ ...empty, view: view(), batchId: 8, ...over });
const sealAnswer = (over: Partial<SealAnswer> = {}): SealAnswer => ({ ok: true, code: "", message: "", expected: {}, parcel: { id: 2, number: "PC" }, waybill: null, label_url: null, label_error: "", view: view(), ...over });

describe("packing: opening", () => {
  it("any code opens, with the batch in hand", () => {
    expect(step(empty)).toBe("open");
    expect(read(empty, " PB260101-000008 ", [])).toEqual({ kind: "open", code: "PB260101-000008", batch_id: null });
    expect(read({ ...empty, batchId: 8 }, "6901234567892", [])).toEqual({ kind: "open", code: "6901234567892", batch_id: 8 });
  });

  it("chooses by slot or number, else looks further", () => {
    const choice = { id: 3, number: "FF260101-000003", state: "picked", is_stopped: false, slot: 4, unit_count: 2 };
    const state = opened(empty, { view: null, choices: [choice] });
    expect(step(state)).toBe("choose");
    expect(read(state, "4", [])).toEqual({ kind: "choose", choice });
    expect(read(state, "ff260101-000003", [])).toEqual({ kind: "choose", choice });
    expect(read(state, "7", [])).toMatchObject({ kind: "open", code: "7" });
  });

  it("goods that open their order go into the box with the same scan; a document does not", () => {
    const state = opened({ ...empty, batchId: 8 }, { view: view(), choices: [] });
    expect(scanAfterOpening(state, "6901234567892")).toMatchObject({ kind: "scan", quantity: 1, action: "add" });
    expect(scanAfterOpening(state, "FF260101-000003")).toBeNull();
  });

  it("does not take goods of a stopped or unpicked order; the next code opens another", () => {
    const stopped = at({ view: view([line()], { fulfilment: { ...view().fulfilment, is_stopped: true } }) });
    const early = at({ view: view([line()], { fulfilment: { ...view().fulfilment, state: "released" } }) });
    expect([step(stopped), step(early)]).toEqual(["blocked", "blocked"]);
    expect(read(stopped, "FF260101-000004", [])).toMatchObject({ kind: "open" });
    expect(scanAfterOpening(stopped, "6901234567892")).toBeNull();
  });
});

describe("packing: goods", () => {
  it("sends goods one by one, and a code that only the server can read", () => {
    expect(read(at(), "6901234567892", [box])).toEqual({ kind: "scan", barcode: "6901234567892", quantity: 1, action: "add" });
    expect(read(at(), "0106901234567892", [box])).toMatchObject({ kind: "scan", barcode: "0106901234567892" });
  });

  it("refuses one too many at once, counting a case by its units", () => {
    expect(read(at(), "16901234567899", [])).toEqual({ kind: "refuse", key: "surplus", params: { sku: "TEA-100", room: 2, units: 6 } });
    const full = at({ view: view([line({ scanned: 2 }), line({ id: 2, sku: { id: 11, code: "CUP", name: "cup" }, barcodes: [] })]) });
    expect(read(full, "6901234567892", [])).toMatchObject({ kind: "refuse", key: "surplus", params: { room: 0 } });
  });

  it("adds up the lines of one SKU", () => {
    const two = at({ view: view([line({ scanned: 2 }), line({ id: 2 })]) });
    expect(read(two, "6901234567892", [])).toMatchObject({ kind: "scan" });
    expect([two.view && leftUnits(two.view), two.view && boxedUnits(two.view)]).toEqual([2, 2]);
  });

  it("refuses another order before this one is finished", () => {
    expect(read(at(), "FF260101-000004", [])).toMatchObject({ kind: "refuse", key: "finishFirst" });
    expect(read(at(), "PB260101-000008#3", [])).toMatchObject({ kind: "refuse", key: "finishFirst" });
    expect(read(at(), "ff260101-000003", [])).toMatchObject({ kind: "say", key: "isOpen" });
  });

  it("takes a keyed number for more of the last goods, never before any, never too many", () => {
    expect(read(at(), "2", [])).toMatchObject({ kind: "refuse", key: "scanFirst" });
    const one = scanned(at({ view: view([line({ picked: 5 })]) }), view([line({ picked: 5, scanned: 1 })]), "6901234567892", true);
    expect(read(one, "4", [])).toEqual({ kind: "scan", barcode: "6901234567892", quantity: 4, action: "add" });
    expect(read(one, "5", [])).toMatchObject({ kind: "refuse", key: "surplus" });
  });

  it("takes out only what is inside, once", () => {
    const inside = at({ view: view([line({ scanned: 1 })]), removing: true });
    expect(read(inside, "6901234567892", [])).toMatchObject({ kind: "scan", action: "remove" });
    expect(read(at({ removing: true }), "6901234567892", [])).toMatchObject({ kind: "refuse", key: "notInside" });
    expect(scanned(inside, view(), "6901234567892", true).removing).toBe(false);
    expect(scanned(inside, view(), "6901234567892", false).removing).toBe(true);
  });
});

describe("packing: closing the box", () => {
  const inside = view([line({ scanned: 2 })]);
  const full = at({ view: inside });

  it("weighs when all is in", () => {
    expect(step(full)).toBe("weigh");
    expect(read(full, "512", [box])).toEqual({ kind: "seal", weight_g: 512, accept_weight: false });
    expect(read(full, "0.512kg", [box])).toEqual({ kind: "seal", weight_g: 512, accept_weight: false });
  });

  it("does not read an item's barcode as a weight", () => {
    expect(read(full, "6901234567892", [box])).toMatchObject({ kind: "refuse", key: "surplus" });
    expect(read(full, "4006381333931", [box])).toMatchObject({ kind: "refuse", key: "noWeight" });
    const short = at({ view: view([line({ scanned: 2, barcodes: [{ barcode: "123456", quantity: 1 }] })]) });
    expect(read(short, "123456", [box])).toMatchObject({ kind: "refuse", key: "surplus" });
  });

  it("does not take a weight that is far off without a person: a short code reads like one", () => {
    expect(read(full, "99999", [])).toEqual({ kind: "doubt", weight_g: 99_999, expected_g: 500 });
    expect(read(full, "2900", [])).toMatchObject({ kind: "seal" });
    const unknown = at({ view: { ...inside, parcel: null, cartons_suggested: [] } });
    expect(read(unknown, "99999", [])).toMatchObject({ kind: "seal" });
  });

  it("expects the carton's weight, too, only while it is the one proposed for all of it", () => {
    expect(expectedWeight(full)).toBe(500);
    expect(expectedWeight({ ...full, carton: bag })).toBe(500);
    const second = at({ view: view([line({ picked: 4, packed: 2, scanned: 2 })], { cartons_suggested: [{ carton: box, units: [], places: [], goods_weight_g: 1, gross_weight_g: 1 }], sealed: [{ parcel_id: 1, number: "PC", state: "labelled", weight_g: 1, waybill_number: null, label_url: null }] }) });
    expect(expectedWeight(second)).toBe(500);
    expect(expectedWeight(empty)).toBe(0);
  });

  it("another carton is chosen by its code, before and while weighing", () => {
    expect(read(full, "bag", [box, bag])).toEqual({ kind: "carton", carton: bag });
    expect(read(at(), "BAG", [box, bag])).toEqual({ kind: "carton", carton: bag });
    expect(cartonInUse(full)?.code).toBe("C2");
    expect(cartonInUse({ ...full, carton: bag })?.code).toBe("BAG");
    expect(cartonInUse({ ...full, carton: "own" })).toBeNull();
  });

  it("closes a box early only when something is inside, and goes on with the rest", () => {
    expect(step(at({ closing: true }))).toBe("scan");
    const early = at({ view: view([line({ scanned: 1 })]), closing: true });
    expect(step(early)).toBe("weigh");
    expect(read(early, "6901234567892", [])).toMatchObject({ kind: "scan", action: "add" });
    const after = sealed(early, 300, sealAnswer({ view: view([line({ packed: 1 })]) }));
    expect(step(after)).toBe("scan");
    expect(after.closing).toBe(false);
  });

  it("clears the table when nothing is left, and keeps the batch for the next goods", () => {
    const after = sealed(full, 512, sealAnswer({ view: view([line({ packed: 2 })]) }));
    expect(after).toEqual({ ...empty, batchId: 8 });
  });

  it("keeps a refused weight for a person to accept, and forgets it when the box changes", () => {
    const refused = sealed(full, 900, sealAnswer({ ok: false, code: "weight_mismatch", message: "?", expected: { weight_g: 500 }, parcel: null, view: inside }));
    expect(refused.mismatch).toEqual({ weight_g: 900, expected_g: 500 });
    expect(step(refused)).toBe("weigh");
    expect(scanned(refused, view([line({ scanned: 1 })]), "x", true).mismatch).toBeNull();
    expect(sealed(full, 900, sealAnswer({ ok: false, code: "carton_unknown", view: inside })).mismatch).toBeNull();
  });
});

describe("weights", () => {
  it.each([["500", 500], ["1250g", 1250], ["1.25kg", 1250], ["1,25 KG", 1250], ["+  2.500", 2500], ["0.05", 50]])("%s is %i g", (text, grams) => expect(weightOf(text)).toBe(grams));
  it.each(["", "0", "abc", "6901234567892", "1.2.3", "-5", "12345678"])("%s is no weight", (text) => expect(weightOf(text)).toBeNull());
});
