import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Page, type Query } from "@/api";
import { useSession } from "@/shared/session/session";

export interface Option {
  value: number;
  label: string;
}

export interface Named {
  id: number;
  code: string;
  name: string;
}

const toOption = (one: Named): Option => ({ value: one.id, label: one.name === "" || one.name === one.code ? one.code : `${one.code} ${one.name}` });

/** Master data as options of a select. Nothing is asked for without the permission. */
export function useOptions(path: string, { query, permission }: { query?: Query; permission?: string } = {}): { options: Option[]; loading: boolean } {
  const { can } = useSession();
  const list = useQuery({
    queryKey: ["options", path, query],
    queryFn: ({ signal }) => api.get<Page<Named>>(path, { ...query, limit: 200 }, signal),
    enabled: can(permission),
    staleTime: 60_000,
  });
  return { options: (list.data?.items ?? []).map(toOption), loading: list.isLoading };
}

/** The same with a search on the server, where there may be more than a select can hold. */
export function useSearchOptions(path: string, { query, permission }: { query?: Query; permission?: string } = {}) {
  const { can } = useSession();
  const [text, setText] = useState("");
  const list = useQuery({
    queryKey: ["options", path, query, text],
    queryFn: ({ signal }) => api.get<Page<Named>>(path, { ...query, q: text, limit: 50 }, signal),
    enabled: can(permission),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
  return { options: (list.data?.items ?? []).map(toOption), loading: list.isFetching, setText };
}
