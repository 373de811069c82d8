import { describe, expect, it } from "vitest";
import { answersFor, daysWord, documentUrl, isInDays } from "./words";

describe("alerts in words", () => {
  it("offers what helps, first what helps most", () => {
    expect(answersFor("below_safety")[0]).toBe("purchase");
    expect(answersFor("dead")[0]).toBe("promote");
    expect(answersFor("expired")).not.toContain("promote");
  });

  it("says how long goods can be sold", () => {
    expect(daysWord({ kind: "expiring", days: 12 })).toEqual({ key: "days.left", count: 12 });
    expect(daysWord({ kind: "expiring", days: -1 })).toEqual({ key: "days.none", count: 0 });
    expect(daysWord({ kind: "expired", days: -8 })).toEqual({ key: "days.expired", count: 8 });
    expect(daysWord({ kind: "below_safety", days: null })).toBeNull();
  });

  it("tells days from units", () => {
    expect(["expiring", "slow", "dead"].every(isInDays)).toBe(true);
    expect(["below_safety", "below_reorder", "overstock"].some(isInDays)).toBe(false);
  });

  it("leads to the document", () => {
    expect(documentUrl({ document_kind: "transfer", document_id: 7 })).toBe("/transfers?open=7");
    expect(documentUrl({ document_kind: "stock_hold", document_id: 7 })).toBe("/stock/holds");
    expect(documentUrl({ document_kind: "", document_id: null })).toBeUndefined();
  });
});
