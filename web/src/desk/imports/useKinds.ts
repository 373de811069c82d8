import { useQuery } from "@tanstack/react-query";
import { api } from "@/api";
import type { ImportKind } from "./types";

/** The kinds of files that the user may import. */
export function useKinds() {
  return useQuery({
    queryKey: ["imports", "kinds"],
    queryFn: async ({ signal }) => (await api.get<{ items: ImportKind[] }>("/imports/kinds", undefined, signal)).items.filter((kind) => kind.allowed),
    staleTime: 10 * 60_000,
  });
}
