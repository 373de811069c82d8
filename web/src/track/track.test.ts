import { describe, expect, it } from "vitest";
import { tokenOf } from "./api";
import { fill } from "./locale";

describe("the buyer's page", () => {
  it("takes its token from the address", () => {
    expect(tokenOf("/t/abc234")).toBe("abc234");
    expect(tokenOf("/orders/1")).toBe("");
  });
  it("fills words and leaves what it does not know", () => {
    expect(fill("Order {n} {x}", { n: 7 })).toBe("Order 7 {x}");
  });
});
