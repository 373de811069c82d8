import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { Kpi, KpiRow } from "@/shared/ui/Kpi";
import NS from "./locale";

interface Rates {
  since: string;
  items: { total: number; kept: number; delivered: number; rate: number | null }[];
}

/** The share of kept promises of the last thirty days; each figure opens its rows. */
export function KeptPromises() {
  const { t } = useTranslation(NS);
  const query = useQuery({
    queryKey: ["promise-rates"],
    queryFn: ({ signal }) => api.get<Rates>("/promise-rates", undefined, signal),
    refetchInterval: 60_000,
  });
  const all = query.data?.items[0];
  return (
    <KpiRow>
      <Kpi label={t("kept.rate")} value={all?.rate == null ? null : Math.round(all.rate * 1000) / 10} {...(all?.rate == null ? {} : { unit: "%" })} to="/promises" hint={all ? t("kept.delivered", { count: all.delivered }) : undefined} loading={query.isLoading} />
      <Kpi label={t("kept.total")} value={all?.total} to="/promises" loading={query.isLoading} />
      <Kpi label={t("kept.broken")} value={all ? all.total - all.kept : null} tone="red" to="/promises?kept=false" loading={query.isLoading} />
    </KpiRow>
  );
}
