import { useQuery } from "@tanstack/react-query";
import { api } from "@/api";
import type { MapAisle, MapGeometry, MapLocation, MapZone } from "@/shared/map/geometry";

/** The floor plan as the API sends it: locations as one array for each column, which is a fifth of the size. */
export interface MapAnswer {
  version: number;
  width_mm: number;
  depth_mm: number;
  depot: readonly [number, number] | null;
  zones: (Omit<MapZone, "id"> & { id: number | null; temperature: string })[];
  aisles: (Omit<MapAisle, "id"> & { id: number | null; zone: string })[];
  kinds: string[];
  locations: {
    /** Empty in a dry run. */
    id: number[];
    code: string[];
    kind: number[];
    level: number[];
    x_mm: number[];
    y_mm: number[];
    width_mm: number[];
    depth_mm: number[];
    is_active: boolean[];
  };
}

export interface FloorLocation extends MapLocation {
  is_active: boolean;
}

export interface FloorPlan extends MapGeometry {
  locations: FloorLocation[];
}

/** Columns as rows; what has no id yet gets one from its code. */
export function toPlan(answer: MapAnswer): FloorPlan {
  const { locations: columns, kinds } = answer;
  return {
    width_mm: answer.width_mm,
    depth_mm: answer.depth_mm,
    zones: answer.zones.map((zone) => ({ ...zone, id: zone.id ?? zone.code })),
    aisles: answer.aisles.map((aisle) => ({ ...aisle, id: aisle.id ?? `${aisle.zone}-${aisle.number}` })),
    locations: columns.code.map((code, at) => ({
      id: columns.id[at] ?? code,
      code,
      kind: kinds[columns.kind[at] ?? -1] ?? "",
      level: columns.level[at] ?? 1,
      x_mm: columns.x_mm[at] ?? 0,
      y_mm: columns.y_mm[at] ?? 0,
      width_mm: columns.width_mm[at] ?? 0,
      depth_mm: columns.depth_mm[at] ?? 0,
      is_active: columns.is_active[at] ?? true,
    })),
  };
}

/** The floor plan of a warehouse; read once and kept, as layouts change rarely. */
export function useWarehouseMap(warehouseId: number | string | null | undefined) {
  return useQuery({
    queryKey: ["detail", "warehouse", String(warehouseId), "map"],
    queryFn: async ({ signal }) => toPlan(await api.get<MapAnswer>(`/warehouses/${String(warehouseId)}/map`, undefined, signal)),
    enabled: warehouseId != null,
    staleTime: 10 * 60_000,
  });
}
