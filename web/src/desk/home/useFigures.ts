import { useQuery } from "@tanstack/react-query";
import { api, type Counts } from "@/api";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { flatten, type Figures } from "./figures";

/** The numbers of the dashboard; those of the order desk's tabs for who may see only orders. */
export function useFigures() {
  const { can } = useSession();
  const { warehouse } = useScope();
  const whole = can("outbound.dashboard.view");
  const dashboard = useQuery({
    queryKey: ["dashboard", warehouse?.id ?? null],
    queryFn: ({ signal }) => api.get<Record<string, unknown>>("/dashboard", { warehouse_id: warehouse?.id }, signal),
    enabled: whole,
    refetchInterval: 30_000,
  });
  const counts = useQuery({
    queryKey: ["list", "/orders/counts", "counts", {}],
    queryFn: ({ signal }) => api.get<Counts>("/orders/counts", undefined, signal),
    enabled: can("orders.order.view"),
    refetchInterval: 30_000,
  });
  const figures: Figures = {
    ...(counts.data ? flatten({ orders: counts.data.counts }) : {}),
    ...(dashboard.data ? flatten(dashboard.data) : {}),
  };
  return {
    figures,
    loading: dashboard.isLoading || counts.isLoading,
    updatedAt: Math.max(counts.dataUpdatedAt, dashboard.dataUpdatedAt),
    error: dashboard.error ?? counts.error,
    refetch: () => Promise.all([...(whole ? [dashboard.refetch()] : []), counts.refetch()]),
  };
}
