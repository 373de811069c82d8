import { describe, expect, it } from "vitest";
import { changedOnly } from "./changes";

describe("changedOnly", () => {
  it("sends what changed, and null for what was emptied", () => {
    const before = { name: "A", weight_g: 10, name_en: "", category: "food", is_estimated: false };
    expect(changedOnly(before, { name: "B", weight_g: null, name_en: "", category: "", is_estimated: false })).toEqual({ name: "B", weight_g: null, category: null });
  });

  it("takes empty, missing and null for the same", () => {
    expect(changedOnly({ a: null, b: "", c: undefined }, { a: "", b: undefined, c: null })).toEqual({});
  });
});
