import { useQuery } from "@tanstack/react-query";
import { api } from "@/api";
import type { Person, Team, Ticket } from "./types";

export function useTicket(id: string) {
  return useQuery({ queryKey: ["detail", "ticket", id], queryFn: ({ signal }) => api.get<Ticket>(`/tickets/${id}`, undefined, signal), refetchInterval: 30_000 });
}

export function useTeams(enabled = true) {
  return useQuery({ queryKey: ["options", "/teams"], queryFn: ({ signal }) => api.get<{ items: Team[] }>("/teams", undefined, signal), staleTime: 60_000, enabled });
}

export function usePeople(enabled = true) {
  return useQuery({ queryKey: ["options", "/tickets/people"], queryFn: ({ signal }) => api.get<{ items: Person[] }>("/tickets/people", undefined, signal), staleTime: 60_000, enabled });
}

export function nameOf(person: Person): string {
  return person.display_name || person.username;
}
