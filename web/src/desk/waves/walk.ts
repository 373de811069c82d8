import type { Walk } from "@/shared/map/geometry";

interface At {
  id: number;
  code: string;
  x_mm: number;
  y_mm: number;
}

/** The walk of a batch for the map: its corners, and its stops in order, one for each place however many tasks it has. */
export function toWalk(path: readonly (readonly [number, number])[], stops: readonly { location: At; done?: boolean }[], walkMm: number): Walk {
  const seen = new Map<number, { location: At; done: boolean }>();
  for (const { location, done = false } of stops) {
    const known = seen.get(location.id);
    if (known) known.done = known.done && done;
    else seen.set(location.id, { location, done });
  }
  return {
    path: path.map(([x_mm, y_mm]) => ({ x_mm, y_mm })),
    stops: [...seen.values()].map(({ location, done }) => ({ x_mm: location.x_mm, y_mm: location.y_mm, label: location.code, location_id: location.id, done })),
    metres: walkMm / 1000,
  };
}

/** What batching saves against one order at a time, 0 to 1; 0 where nothing is known. */
export function saving(walkMm: number, singleWalkMm: number): number {
  return singleWalkMm > 0 ? Math.max(0, 1 - walkMm / singleWalkMm) : 0;
}

/** 0.254 → "25%". */
export function percent(part: number, language: string): string {
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(part);
}

/** Walking with a cart, stops not counted. */
const METRES_A_MINUTE = 60;

export function walkMinutes(walkMm: number): number {
  return Math.max(1, Math.round(walkMm / 1000 / METRES_A_MINUTE));
}

/** Walks to compare as bars: this plan, the same batches in an S-shape (where known), one order at a time. */
export function walkBars(plan: { walk_mm: number; s_shape_mm: number; single_walk_mm: number }): { key: "walked" | "sShape" | "single"; mm: number; part: number }[] {
  const widest = Math.max(plan.walk_mm, plan.s_shape_mm, plan.single_walk_mm, 1);
  const bar = (key: "walked" | "sShape" | "single", mm: number) => ({ key, mm, part: mm / widest });
  return [bar("walked", plan.walk_mm), ...(plan.s_shape_mm > 0 ? [bar("sShape", plan.s_shape_mm)] : []), bar("single", plan.single_walk_mm)];
}
