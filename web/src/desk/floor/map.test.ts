import { describe, expect, it } from "vitest";
import { toPlan, type MapAnswer } from "./map";

const answer: MapAnswer = {
  version: 1, width_mm: 9000, depth_mm: 8000, depot: null, kinds: ["pick_face", "dock"],
  zones: [{ id: null, code: "A", name: "A", kind: "storage", temperature: "ambient", x_mm: 0, y_mm: 0, width_mm: 9000, depth_mm: 8000 }],
  aisles: [{ id: 4, zone: "A", number: 1, x_mm: 10, y_from_mm: 0, y_to_mm: 10, width_mm: 5 }],
  locations: { id: [7, 8], code: ["A01-01-1", "DOCK-1"], kind: [0, 1], level: [1, 2], x_mm: [1, 2], y_mm: [3, 4], width_mm: [5, 6], depth_mm: [7, 8], is_active: [true, false] },
};

describe("floor plan", () => {
  it("turns columns into rows", () => {
    const plan = toPlan(answer);
    expect(plan.locations[1]).toEqual({ id: 8, code: "DOCK-1", kind: "dock", level: 2, x_mm: 2, y_mm: 4, width_mm: 6, depth_mm: 8, is_active: false });
    expect([plan.zones[0]?.id, plan.aisles[0]?.id]).toEqual(["A", 4]);
  });
  it("names what is not made yet by its code", () => {
    expect(toPlan({ ...answer, locations: { ...answer.locations, id: [] } }).locations.map((one) => one.id)).toEqual(["A01-01-1", "DOCK-1"]);
  });
});
