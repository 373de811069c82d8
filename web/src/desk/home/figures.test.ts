import { describe, expect, it } from "vitest";
import { attention, flatten, partOfDay } from "./figures";

describe("today's numbers", () => {
  it("become one flat record, plain or capped", () => {
    expect(flatten({ orders: { held: { count: 3, capped: false }, all: { count: 10000, capped: true } }, shipped_today: { units: 7 }, odd: 3, none: null })).toEqual({
      orders_held: { count: 3, capped: false },
      orders_all: { count: 10000, capped: true },
      shipped_today_units: { count: 7, capped: false },
    });
  });
});

describe("what needs a person", () => {
  it("names only what is not zero, the most urgent first", () => {
    const figures = flatten({ orders: { held: 3, short: 0 }, fulfilments: { late: 1 } });
    expect(attention(figures).map((one) => [one.key, one.count])).toEqual([["fulfilments_late", 1], ["orders_held", 3]]);
    expect(attention({})).toEqual([]);
  });
});

describe("part of the day", () => {
  it("changes at 5, 12 and 18", () => {
    expect([4, 5, 11, 12, 17, 18].map(partOfDay)).toEqual(["evening", "morning", "morning", "afternoon", "afternoon", "evening"]);
  });
});
