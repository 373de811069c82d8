import { describe, expect, it } from "vitest";
import { actionText, inserted, marked } from "./words";

const TYPES = [
  { code: "hold", label: "Hold", help: "", parameters: [
    { name: "reason", type: "text" as const, label: "Reason", required: true, choices: [], least: 0, most: 0 },
    { name: "note", type: "text" as const, label: "Note", required: false, choices: [], least: 0, most: 0 },
  ] },
  { code: "split", label: "Split", help: "", parameters: [
    { name: "by", type: "choice" as const, label: "How", required: true, choices: [{ value: "hazard", label: "By hazard" }], least: 0, most: 0 },
  ] },
  { code: "merge", label: "Merge", help: "", parameters: [] },
];

describe("actionText", () => {
  it("says what an action was told, choices by their labels", () => {
    expect(actionText({ action: "hold", parameters: { reason: "too much", note: "x" } }, TYPES)).toBe("Hold: too much");
    expect(actionText({ action: "split", parameters: { by: "hazard" } }, TYPES)).toBe("Split: By hazard");
    expect(actionText({ action: "merge", parameters: {} }, TYPES)).toBe("Merge");
    expect(actionText({ action: "gone", parameters: {} }, TYPES)).toBe("gone");
  });
});

describe("inserted", () => {
  it("keeps words apart and puts the cursor behind what was inserted", () => {
    expect(inserted("order.total >", "100", 13, 13)).toEqual({ text: "order.total > 100", cursor: 17 });
    expect(inserted("(", "order.units", 1, 1)).toEqual({ text: "(order.units", cursor: 12 });
    expect(inserted("ab", "X", 0, 2)).toEqual({ text: "X", cursor: 1 });
  });
});

describe("marked", () => {
  it("cuts at code points, as the server counts", () => {
    expect(marked("😀 == wrong", 5, 5)).toEqual(["😀 == ", "wrong", ""]);
  });
});
