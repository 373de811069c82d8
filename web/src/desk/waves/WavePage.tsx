import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { api } from "@/api";
import { DetailPage, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { DateTime } from "@/shared/format/format";
import { formatNumber } from "@/shared/format/text";
import { useAsk } from "@/shared/form/useAsk";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { StateTag } from "@/shared/ui/StateTag";
import { BatchWalks } from "./BatchWalks";
import NS from "./locale";
import { PlanResult } from "./PlanResult";
import type { WaveDetail } from "./types";

/** One wave: what it does and saves, its batches with their walks, and what can be done with it now. */
export default function WavePage() {
  const { id = "" } = useParams();
  const { t, i18n } = useTranslation(NS);
  const { can } = useSession();
  const number = (value: number) => formatNumber(value, i18n.language);
  const { message } = App.useApp();
  const client = useQueryClient();
  const ask = useAsk();
  const report = useReportProblem();
  const [busy, setBusy] = useState<string | null>(null);
  const query = useQuery({
    queryKey: ["detail", "wave", id],
    queryFn: ({ signal }) => api.get<WaveDetail>(`/waves/${id}`, undefined, signal),
    refetchInterval: (found) => (found.state.data?.state === "released" ? 15_000 : false),
  });
  const wave = query.data;

  const run = async (code: "release" | "cancel", said: string) => {
    setBusy(code);
    try {
      await api.post(`/waves/${id}/${code}`);
      void message.success(said);
      await Promise.all([client.invalidateQueries({ queryKey: ["detail", "wave"] }), client.invalidateQueries({ queryKey: ["list"] })]);
    } catch (error) {
      report(error);
    } finally {
      setBusy(null);
    }
  };

  let content: DetailContent | null = null;
  if (wave) {
    const actions: (DetailAction & { permission: string; shown: boolean })[] = [
      {
        code: "release", permission: "outbound.wave.release", shown: wave.state === "planned", label: t("action.release"), primary: true,
        run: () => void run("release", t("result.released", { number: wave.number, count: wave.batches.length })),
      },
      {
        code: "cancel", permission: "outbound.wave.cancel", shown: wave.state === "planned" || wave.state === "released", label: t("action.cancel"), danger: true,
        run: () =>
          void ask({ title: t("action.cancel"), okText: t("action.cancel"), danger: true, text: t("ask.cancelText", { number: wave.number, count: wave.fulfilment_count }) }).then((yes) =>
            yes ? run("cancel", t("ask.cancelDone", { number: wave.number })) : undefined,
          ),
      },
    ];
    const criteria = Object.entries(wave.criteria).map(([key, value]) => (value === true ? t(`criteria.${key}`) : `${t(`criteria.${key}`, { defaultValue: key })}: ${criterionText(key, value, t)}`));
    content = {
      kind: t("kind"),
      number: wave.number,
      state: <StateTag ns={NS} state={wave.state} />,
      actions: actions.filter((action) => action.shown && can(action.permission)).map((action) => ({ ...action, loading: busy === action.code })),
      permits: wave.actions ?? [],
      facts: [
        { label: t("col.warehouse"), value: wave.warehouse.name },
        { label: t("col.createdBy"), value: wave.created_by },
        { label: t("col.created"), value: <DateTime value={wave.created_at} mode="absolute" /> },
        { label: t("col.released"), value: <DateTime value={wave.released_at} mode="absolute" /> },
        { label: t("fact.size"), value: t("result.facts", { orders: number(wave.fulfilment_count), lines: number(wave.line_count), units: number(wave.unit_count) }) },
        { label: t("fact.criteria"), value: criteria.length > 0 ? criteria.join(" · ") : t("criteria.none"), wide: true },
      ],
      children: (
        <div className="hc-stack" style={{ marginTop: 16 }}>
          <PlanResult brief plan={wave} batchCount={wave.batches.length} />
          <BatchWalks linked batches={wave.batches} warehouseId={wave.warehouse.id} />
        </div>
      ),
    };
  }
  return <DetailPage query={query} content={content} />;
}

function criterionText(key: string, value: unknown, t: (key: string, options?: Record<string, unknown>) => string): string {
  if (key === "size") return t(`plan.sizes.${String(value)}`);
  if (key === "temperature") return t(`plan.temperatures.${String(value)}`);
  if (key === "policy") return t(`plan.policies.${String(value)}`);
  if (Array.isArray(value)) return String(value.length);
  if (typeof value === "object" && value !== null) return Object.entries(value).map(([name, one]) => `${name} ${String(one)}`).join(", ");
  return String(value);
}
