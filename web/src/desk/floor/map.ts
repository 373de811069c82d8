import { useQuery } from "@tanstack/react-query";
import { api } from "@/api";
import type { MapGeometry } from "@/shared/map/geometry";

/** The floor plan of a warehouse; read once and kept, as layouts change rarely. */
export function useWarehouseMap(warehouseId: number | string | null | undefined) {
  return useQuery({
    queryKey: ["detail", "warehouse", String(warehouseId), "map"],
    queryFn: ({ signal }) => api.get<MapGeometry>(`/warehouses/${String(warehouseId)}/map`, undefined, signal),
    enabled: warehouseId != null,
    staleTime: 10 * 60_000,
  });
}
