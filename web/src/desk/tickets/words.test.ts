import { describe, expect, it } from "vitest";
import { fileSize, isImage, priorityTone, rowTone, urlOf } from "./words";

describe("tickets in words and colour", () => {
  it("marks what is overdue red, what is urgent orange", () => {
    expect(rowTone({ is_overdue: true, priority: 4, state: "open" })).toBe("red");
    expect(rowTone({ is_overdue: false, priority: 1, state: "waiting" })).toBe("orange");
    expect(rowTone({ is_overdue: false, priority: 1, state: "closed" })).toBeUndefined();
    expect([1, 2, 3].map(priorityTone)).toEqual(["red", "orange", "grey"]);
  });

  it("leads to documents that have a page", () => {
    expect(urlOf({ entity_kind: "sales_order", entity_id: 5, number: "SO" })).toBe("/orders?open=5");
    expect(urlOf({ entity_kind: "moon", entity_id: 5, number: "X" })).toBeUndefined();
  });

  it("shows images of safe kinds only, and sizes in few digits", () => {
    expect(isImage("image/png")).toBe(true);
    expect(isImage("image/svg+xml")).toBe(false);
    expect([10, 2048, 3 * 1024 * 1024].map(fileSize)).toEqual(["1 KB", "2 KB", "3.0 MB"]);
  });
});
