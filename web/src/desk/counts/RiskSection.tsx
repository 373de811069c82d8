import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import { Chart } from "@/shared/ui/Chart";
import { Section } from "@/shared/ui/PageHeader";
import css from "./counts.module.css";
import NS from "./locale";
import type { Risk, RiskRow } from "./types";
import { percent } from "./words";

const ORDERS = ["risk", "abc", "random"] as const;
/** The share of places by which the finding is stated. */
const STATED = 0.2;

function useRisk(warehouseId: number) {
  return useQuery({ queryKey: ["list", "/count-risk", warehouseId], queryFn: ({ signal }) => api.get<Risk>("/count-risk", { warehouse_id: warehouseId }, signal) });
}

/** What the risk of places is worth, and which places it names first. */
export function RiskSection({ warehouseId }: { warehouseId: number }) {
  const { t } = useTranslation(NS);
  const risk = useRisk(warehouseId).data;
  const model = risk?.models[0];
  const figures = model?.figures;
  const shares = figures?.shares ?? [];
  const at = shares.indexOf(STATED);
  const title = figures?.risk && figures.random && at >= 0 && figures.risk.wrong > 0 ? t("risk.lift", { share: percent(STATED, 0), found: percent(figures.risk.found[at]), random: percent(figures.random.found[at]) }) : t("risk.liftNone");
  const features = risk?.features ?? [];
  const weights = figures?.weights ?? {};
  const mean = (row: RiskRow) =>
    features
      .map((name, index) => ({ name, push: (weights[name] ?? 0) * (row.features[index] ?? 0) }))
      .sort((a, b) => b.push - a.push)
      .slice(0, 2)
      .filter((one) => one.push > 0)
      .map((one) => t(`risk.feature.${one.name}`))
      .join("、");
  return (
    <>
      <Section title={t("risk.title")} extra={model ? <span className="hc-muted">{t(`risk.model.${model.kind}`, { places: model.places, wrong: model.wrong })} · <DateTime value={model.trained_at} /></span> : null}>
        <div className={css.figures}>
          {(risk?.hits ?? []).map((hit) => (
            <div key={hit.chosen} className={`hc-card ${css.figure ?? ""}`}>
              <span className="hc-muted">{t("risk.hits")} · {t(`chosen.${hit.chosen}`, { defaultValue: hit.chosen })}</span>
              <strong>{percent(hit.places ? hit.wrong / hit.places : null)}</strong>
              <span className="hc-faint">{t("risk.hit", { places: hit.places, wrong: hit.wrong })}</span>
            </div>
          ))}
        </div>
        {figures?.risk && figures.risk.wrong > 0 ? (
          <Chart
            title={title}
            option={{ tooltip: { trigger: "axis" }, legend: { bottom: 0 }, grid: { left: 56, right: 24, top: 16, bottom: 72 }, xAxis: { type: "value", max: 100, name: t("risk.axis"), nameLocation: "middle", nameGap: 26, axisLabel: { formatter: "{value}%" } }, yAxis: { type: "value", max: 100, name: t("risk.found"), axisLabel: { formatter: "{value}%" } }, series: ORDERS.map((order) => ({ name: t(`risk.order.${order}`), type: "line" as const, data: [[0, 0], ...shares.map((share, index) => [share * 100, Math.round((figures[order]?.found[index] ?? 0) * 1000) / 10])] })) }}
            table={{ head: [t("risk.axis"), ...ORDERS.map((order) => t(`risk.order.${order}`))], rows: shares.map((share, index) => [percent(share, 0), ...ORDERS.map((order) => percent(figures[order]?.found[index]))]) }}
          />
        ) : (
          <p className="hc-muted">{t("risk.liftNone")}</p>
        )}
      </Section>
      <ListPage<RiskRow>
        id="location-risks"
        embedded
        title={t("risk.title")}
        path="/location-risks"
        baseQuery={{ warehouse: [warehouseId] }}
        exportPath="/location-risks/export"
        rowId={(row) => row.id}
        defaultSort="-risk"
        onOpen={() => undefined}
        columns={[
          { key: "location", title: t("risk.col.location"), width: 140, render: (row) => <span className="hc-num">{row.location.code}</span> },
          { key: "zone", title: t("risk.col.zone"), width: 90, render: (row) => row.location.zone.code },
          { key: "risk", title: t("risk.col.risk"), width: 110, align: "right", sort: "risk", render: (row) => <span className="hc-num">{percent(row.risk)}</span> },
          { key: "why", title: t("risk.col.why"), width: 240, render: (row) => mean(row) },
          { key: "skus", title: t("risk.feature.skus"), width: 90, align: "right", render: (row) => <Quantity value={Math.round(Math.expm1(row.features[features.indexOf("skus")] ?? 0))} /> },
          { key: "moves", title: t("risk.feature.moves_since_count"), width: 110, align: "right", render: (row) => <Quantity value={Math.round(Math.expm1(row.features[features.indexOf("moves_since_count")] ?? 0))} /> },
        ]}
        empty={{ title: t("risk.emptyTitle"), hint: t("risk.emptyHint") }}
      />
    </>
  );
}
