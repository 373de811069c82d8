import { describe, expect, it } from "vitest";
import { fillOf, frame, fromBehind, project, seenMiddle, stepsOf } from "./box";

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
  it("draws what is behind, on the left and below first", () => {
    const edges = { length_mm: 100, width_mm: 100, height_mm: 100 };
    const [back, right, front, above] = [[0, 0, 0], [100, 0, 0], [0, 100, 0], [100, 100, 100]].map(([x_mm = 0, y_mm = 0, z_mm = 0]) => ({ ...edges, x_mm, y_mm, z_mm }));
    if (!back || !right || !front || !above) throw new Error("four boxes");
    const sorted = fromBehind([above, front, right, back]);
    expect(sorted[0]).toBe(back);
    expect(sorted[3]).toBe(above);
  });
  it("numbers a unit where it is seen: on top, else on a side, else nowhere", () => {
    const low = { x_mm: 0, y_mm: 0, z_mm: 0, length_mm: 100, width_mm: 100, height_mm: 100 };
    const above = { ...low, z_mm: 100 };
    const front = { ...low, y_mm: 100 };
    const right = { ...low, x_mm: 100 };
    expect(seenMiddle(low, [])).toEqual(project(50, 50, 100));
    expect(seenMiddle(low, [above])).toEqual(project(100, 50, 50));
    expect(seenMiddle(low, [right, front, above])).toBeNull();
  });
  it("tells the sequence in steps of one line", () => {
    expect(stepsOf([{ line_id: 7 }, { line_id: 7 }, { line_id: 9 }, { line_id: 7 }])).toEqual([
      { line_id: 7, from: 1, to: 2 },
      { line_id: 9, from: 3, to: 3 },
      { line_id: 7, from: 4, to: 4 },
    ]);
    expect(stepsOf([])).toEqual([]);
  });
});
