/** The geometry of a carton drawn to scale: isometric, millimetres in, drawing units out. */
export interface Size {
  length_mm: number;
  width_mm: number;
  height_mm: number;
}

export interface Point {
  x: number;
  y: number;
}

const COS = Math.cos(Math.PI / 6);
const SIN = 0.5;

/** A point of the box on paper: x to the lower right, y to the lower left, z up. */
export function project(x: number, y: number, z: number): Point {
  return { x: (x - y) * COS, y: (x + y) * SIN - z };
}

export interface Faces {
  top: Point[];
  left: Point[];
  right: Point[];
}

/** The three faces that are seen of a box standing at z = 0. */
export function faces({ length_mm: l, width_mm: w, height_mm: h }: Size): Faces {
  return {
    top: [project(0, 0, h), project(l, 0, h), project(l, w, h), project(0, w, h)],
    left: [project(0, w, h), project(l, w, h), project(l, w, 0), project(0, w, 0)],
    right: [project(l, 0, h), project(l, w, h), project(l, w, 0), project(l, 0, 0)],
  };
}

/** The frame around a box on paper: [x, y, width, height]. */
export function frame(size: Size): [number, number, number, number] {
  const all = [...faces(size).top, ...faces(size).left, ...faces(size).right, project(0, 0, 0)];
  const xs = all.map((point) => point.x);
  const ys = all.map((point) => point.y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return [x, y, Math.max(...xs) - x, Math.max(...ys) - y];
}

/** How full the carton is by volume, 0 to 1; null where a size is unknown. */
export function fillOf(carton: Size, units: readonly (Size & { quantity: number })[]): number | null {
  if (units.length === 0 || units.some((unit) => unit.length_mm * unit.width_mm * unit.height_mm === 0)) return null;
  const goods = units.reduce((sum, unit) => sum + unit.quantity * unit.length_mm * unit.width_mm * unit.height_mm, 0);
  return Math.min(1, goods / (carton.length_mm * carton.width_mm * carton.height_mm));
}
