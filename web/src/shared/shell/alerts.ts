import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, type Counts } from "@/api";
import { useSession } from "@/shared/session/session";
import type { Tone } from "@/shared/ui/states";

export interface ShellAlert {
  key: string;
  title: string;
  count: number;
  tone: Tone;
  to: string;
}

/** The tabs of the order desk that wait for a person. */
const WATCHED: { key: string; tone: Tone }[] = [
  { key: "held", tone: "orange" },
  { key: "short", tone: "orange" },
  { key: "pending", tone: "orange" },
];

/** What waits for a person now, from the same counts as the tabs. */
export function useAlerts(): ShellAlert[] {
  const { t } = useTranslation();
  const { can } = useSession();
  const counts = useQuery({
    queryKey: ["list", "/orders/counts", "counts", {}],
    queryFn: ({ signal }) => api.get<Counts>("/orders/counts", undefined, signal),
    enabled: can("orders.order.view"),
    refetchInterval: 60_000,
    retry: false,
  });
  return WATCHED.flatMap(({ key, tone }) => {
    const count = counts.data?.counts[key]?.count ?? 0;
    return count > 0 ? [{ key, tone, count, title: t(`alert.${key}`), to: `/orders?tab=${key}` }] : [];
  });
}
