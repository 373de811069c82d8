import dayjs from "dayjs";
import { describe, expect, it } from "vitest";
import { toCriteria } from "./criteria";
import { percent, saving, toWalk, walkBars, walkMinutes } from "./walk";

describe("criteria of a wave", () => {
  it("sends only what was asked for", () => {
    expect(toCriteria({ warehouse_id: 1, size: "any", carrier_ids: [], region_prefix: "", max_priority: null })).toEqual({ size: "any" });
    expect(toCriteria({ warehouse_id: 1, carrier_ids: [3], max_priority: 0, slots: 8, ship_before: dayjs("2026-07-01T18:00:00+08:00") })).toEqual({
      carrier_ids: [3], max_priority: 0, cart: { slots: 8 }, ship_before: "2026-07-01T10:00:00.000Z",
    });
  });
  it("says how to choose only where the optimiser shall choose", () => {
    expect(toCriteria({ warehouse_id: 1, choose: false, pickers: 4, next_wave_minutes: 30 })).toEqual({});
    expect(toCriteria({ warehouse_id: 1, choose: true, pickers: null, next_wave_minutes: 30 })).toEqual({ choose: true, next_wave_minutes: 30 });
  });
});

describe("walks", () => {
  const at = (id: number) => ({ id, code: `A${id}`, x_mm: id, y_mm: 0 });
  it("has one stop for each place, done only when everything there is", () => {
    const walk = toWalk([[0, 0], [1, 0]], [{ location: at(1), done: true }, { location: at(2), done: true }, { location: at(1), done: false }], 12_345);
    expect(walk.metres).toBe(12.345);
    expect(walk.path[1]).toEqual({ x_mm: 1, y_mm: 0 });
    expect(walk.stops.map((stop) => [stop.label, stop.done])).toEqual([["A1", false], ["A2", true]]);
  });
  it("knows the saving, never a negative one, and none from nothing", () => {
    expect(saving(250, 1000)).toBe(0.75);
    expect(saving(1200, 1000)).toBe(0);
    expect(saving(10, 0)).toBe(0);
    expect(percent(0.254, "en")).toBe("25%");
    expect(walkMinutes(600_000)).toBe(10);
    expect(walkMinutes(0)).toBe(1);
  });
  it("compares this plan with an S-shape, where known, and with one order at a time", () => {
    expect(walkBars({ walk_mm: 250, s_shape_mm: 300, single_walk_mm: 1000 })).toEqual([
      { key: "walked", mm: 250, part: 0.25 },
      { key: "sShape", mm: 300, part: 0.3 },
      { key: "single", mm: 1000, part: 1 },
    ]);
    expect(walkBars({ walk_mm: 0, s_shape_mm: 0, single_walk_mm: 0 }).map((bar) => [bar.key, bar.part])).toEqual([["walked", 0], ["single", 0]]);
  });
});
