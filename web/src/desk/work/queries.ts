import { useQuery } from "@tanstack/react-query";
import { api } from "@/api";
import { useSession } from "@/shared/session/session";
import type { FloorView, Person, ShiftTemplate, Task } from "./types";

export function useTask(id: string) {
  return useQuery({ queryKey: ["detail", "task", id], queryFn: ({ signal }) => api.get<Task>(`/tasks/${id}`, undefined, signal), refetchInterval: 15_000 });
}

/** Who could be given a task. */
export function useCandidates(enabled = true) {
  const { can } = useSession();
  return useQuery({
    queryKey: ["options", "/workers/candidates"],
    queryFn: ({ signal }) => api.get<{ items: Person[] }>("/workers/candidates", undefined, signal),
    staleTime: 60_000,
    enabled: enabled && can("work.worker.view"),
  });
}

export function useSkills() {
  return useQuery({ queryKey: ["options", "/workers/skills"], queryFn: ({ signal }) => api.get<{ skills: string[]; equipment: string[] }>("/workers/skills", undefined, signal), staleTime: 60_000 });
}

/** The hours that are planned in a warehouse. */
export function useShifts(warehouseId: number | undefined) {
  return useQuery({
    queryKey: ["options", "/shift-templates", warehouseId],
    queryFn: ({ signal }) => api.get<{ items: ShiftTemplate[] }>("/shift-templates", { warehouse_id: warehouseId }, signal),
    enabled: warehouseId !== undefined,
    staleTime: 60_000,
  });
}

export function useFloor(warehouseId: number | string | undefined) {
  return useQuery({
    queryKey: ["list", "/floor-view", String(warehouseId)],
    queryFn: ({ signal }) => api.get<FloorView>(`/floor-view/${String(warehouseId)}`, undefined, signal),
    enabled: warehouseId !== undefined,
    refetchInterval: 10_000,
  });
}
