import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { palettes } from "@/shared/theme/tokens";
import { StateTag } from "./StateTag";
import { toneOf } from "./states";

function luminance(hex: string): number {
  const part = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe("states", () => {
  it("has one tone per meaning", () => {
    expect([toneOf("draft"), toneOf("picking"), toneOf("on_hold"), toneOf("failed"), toneOf("shipped")]).toEqual(["grey", "blue", "orange", "red", "green"]);
  });

  it("does not guess about a state it does not know", () => {
    expect(toneOf("zzz")).toBe("grey");
  });

  it("says the state in words beside the colour", () => {
    render(<StateTag state="cancelled" />);
    expect(screen.getByText("已取消")).toHaveAttribute("data-tone", "grey");
  });
});

describe("contrast (WCAG 2.2 AA)", () => {
  for (const [mode, c] of Object.entries(palettes)) {
    for (const ground of ["surface", "bg", "sunken", "hover"] as const)
      for (const ink of ["text", "text2", "text3", "primary"] as const)
        it(`${mode}: ${ink} on ${ground}`, () => expect(contrast(c[ink], c[ground])).toBeGreaterThanOrEqual(4.5));
    for (const tone of ["grey", "blue", "orange", "red", "green"] as const)
      it(`${mode}: ${tone} tag`, () => expect(contrast(c[tone], c[`${tone}Soft`])).toBeGreaterThanOrEqual(4.5));
    it(`${mode}: primary button`, () => expect(contrast(c.onPrimary, c.primary)).toBeGreaterThanOrEqual(4.5));
    it(`${mode}: selected navigation`, () => expect(contrast(c.primary, c.primarySoft)).toBeGreaterThanOrEqual(4.5));
  }
});
