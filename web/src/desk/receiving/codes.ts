import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Page } from "@/api";
import { useSession } from "@/shared/session/session";
import type { Ref } from "./types";

/** Master data as options of a select whose values are codes, with a search on the server. */
export function useCodes(path: string, permission: string) {
  const { can } = useSession();
  const [text, setText] = useState("");
  const list = useQuery({
    queryKey: ["options", path, "codes", text],
    queryFn: ({ signal }) => api.get<Page<Ref>>(path, { q: text, limit: 50 }, signal),
    enabled: can(permission),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
  const options = (list.data?.items ?? []).map((one) => ({ value: one.code, label: one.name === "" || one.name === one.code ? one.code : `${one.code} ${one.name}` }));
  return { options, loading: list.isFetching, setText };
}
