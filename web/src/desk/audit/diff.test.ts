import { describe, expect, it } from "vitest";
import { changesOf, valueText } from "./diff";

const words = { empty: "—", yes: "yes", no: "no" };

describe("audit differences", () => {
  it("names only what differs, by path", () => {
    expect(changesOf({ state: "open", size: { x: 1, y: 2 }, tags: [1] }, { state: "done", size: { x: 1, y: 3 }, tags: [1] })).toEqual([
      { path: "state", before: "open", after: "done", kind: "changed" },
      { path: "size.y", before: 2, after: 3, kind: "changed" },
    ]);
  });

  it("shows everything of what was made, and of what is gone", () => {
    expect(changesOf(null, { code: "A", note: null })).toEqual([
      { path: "code", before: null, after: "A", kind: "added" },
      { path: "note", before: null, after: null, kind: "added" },
    ]);
    expect(changesOf({ code: "A" }, null)).toEqual([{ path: "code", before: "A", after: null, kind: "removed" }]);
    expect(changesOf(null, null)).toEqual([]);
  });

  it("tells null from a missing field, and an empty object from its fields", () => {
    expect(changesOf({ a: null }, {})).toEqual([{ path: "a", before: null, after: null, kind: "removed" }]);
    expect(changesOf({ a: {} }, { a: { b: 1 } }).map((one) => one.path)).toEqual(["a", "a.b"]);
  });

  it("writes values for people", () => {
    expect(valueText(false, words)).toBe("no");
    expect(valueText(0, words)).toBe("0");
    expect(valueText("", words)).toBe("—");
    expect(valueText(["a", true, null], words)).toBe("a, yes, —");
    expect(valueText({ a: 1 }, words)).toBe('{"a":1}');
  });
});
