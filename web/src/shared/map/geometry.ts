/** The geometry of a warehouse as the API gives it: millimetres, x to the right, y away from the front. */
export interface MapZone {
  id: number | string;
  code: string;
  name?: string;
  kind: string;
  x_mm: number;
  y_mm: number;
  width_mm: number;
  depth_mm: number;
}

export interface MapAisle {
  id: number | string;
  number: number;
  x_mm: number;
  y_from_mm: number;
  y_to_mm: number;
  width_mm: number;
}

export interface MapLocation {
  id: number | string;
  code: string;
  x_mm: number;
  y_mm: number;
  width_mm: number;
  depth_mm: number;
  level?: number;
  kind?: string;
  /** 0 to 1. */
  fill?: number | null;
  /** A, B or C. */
  abc?: string | null;
  /** 0 to 1. */
  heat?: number | null;
}

export interface MapGeometry {
  width_mm: number;
  depth_mm: number;
  zones: MapZone[];
  aisles: MapAisle[];
  locations: MapLocation[];
}

export interface Walk {
  /** The corners of the way, in millimetres. */
  path: { x_mm: number; y_mm: number }[];
  /** Where the walker stops, in order. */
  stops: { x_mm: number; y_mm: number; label?: string; location_id?: number | string; done?: boolean }[];
  /** When absent, measured along the path. */
  metres?: number;
}

/** Locations above one another share one rectangle on the plan. */
export interface Bay {
  key: string;
  x: number;
  y: number;
  width: number;
  depth: number;
  locations: MapLocation[];
}

export function toBays(locations: readonly MapLocation[]): Bay[] {
  const bays = new Map<string, Bay>();
  for (const location of locations) {
    const key = `${location.x_mm}:${location.y_mm}`;
    const bay = bays.get(key);
    if (bay) bay.locations.push(location);
    else
      bays.set(key, {
        key,
        x: location.x_mm - location.width_mm / 2,
        y: location.y_mm - location.depth_mm / 2,
        width: location.width_mm,
        depth: location.depth_mm,
        locations: [location],
      });
  }
  for (const bay of bays.values()) bay.locations.sort((a, b) => (a.level ?? 1) - (b.level ?? 1));
  return [...bays.values()];
}

/** Metres along the corners of a way. */
export function pathMetres(path: Walk["path"]): number {
  let sum = 0;
  for (let at = 1; at < path.length; at += 1) {
    const a = path[at - 1];
    const b = path[at];
    if (a && b) sum += Math.hypot(b.x_mm - a.x_mm, b.y_mm - a.y_mm);
  }
  return sum / 1000;
}

/** The smallest frame around everything, when the warehouse has no size of its own. */
export function extent(geometry: MapGeometry): { width: number; depth: number } {
  let width = geometry.width_mm;
  let depth = geometry.depth_mm;
  for (const zone of geometry.zones) {
    width = Math.max(width, zone.x_mm + zone.width_mm);
    depth = Math.max(depth, zone.y_mm + zone.depth_mm);
  }
  for (const location of geometry.locations) {
    width = Math.max(width, location.x_mm + location.width_mm);
    depth = Math.max(depth, location.y_mm + location.depth_mm);
  }
  return { width: Math.max(width, 1000), depth: Math.max(depth, 1000) };
}
