import { describe, expect, it } from "vitest";
import { permissionMatrix } from "./roles";

describe("permission matrix", () => {
  it("groups codes by app, in order, and lets '*' hold everything that is known", () => {
    const groups = permissionMatrix([
      { code: "admin", permissions: ["*"] },
      { code: "operator", permissions: ["outbound.batch.pick", "inventory.stock.view"] },
      { code: "finance", permissions: ["inventory.stock.view"] },
    ]);
    expect(groups.map((group) => [group.app, group.rows.map((row) => [row.code, [...row.roles].sort()])])).toEqual([
      ["inventory", [["inventory.stock.view", ["admin", "finance", "operator"]]]],
      ["outbound", [["outbound.batch.pick", ["admin", "operator"]]]],
    ]);
  });

  it("is empty when nobody holds anything by name", () => {
    expect(permissionMatrix([{ code: "admin", permissions: ["*"] }])).toEqual([]);
  });
});
