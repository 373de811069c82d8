import { useQuery } from "@tanstack/react-query";
import { api, type Page } from "@/api";
import { KIND } from "./words";
import type { RuleKind, RuleRow } from "./types";

export interface ShopOption {
  id: number;
  code: string;
  name: string;
}

/** The facts, actions and functions that rules of orders may use, in the language of the desk. */
export function useKind(language: string) {
  return useQuery({
    queryKey: ["options", "/rules/kinds", language],
    queryFn: async ({ signal }) => {
      const kinds = await api.get<{ items: RuleKind[] }>("/rules/kinds", undefined, signal);
      return kinds.items.find((kind) => kind.code === KIND);
    },
    staleTime: 300_000,
  });
}

export function useRules() {
  return useQuery({
    queryKey: ["list", "rules"],
    queryFn: ({ signal }) => api.get<{ items: RuleRow[] }>("/rules", { kind: KIND }, signal),
  });
}

export function useShops() {
  return useQuery({
    queryKey: ["options", "/shops"],
    queryFn: ({ signal }) => api.get<Page<ShopOption>>("/shops", { limit: 200 }, signal),
    staleTime: 60_000,
  });
}
