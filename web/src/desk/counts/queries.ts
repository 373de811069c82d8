import { useQuery } from "@tanstack/react-query";
import { api, type Page } from "@/api";
import { useScope } from "@/shared/session/scope";
import type { CountDetail, LineDetail, Ref } from "./types";

export function useCount(id: string) {
  return useQuery({
    queryKey: ["detail", "count", id],
    queryFn: ({ signal }) => api.get<CountDetail>(`/stock-counts/${id}`, undefined, signal),
    // Quick while it is posted, so that the bar moves.
    refetchInterval: (query) => (query.state.data?.post_state ? 2_000 : 15_000),
  });
}

export function useLine(id: string) {
  return useQuery({ queryKey: ["detail", "count-line", id], queryFn: ({ signal }) => api.get<LineDetail>(`/stock-count-lines/${id}`, undefined, signal) });
}

/** The zones of the chosen warehouse. */
export function useZones() {
  const { warehouse } = useScope();
  return useQuery({
    queryKey: ["options", "/zones", warehouse?.id],
    queryFn: ({ signal }) => api.get<Page<Ref>>("/zones", { warehouse_id: Number(warehouse?.id), limit: 200 }, signal),
    enabled: warehouse !== null,
    staleTime: 60_000,
  });
}
