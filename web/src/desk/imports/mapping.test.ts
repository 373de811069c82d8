import { describe, expect, it } from "vitest";
import { compactMapping, missingColumns, missingOptions } from "./mapping";
import type { ImportColumn, ImportOption } from "./types";

const column = (name: string, required: boolean): ImportColumn => ({ name, heading: name, required, aliases: [] });
const option = (name: string, required: boolean, preset = ""): ImportOption => ({ name, title: name, kind: "text", required, default: preset, choices: [] });

describe("mapping of an import", () => {
  it("misses required columns without heading or fixed value, and no others", () => {
    const columns = [column("code", true), column("name", true), column("unit", true), column("weight_g", false)];
    const mapping = { columns: { code: "SKU" }, constants: { unit: "pcs", name: "  " }, options: {} };
    expect(missingColumns(columns, mapping).map((one) => one.name)).toEqual(["name"]);
  });

  it("takes the default of an option for an answer", () => {
    const mapping = { columns: {}, constants: {}, options: { warehouse: "SH1" } };
    expect(missingOptions([option("shop", true), option("warehouse", true), option("date", true, "ymd")], mapping).map((one) => one.name)).toEqual(["shop"]);
  });

  it("sends only what says something", () => {
    expect(compactMapping({ columns: { a: "A", b: "" }, constants: { c: " " }, options: { d: "1" } })).toEqual({ columns: { a: "A" }, constants: {}, options: { d: "1" } });
  });
});
