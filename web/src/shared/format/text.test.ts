import { describe, expect, it } from "vitest";
import { formatAbsolute, formatCountdown, formatMoney, formatNumber, formatRelative } from "./text";

describe("numbers and times as text", () => {
  it("groups digits and keeps what is not a number", () => {
    expect(formatNumber(1234567, "zh-CN")).toBe("1,234,567");
    expect(formatNumber("1234.5", "en", 2)).toBe("1,234.50");
    expect(formatNumber("n/a", "en")).toBe("n/a");
  });

  it("shows money with its own currency", () => {
    expect(formatMoney("1234.5", "CNY", "zh-CN")).toBe("¥1,234.50");
    expect(formatMoney("1234.5", "JPY", "en")).toBe("¥1,235");
  });

  it("shows a time in the zone of the warehouse, not of the browser", () => {
    expect(formatAbsolute("2026-01-31T18:30:05Z", "zh-CN", "Asia/Shanghai")).toBe("2026/02/01 02:30:05");
    expect(formatAbsolute("2026-01-31T18:30:05Z", "zh-CN", "UTC", false)).toBe("2026/01/31 18:30");
    expect(formatAbsolute("2026-01-31T18:30:05Z", "en", "UTC", false)).toBe("2026-01-31 18:30");
  });

  it("says how long ago in the largest unit", () => {
    const now = new Date("2026-01-31T12:00:00Z");
    expect(formatRelative("2026-01-31T11:57:10Z", now, "zh-CN")).toBe("2分钟前");
    expect(formatRelative("2026-01-31T14:00:00Z", now, "en")).toBe("in 2 hours");
    expect(formatRelative("2026-01-30T11:00:00Z", now, "en")).toBe("yesterday");
  });

  it("counts down, and past zero", () => {
    expect(formatCountdown(42 * 60_000 + 7_000)).toBe("00:42:07");
    expect(formatCountdown(-61_000)).toBe("-00:01:01");
  });
});
