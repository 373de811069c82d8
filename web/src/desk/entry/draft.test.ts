import { describe, expect, it } from "vitest";
import { centsText, isPhone, lineCents, missingParts, NOBODY, parsePrice, priceText, splitQuantity, totalCents, withOffer, type Offer } from "./draft";

const tea: Offer = { id: 1, code: "T", name: "Tea", kind: "goods", base_unit: "pcs", available: 5, last_price: "12.5000" };

describe("money", () => {
  it("never goes through floating numbers", () => {
    expect(parsePrice("0.1")).toBe(1000);
    expect(parsePrice("12.34567")).toBe(123456);
    expect(parsePrice("abc")).toBe(0);
    expect(priceText(125000)).toBe("12.50");
    expect(priceText(123456)).toBe("12.3456");
    expect(lineCents({ quantity: 3, price: 3333 })).toBe(100);
    expect(centsText(totalCents([{ offer: tea, quantity: 2, price: 125000 }], 800, 100))).toBe("32.00");
  });
});

describe("lines", () => {
  it("adds to the line that is there", () => {
    const once = withOffer([], tea);
    expect(once).toEqual([{ offer: tea, quantity: 1, price: 125000 }]);
    expect(withOffer(once, tea, 3)[0]?.quantity).toBe(4);
  });
  it("reads how many of what", () => {
    expect(splitQuantity("3*6901234567892")).toEqual({ text: "6901234567892", quantity: 3 });
    expect(splitQuantity("nfsq*12")).toEqual({ text: "nfsq", quantity: 12 });
    expect(splitQuantity("6901234567892")).toEqual({ text: "6901234567892", quantity: 1 });
  });
});

describe("recipient", () => {
  it("tells a number from a pasted recipient", () => {
    expect(isPhone("138-1234-5678")).toBe(true);
    expect(isPhone("张三 13812345678")).toBe(false);
    expect(isPhone("100")).toBe(false);
  });
  it("says what is missing", () => {
    expect(missingParts(NOBODY)).toEqual(["name", "phone", "region", "address"]);
    expect(missingParts({ ...NOBODY, name: "a", phone: "1", region_code: "310000", address: "x" })).toEqual(["region"]);
  });
});
