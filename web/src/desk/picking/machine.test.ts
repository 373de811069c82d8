import { describe, expect, it } from "vitest";
import { all, answered, current, damaged, merged, postpone, scanned, short, slotPlan, start, step, stops, undo, type PickState, type Reaction } from "./machine";
import type { PickTask } from "./types";

let counter = 0;
const id = () => `id-${++counter}`;

function task(over: Partial<PickTask> & { id: number }): PickTask {
  return {
    sequence: over.id, state: "open", quantity: 1, picked: 0, short: 0, slot: over.id, lot: null,
    location: { id: 1, code: "A01-01-1", x_mm: 0, y_mm: 0 },
    sku: { id: 10, code: "TEA-100", name: "tea" },
    barcodes: [{ barcode: "6901234567892", quantity: 1 }, { barcode: "16901234567899", quantity: 6 }],
    fulfilment: { id: over.id, number: `FF-${over.id}` },
    ...over,
  };
}
const other = (over: Partial<PickTask> & { id: number }): PickTask =>
  task({ location: { id: 2, code: "A02-05-1", x_mm: 0, y_mm: 0 }, sku: { id: 20, code: "CUP-1", name: "cup" }, barcodes: [{ barcode: "6900000000015", quantity: 1 }], ...over });

function play(state: PickState, ...codes: string[]): Reaction {
  let reaction: Reaction = { state, said: null, send: [] };
  for (const code of codes) reaction = scanned(reaction.state, code, id);
  return reaction;
}

describe("picking: the usual way", () => {
  it("asks for the location, then the goods, and sends one unit at once", () => {
    const state = start([task({ id: 1 })]);
    expect(step(state)).toBe("location");
    const at = play(state, "a01-01-1 ");
    expect(at.said).toMatchObject({ ok: true, key: "placeRight" });
    expect(step(at.state)).toBe("item");
    const done = scanned(at.state, "6901234567892", id);
    expect(done.said).toMatchObject({ ok: true, key: "stopDone" });
    expect(done.send).toEqual([{ scan_id: expect.any(String) as string, task_id: 1, location_code: "A01-01-1", sku_barcode: "6901234567892", quantity: 1, outcome: "picked" }]);
  });

  it("counts piece by piece and sends when the count is full, once", () => {
    const state = start([task({ id: 1, quantity: 3 })]);
    const two = play(state, "A01-01-1", "6901234567892", "6901234567892");
    expect(two.send).toEqual([]);
    expect(two.said).toMatchObject({ key: "counted", params: { units: 2, left: 3 } });
    expect(step(two.state)).toBe("count");
    const three = scanned(two.state, "6901234567892", id);
    expect(three.send).toHaveLength(1);
    expect(three.send[0]).toMatchObject({ quantity: 3, task_id: 1 });
  });

  it("takes a keyed number after the first piece, and 'all'", () => {
    const one = play(start([task({ id: 1, quantity: 40 })]), "A01-01-1", "6901234567892");
    expect(scanned(one.state, "25", id).send[0]).toMatchObject({ quantity: 25, sku_barcode: "6901234567892" });
    expect(all(one.state, id).send[0]).toMatchObject({ quantity: 40 });
    expect(scanned(one.state, "41", id)).toMatchObject({ send: [], said: { ok: false, key: "numberWrong" } });
    expect(scanned(one.state, "0", id).said).toMatchObject({ ok: false, key: "numberWrong" });
  });

  it("does not take a number or 'all' before any piece was scanned: what is in the hand is not proven", () => {
    const at = play(start([task({ id: 1, quantity: 4 })]), "A01-01-1");
    expect(scanned(at.state, "4", id)).toMatchObject({ send: [], said: { ok: false, key: "itemFirst" } });
    expect(all(at.state, id)).toMatchObject({ send: [], said: { ok: false, key: "itemFirst" } });
  });

  it("counts a case as its units and mixes cases with single pieces", () => {
    const state = start([task({ id: 1, quantity: 8 })]);
    const done = play(state, "A01-01-1", "16901234567899", "6901234567892", "6901234567892");
    expect(done.said).toMatchObject({ key: "stopDone", params: { units: 8 } });
    expect(done.send.map((scan) => [scan.sku_barcode, scan.quantity])).toEqual([["16901234567899", 1], ["6901234567892", 2]]);
  });

  it("does not split a case by a keyed number", () => {
    const one = play(start([task({ id: 1, quantity: 18 })]), "A01-01-1", "16901234567899");
    expect(scanned(one.state, "13", id).said).toMatchObject({ ok: false, key: "numberSplits" });
    expect(scanned(one.state, "12", id).send[0]).toMatchObject({ quantity: 2, sku_barcode: "16901234567899" });
  });

  it("joins orders of one article at one place, spreads without naming a task, and shows the slots in order", () => {
    const state = start([task({ id: 1, quantity: 2, slot: 4 }), task({ id: 2, quantity: 1, slot: 7 }), other({ id: 3 })]);
    const at = play(state, "A01-01-1", "6901234567892", "6901234567892");
    const stop = current(at.state);
    expect(stop?.left).toBe(3);
    expect(stop && slotPlan(stop, 2).map(({ task: one, done }) => [one.slot, done])).toEqual([[4, 2], [7, 0]]);
    expect(scanned(at.state, "6901234567892", id).send).toMatchObject([{ task_id: null, quantity: 3 }]);
  });
});

describe("picking: mistakes are refused and change nothing", () => {
  const state = start([task({ id: 1, quantity: 2 }), other({ id: 2 })]);

  it("wrong location", () => {
    const wrong = play(state, "Z99-99-9");
    expect(wrong.said).toEqual({ ok: false, key: "placeWrong", params: { found: "Z99-99-9", location: "A01-01-1" } });
    expect(wrong.state).toBe(state);
  });

  it("goods before the location", () => {
    expect(play(state, "6901234567892").said).toMatchObject({ ok: false, key: "placeFirst" });
  });

  it("other goods at the right location", () => {
    const at = play(state, "A01-01-1");
    const wrong = scanned(at.state, "6900000000015", id);
    expect(wrong.said).toEqual({ ok: false, key: "itemWrong", params: { found: "6900000000015", sku: "TEA-100" } });
    expect(wrong.state).toBe(at.state);
  });

  it("one piece too many, in a case", () => {
    const at = play(state, "A01-01-1");
    expect(scanned(at.state, "16901234567899", id)).toMatchObject({ send: [], said: { ok: false, key: "surplus", params: { units: 6, left: 2 } } });
  });

  it("leaving with pieces counted and not sent", () => {
    const one = play(state, "A01-01-1", "6901234567892");
    expect(scanned(one.state, "A02-05-1", id).said).toMatchObject({ ok: false, key: "countOpen" });
    expect(postpone(one.state).said).toMatchObject({ ok: false, key: "countOpen" });
  });
});

describe("picking: codes that only the server can read", () => {
  it("asks for one piece, after what is counted, and keeps the stop", () => {
    const one = play(start([task({ id: 1, quantity: 3 })]), "A01-01-1", "6901234567892");
    const result = scanned(one.state, "0106901234567892", id);
    expect(result.send.map(({ sku_barcode, quantity, task_id, outcome }) => [sku_barcode, quantity, task_id, outcome])).toEqual([
      ["6901234567892", 1, 1, "picked"],
      ["0106901234567892", 1, 1, "picked"],
    ]);
    expect(result.state.counted).toEqual([]);
  });

  it("asks for a damaged piece of a named task", () => {
    const at = play(start([task({ id: 1 }), task({ id: 2 })]), "A01-01-1");
    expect(scanned(damaged(at.state).state, "]C10106901234567892", id).send).toMatchObject([{ task_id: 1, outcome: "damaged", quantity: 1 }]);
  });
});

describe("picking: trouble", () => {
  it("sends what is counted, then what is missing, order by order", () => {
    const state = start([task({ id: 1, quantity: 2 }), task({ id: 2, quantity: 3 })]);
    const one = play(state, "A01-01-1", "6901234567892", "6901234567892", "6901234567892");
    const result = short(one.state, id);
    expect(result.send.map(({ task_id, quantity, outcome }) => [task_id, quantity, outcome])).toEqual([[null, 3, "picked"], [2, 2, "short"]]);
    expect(result.said).toMatchObject({ ok: true, key: "shortSent", params: { units: 2 } });
  });

  it("reports nothing short from afar: stand at the shelf first", () => {
    expect(short(start([task({ id: 1 })]), id)).toMatchObject({ send: [], said: { ok: false, key: "shortElsewhere" } });
  });

  it("a damaged piece is scanned after the damage key, and only that one", () => {
    const at = play(start([task({ id: 1, quantity: 2 })]), "A01-01-1");
    const armed = damaged(at.state);
    expect(armed.state.damaging).toBe(true);
    const sent = scanned(armed.state, "6901234567892", id);
    expect(sent.send).toMatchObject([{ task_id: 1, outcome: "damaged", quantity: 1, sku_barcode: "6901234567892" }]);
    expect(sent.state.damaging).toBe(false);
    expect(damaged(armed.state).state.damaging).toBe(false);
  });

  it("undo takes back counted pieces only", () => {
    const two = play(start([task({ id: 1, quantity: 3 })]), "A01-01-1", "6901234567892", "6901234567892");
    const one = undo(two.state);
    expect(one.said).toMatchObject({ ok: true, params: { units: 1 } });
    expect(undo(undo(one.state).state).said).toMatchObject({ ok: false, key: "undoNothing" });
  });
});

describe("picking: the walk", () => {
  it("puts a stop off to the end and comes back to it", () => {
    const state = start([task({ id: 1 }), other({ id: 2 })]);
    const off = postpone(state);
    expect(current(off.state)?.location.code).toBe("A02-05-1");
    const after = answered(off.state, [task({ id: 1 }), other({ id: 2, state: "done", picked: 1 })]);
    expect(current(after)?.location.code).toBe("A01-01-1");
    expect(postpone(start([task({ id: 1 })])).said).toMatchObject({ ok: false, key: "laterOnly" });
  });

  it("goes on from another shelf of the walk when the picker stands there", () => {
    const at = play(start([task({ id: 1 }), other({ id: 2 })]), "A02-05-1");
    expect(at.said).toMatchObject({ ok: true, key: "placeOther" });
    expect(current(at.state)?.key).toBe("2:20");
    expect(step(at.state)).toBe("item");
  });

  it("stays at the location for the next goods there, and asks again elsewhere", () => {
    const second = task({ id: 2, sku: { id: 11, code: "TEA-200", name: "tea" }, barcodes: [{ barcode: "6901234567908", quantity: 1 }] });
    const state = { ...start([task({ id: 1 }), second, other({ id: 3 })]), place: "A01-01-1" };
    const next = answered(state, [task({ id: 1, state: "done", picked: 1 }), second, other({ id: 3 })]);
    expect(step(next)).toBe("item");
    const gone = answered(next, [task({ id: 1, state: "done", picked: 1 }), { ...second, state: "done", picked: 1 }, other({ id: 3 })]);
    expect(step(gone)).toBe("location");
  });

  it("keeps a count that is under way when another answer comes in", () => {
    const two = play(start([task({ id: 1, quantity: 3 }), other({ id: 2 })]), "A01-01-1", "6901234567892");
    expect(answered(two.state, two.state.tasks).counted).toHaveLength(1);
  });

  it("takes over changed tasks and adds new ones: what was short comes from elsewhere", () => {
    const state = { ...start([task({ id: 1, quantity: 3 }), task({ id: 2, sequence: 5 })]), place: "A01-01-1" };
    const told = [task({ id: 1, quantity: 3, picked: 2, short: 1, state: "short" }), other({ id: 9, sequence: 3 })];
    const after = answered(state, merged(state.tasks, told));
    expect(stops(after).map((stop) => stop.tasks.map((one) => one.id))).toEqual([[9], [2]]);
    expect(step(after)).toBe("location");
    const end = start([task({ id: 1, picked: 1, state: "done" })]);
    expect(step(end)).toBe("finished");
    expect(scanned(end, "A01-01-1", id).said).toMatchObject({ ok: false, key: "finishedAlready" });
  });
});
