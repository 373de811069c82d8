import { describe, expect, it } from "vitest";
import { named, repeatedAt, serialsOf } from "./Announce";
import { newKey, tokenOf } from "./api";
import { byBeginning } from "./BookDialog";
import { bookableDays, dayAt, momentOf } from "./dates";
import { queueText } from "./Deliveries";
import { fill, wordsOf } from "./locale";

describe("the page of suppliers and carriers", () => {
  it("takes its token from the address", () => {
    expect(tokenOf("/s/abc234")).toBe("abc234");
    expect(tokenOf("/t/abc234")).toBe("");
  });

  it("reads serial numbers from a pasted list and finds one that is named twice", () => {
    expect(serialsOf(" A1 \r\n\nA2\n A1\n")).toEqual(["A1", "A2", "A1"]);
    expect([repeatedAt(["A1", "A2", "A1"]), repeatedAt(["A1", "A2"]), repeatedAt([])]).toEqual([3, 0, 0]);
  });

  it("makes keys that do not come twice", () => {
    expect(newKey()).toMatch(/^[0-9a-f]{32}$/);
    expect(newKey()).not.toBe(newKey());
  });

  it("reckons in the warehouse's days, not in the reader's", () => {
    const night = new Date("2026-03-01T20:00:00Z"); // 04:00 of the second in Shanghai
    expect(dayAt(night, "Asia/Shanghai")).toBe("2026-03-02");
    expect(dayAt(night, "America/Los_Angeles")).toBe("2026-03-01");
    expect(momentOf("2026-03-02T09:30", "Asia/Shanghai")).toBe("2026-03-02T01:30:00.000Z");
    expect(momentOf("2026-07-02T09:30", "America/New_York")).toBe("2026-07-02T13:30:00.000Z");
  });

  it("offers the days from the notice to the horizon, each once", () => {
    const days = bookableDays(new Date("2026-03-02T01:00:00Z"), 24, 3, "Asia/Shanghai");
    expect(days).toEqual(["2026-03-03", "2026-03-04", "2026-03-05"]);
    expect(bookableDays(new Date("2026-03-02T01:00:00Z"), 100, 3, "Asia/Shanghai")).toEqual([]);
  });

  it("offers one dock for each beginning", () => {
    const slot = (dock: number, start: string) => ({ dock_id: dock, dock_code: `D${dock}`, start, end: start });
    expect(byBeginning([slot(1, "a"), slot(2, "a"), slot(2, "b")]).map((one) => `${one.dock_code}${one.start}`)).toEqual(["D1a", "D2b"]);
  });

  it("says where the truck stands, in both languages", () => {
    const at = (appointment_state: string | null, waiting_ahead: number | null = null) => ({ appointment_state, waiting_ahead, dock: "D1" });
    expect(queueText(at("arrived", 2), wordsOf("en"))).toContain("2 trucks before you");
    expect(queueText(at("arrived", 0), wordsOf("zh-CN"))).toContain("下一辆就是您");
    expect(queueText(at("docked"), wordsOf("en"))).toContain("dock D1");
    expect(queueText(at(null), wordsOf("en"))).toBe("");
  });

  it("counts one truck and two trucks", () => {
    expect(fill("{n} {n|truck|trucks}", { n: 1 })).toBe("1 truck");
    expect(fill("{n} {n|truck|trucks}", { n: 2 })).toBe("2 trucks");
  });

  it("adds up the lots of a line and takes odd entries for nothing", () => {
    expect(named([{ quantity: "3" }, { quantity: "" }, { quantity: "4" }])).toBe(7);
  });
});
