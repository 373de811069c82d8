import { describe, expect, it } from "vitest";
import { attention, partOfDay } from "./figures";

describe("what needs a person", () => {
  it("names only what is not zero, the most urgent first", () => {
    expect(attention({ held: 3, short: 0, late: 1, pending: undefined }).map((one) => [one.key, one.count])).toEqual([["late", 1], ["held", 3]]);
    expect(attention({})).toEqual([]);
  });
});

describe("part of the day", () => {
  it("changes at 5, 12 and 18", () => {
    expect([4, 5, 11, 12, 17, 18].map(partOfDay)).toEqual(["evening", "morning", "morning", "afternoon", "afternoon", "evening"]);
  });
});
