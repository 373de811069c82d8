import { useQuery } from "@tanstack/react-query";
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from "react";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import type { Page, WarehouseRef } from "@/api/types";
import { useSession } from "./session";

const KEY = "hecang.warehouse";
const PARAM = "wh";

interface Scope {
  warehouses: WarehouseRef[];
  /** The chosen warehouse; `null` = all the user may see. */
  warehouse: WarehouseRef | null;
  setWarehouse: (id: WarehouseRef["id"] | null) => void;
  /** IANA zone in which times are shown. */
  timeZone: string;
}

const ScopeContext = createContext<Scope>({
  warehouses: [],
  warehouse: null,
  setWarehouse: () => undefined,
  timeZone: "Asia/Shanghai",
});

/** The warehouse the user works in: in the URL (`wh`), else remembered; lists send it as a filter. */
export function ScopeProvider({ children }: { children: ReactNode }) {
  const { can } = useSession();
  const [params, setParams] = useSearchParams();
  const [saved, setSaved] = useState(() => localStorage.getItem(KEY) ?? "");
  const query = useQuery({
    queryKey: ["warehouses", "switch"],
    queryFn: ({ signal }) => api.get<Page<WarehouseRef>>("/warehouses", { limit: 200 }, signal),
    enabled: can("facility.warehouse.view"),
    staleTime: 10 * 60_000,
  });
  const warehouses = useMemo(() => query.data?.items ?? [], [query.data]);
  const wanted = params.get(PARAM) ?? saved;
  const warehouse =
    warehouses.find((one) => String(one.id) === wanted) ?? (warehouses.length === 1 ? (warehouses[0] ?? null) : null);

  const setWarehouse = useCallback(
    (id: WarehouseRef["id"] | null) => {
      const text = id === null ? "" : String(id);
      localStorage.setItem(KEY, text);
      setSaved(text);
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (text === "") next.delete(PARAM);
          else next.set(PARAM, text);
          next.delete("cursor");
          return next;
        },
        { replace: true },
      );
    },
    [setParams],
  );

  const value = useMemo<Scope>(
    () => ({ warehouses, warehouse, setWarehouse, timeZone: warehouse?.timezone ?? warehouses[0]?.timezone ?? "Asia/Shanghai" }),
    [warehouses, warehouse, setWarehouse],
  );
  return <ScopeContext value={value}>{children}</ScopeContext>;
}

export function useScope(): Scope {
  return use(ScopeContext);
}
