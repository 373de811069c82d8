/** The geometry of a carton drawn to scale: isometric, millimetres in, drawing units out. */
export interface Size {
  length_mm: number;
  width_mm: number;
  height_mm: number;
}

/** From the left, from the back towards the packer, from the floor. */
export interface Corner {
  x_mm: number;
  y_mm: number;
  z_mm: number;
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

/** The three faces that are seen of a box; its corner at the back, left and bottom is `at`. */
export function faces({ length_mm: l, width_mm: w, height_mm: h }: Size, at: Corner = { x_mm: 0, y_mm: 0, z_mm: 0 }): Faces {
  const point = (x: number, y: number, z: number) => project(at.x_mm + x, at.y_mm + y, at.z_mm + z);
  return {
    top: [point(0, 0, h), point(l, 0, h), point(l, w, h), point(0, w, h)],
    left: [point(0, w, h), point(l, w, h), point(l, w, 0), point(0, w, 0)],
    right: [point(l, 0, h), point(l, w, h), point(l, w, 0), point(l, 0, 0)],
  };
}

/** Whether `one` must be drawn before `other`: it ends where the other begins along an axis, and not the reverse. */
function isBehind(one: Size & Corner, other: Size & Corner): boolean {
  const before = (a: Size & Corner, b: Size & Corner) => a.x_mm + a.length_mm <= b.x_mm || a.y_mm + a.width_mm <= b.y_mm || a.z_mm + a.height_mm <= b.z_mm;
  return before(one, other) && !before(other, one);
}

/** Sorted so that each box hides only what comes before it, seen from the front, on the right, above. */
export function fromBehind<T extends Size & Corner>(boxes: readonly T[]): T[] {
  const rest = [...boxes];
  const sorted: T[] = [];
  while (rest.length > 0) {
    const farthest = rest.findIndex((one) => !rest.some((other) => other !== one && isBehind(other, one)));
    sorted.push(...rest.splice(Math.max(0, farthest), 1));
  }
  return sorted;
}

/** Whether a point is in a convex face or on its edge. */
const isInside = (face: readonly Point[], at: Point) => {
  const sides = face.map((from, index) => {
    const to = face[(index + 1) % face.length] ?? from;
    return (to.x - from.x) * (at.y - from.y) - (to.y - from.y) * (at.x - from.x);
  });
  return sides.every((side) => side > -1e-6) || sides.every((side) => side < 1e-6);
};

/** Where the number of a box is seen: the middle of its first face, top to left, whose middle no box drawn later hides; or nowhere. */
export function seenMiddle(box: Size & Corner, later: readonly (Size & Corner)[]): Point | null {
  const hiding = later.flatMap((one) => Object.values(faces(one, one)) as Point[][]);
  const { top, right, left } = faces(box, box);
  const middles = [top, right, left].map((face) => ({ x: face.reduce((sum, point) => sum + point.x / 4, 0), y: face.reduce((sum, point) => sum + point.y / 4, 0) }));
  return middles.find((middle) => !hiding.some((face) => isInside(face, middle))) ?? null;
}

export interface Step {
  line_id: number;
  /** Numbers of the first and the last unit, counted from 1. */
  from: number;
  to: number;
}

/** The sequence in words: units of one line that follow each other are one step. */
export function stepsOf(places: readonly { line_id: number }[]): Step[] {
  const steps: Step[] = [];
  places.forEach(({ line_id }, index) => {
    const last = steps.at(-1);
    if (last?.line_id === line_id) last.to = index + 1;
    else steps.push({ line_id, from: index + 1, to: index + 1 });
  });
  return steps;
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
