import { describe, expect, it } from "vitest";
import { eventCode, isLate, textsOf } from "./words";

describe("words of the order desk", () => {
  it("names an entry of the log by what happened to what", () => {
    expect(eventCode("orders.order.approved")).toBe("approved");
    expect(eventCode("orders.recipient.viewed")).toBe("recipient_viewed");
    expect(eventCode("odd")).toBe("odd");
  });

  it("finds texts, single or listed, and leaves out the rest", () => {
    expect(textsOf({ reason: "blocked", codes: ["manual", 3, ""], note: null }, ["codes", "reason", "note"])).toEqual(["manual", "blocked"]);
    expect(textsOf(null, ["reason"])).toEqual([]);
  });

  it("calls an order late when its promise is past and it has not gone", () => {
    const now = new Date("2026-01-02T00:00:00Z");
    expect(isLate({ promised_at: "2026-01-01T00:00:00Z", state: "approved" }, now)).toBe(true);
    expect(isLate({ promised_at: "2026-01-01T00:00:00Z", state: "shipped" }, now)).toBe(false);
    expect(isLate({ promised_at: "2026-01-03T00:00:00Z", state: "approved" }, now)).toBe(false);
    expect(isLate({ promised_at: null, state: "approved" }, now)).toBe(false);
  });
});
