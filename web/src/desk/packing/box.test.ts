import { describe, expect, it } from "vitest";
import { fillOf, frame } from "./box";

const carton = { length_mm: 400, width_mm: 300, height_mm: 200 };

describe("carton drawing", () => {
  it("is to scale: twice the carton is twice the drawing", () => {
    const [, , width, height] = frame(carton);
    const [, , width2, height2] = frame({ length_mm: 800, width_mm: 600, height_mm: 400 });
    expect(width2).toBeCloseTo(2 * width);
    expect(height2).toBeCloseTo(2 * height);
    expect(width).toBeCloseTo(700 * Math.cos(Math.PI / 6));
    expect(height).toBeCloseTo(700 * 0.5 + 200);
  });
  it("knows how full it is, or that it cannot know", () => {
    expect(fillOf(carton, [{ quantity: 3, length_mm: 200, width_mm: 100, height_mm: 100 }])).toBe(0.25);
    expect(fillOf(carton, [{ quantity: 1, length_mm: 0, width_mm: 100, height_mm: 100 }])).toBeNull();
    expect(fillOf(carton, [])).toBeNull();
    expect(fillOf(carton, [{ quantity: 99, length_mm: 400, width_mm: 300, height_mm: 200 }])).toBe(1);
  });
});
