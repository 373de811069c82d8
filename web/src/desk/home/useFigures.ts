import { useQuery } from "@tanstack/react-query";
import { api, type Counts } from "@/api";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import type { Figures } from "./figures";

/** Numbers of the dashboard and of the order desk's tabs as one flat record. */
export function useFigures() {
  const { can } = useSession();
  const { warehouse } = useScope();
  const counts = useQuery({
    queryKey: ["list", "/orders/counts", "counts", {}],
    queryFn: ({ signal }) => api.get<Counts>("/orders/counts", undefined, signal),
    enabled: can("orders.order.view"),
    refetchInterval: 30_000,
  });
  const dashboard = useQuery({
    queryKey: ["dashboard", warehouse?.id ?? null],
    queryFn: ({ signal }) => api.get<Record<string, unknown>>("/dashboard", { warehouse: warehouse?.id }, signal),
    enabled: can("outbound.dashboard.view"),
    refetchInterval: 30_000,
  });
  const figures: Figures = {};
  const take = (values: Record<string, unknown>, prefix = "") => {
    for (const [key, value] of Object.entries(values)) {
      if (typeof value === "number") figures[prefix + key] = value;
      else if (typeof value === "object" && value !== null && !Array.isArray(value)) take(value as Record<string, unknown>, `${key}_`);
    }
  };
  for (const [key, value] of Object.entries(counts.data?.counts ?? {})) figures[key] = value.count;
  if (dashboard.data) take(dashboard.data);
  const capped = new Set(Object.entries(counts.data?.counts ?? {}).flatMap(([key, value]) => (value.capped ? [key] : [])));
  return {
    figures,
    capped,
    loading: counts.isLoading || dashboard.isLoading,
    updatedAt: Math.max(counts.dataUpdatedAt, dashboard.dataUpdatedAt),
    error: counts.error ?? dashboard.error,
    refetch: () => Promise.all([counts.refetch(), dashboard.refetch()]),
  };
}
