import { useQuery } from "@tanstack/react-query";
import { DatePicker, Segmented, Table } from "antd";
import dayjs from "dayjs";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { api } from "@/api";
import { Money, Quantity } from "@/shared/format/format";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { Chart } from "@/shared/ui/Chart";
import { ErrorState } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import css from "./counts.module.css";
import NS from "./locale";
import { RiskSection } from "./RiskSection";
import type { AccuracyRow } from "./types";
import { percent } from "./words";

const DIMENSIONS = ["week", "day", "month", "zone", "abc_class", "person", "kind"] as const;
type Dimension = (typeof DIMENSIONS)[number];
const TIMES = new Set<string>(["day", "week", "month"]);
const GOAL = 0.999;

/** Where the rows behind a figure are. */
function rowsOf(by: Dimension, row: AccuracyRow, since: string, until: string): string {
  const query = new URLSearchParams({ tab: "all", differs: "true", from: since, to: until });
  if (by === "zone") query.set("zone", row.key);
  if (by === "abc_class" && row.key) query.set("abc_class", row.key);
  if (by === "person") query.set("counted_by", row.key);
  if (by === "kind") query.set("kind", row.key);
  if (TIMES.has(by)) {
    const unit = by === "abc_class" ? "day" : (by as "day" | "week" | "month");
    query.set("from", row.key);
    query.set("to", dayjs(row.key).add(1, unit).subtract(1, "day").format("YYYY-MM-DD"));
  }
  return `/stock/counts/lines?${query.toString()}`;
}

function Figure({ label, value, hint }: { label: string; value: number | null; hint?: string }) {
  const { t } = useTranslation(NS);
  return (
    <div className={`hc-card ${css.figure ?? ""}`}>
      <span className="hc-muted">{label}</span>
      <strong className={value !== null && value < GOAL ? css.below : undefined}>{percent(value, 2)}</strong>
      <span className="hc-faint">{hint ?? t("accuracy.target")}</span>
    </div>
  );
}

export default function AccuracyPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { warehouse } = useScope();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const by = DIMENSIONS.find((one) => one === params.get("by")) ?? "week";
  const until = params.get("to") ?? dayjs().format("YYYY-MM-DD");
  const since = params.get("from") ?? dayjs(until).subtract(83, "day").format("YYYY-MM-DD");
  const change = (values: Record<string, string>) => {
    const next = new URLSearchParams(params);
    for (const [key, value] of Object.entries(values)) next.set(key, value);
    setParams(next, { replace: true });
  };
  const asked = { since, until, by, ...(warehouse ? { warehouse_id: Number(warehouse.id) } : {}) };
  const report = useQuery({
    queryKey: ["list", "/count-accuracy", asked],
    queryFn: ({ signal }) => api.get<{ total: AccuracyRow; items: AccuracyRow[] }>("/count-accuracy", asked, signal),
  });
  const name = (row: AccuracyRow) => (by === "kind" ? t(`kind.${row.key}`) : by === "abc_class" && !row.key ? t("accuracy.emptyClass") : row.label || row.key);
  const items = useMemo(() => report.data?.items ?? [], [report.data]);
  const total = report.data?.total;
  const known = items.filter((row) => row.by_places !== null);
  const title = known.length > 1 ? t("accuracy.trend", { first: percent(known[0]?.by_places), last: percent(known.at(-1)?.by_places) }) : known.length === 1 ? t("accuracy.trendOne", { last: percent(known[0]?.by_places) }) : t("accuracy.trendNone");
  const series = ([["places", "by_places"], ["units", "by_units"], ["value", "by_value"]] as const).map(([key, field]) => ({ name: t(`accuracy.${key}`), type: TIMES.has(by) ? ("line" as const) : ("bar" as const), data: items.map((row) => (row[field] === null ? null : Math.round(row[field] * 10_000) / 100)) }));
  return (
    <>
      <PageHeader
        title={t("accuracy.title")}
        hint={t("accuracy.hint")}
        actions={
          <DatePicker.RangePicker
            allowClear={false}
            value={[dayjs(since), dayjs(until)]}
            onChange={(days) => days?.[0] && days[1] ? change({ from: days[0].format("YYYY-MM-DD"), to: days[1].format("YYYY-MM-DD") }) : undefined}
          />
        }
      />
      <PageBody>
        {report.isError ? <ErrorState error={report.error} onRetry={() => void report.refetch()} /> : null}
        <div className={css.figures}>
          <Figure label={t("accuracy.places")} value={total?.by_places ?? null} />
          <Figure label={t("accuracy.units")} value={total?.by_units ?? null} />
          <Figure label={t("accuracy.value")} value={total?.by_value ?? null} />
          <Figure label={t("accuracy.estimate")} value={total?.estimate ?? null} hint={total?.fair ? t("accuracy.estimateHint", { low: percent(total.estimate_low), high: percent(total.estimate_high), count: total.fair }) : t("accuracy.estimateNone")} />
        </div>
        <Section extra={<Segmented value={by} onChange={(value) => change({ by: value })} options={DIMENSIONS.map((value) => ({ value, label: t(`accuracy.by.${value}`) }))} />}>
          <Chart
            title={title}
            option={{ tooltip: { trigger: "axis" }, legend: { bottom: 0 }, grid: { left: 56, right: 16, top: 16, bottom: 56 }, xAxis: { type: "category", data: items.map(name) }, yAxis: { type: "value", max: 100, ...(TIMES.has(by) ? { min: (range: { min: number }) => Math.max(0, Math.floor(range.min - 1)) } : {}), axisLabel: { formatter: "{value}%" } }, series }}
            table={{ head: [t(`accuracy.by.${by}`), ...series.map((one) => one.name)], rows: items.map((row) => [name(row), percent(row.by_places, 2), percent(row.by_units, 2), percent(row.by_value, 2)]) }}
            onSelect={(index) => {
              const row = items[index];
              if (row) void navigate(rowsOf(by, row, since, until));
            }}
          />
        </Section>
        <Section title={t("accuracy.rows")} flush>
          <Table<AccuracyRow>
            size="small"
            rowKey="key"
            loading={report.isLoading}
            pagination={false}
            scroll={{ x: 900 }}
            dataSource={items}
            locale={{ emptyText: t("accuracy.trendNone") }}
            onRow={(row) => ({ onClick: () => void navigate(rowsOf(by, row, since, until)), style: { cursor: "pointer" } })}
            columns={[
              { title: t(`accuracy.by.${by}`), render: (_, row) => <a href={rowsOf(by, row, since, until)} onClick={(event) => event.preventDefault()}>{name(row)}</a> },
              { title: t("accuracy.counted"), align: "right", render: (_, row) => <Quantity value={row.places} /> },
              { title: t("accuracy.places"), align: "right", render: (_, row) => percent(row.by_places, 2) },
              { title: t("accuracy.units"), align: "right", render: (_, row) => percent(row.by_units, 2) },
              { title: t("accuracy.value"), align: "right", render: (_, row) => percent(row.by_value, 2) },
              { title: t("accuracy.off"), align: "right", render: (_, row) => <Quantity value={row.units_off} /> },
              { title: t("accuracy.offValue"), align: "right", render: (_, row) => <Money amount={row.value_off} /> },
              { title: t("accuracy.net"), align: "right", render: (_, row) => <Money amount={row.value_net} /> },
            ]}
          />
        </Section>
        {can("stockkeeping.count.manage") && warehouse ? <RiskSection warehouseId={Number(warehouse.id)} /> : null}
      </PageBody>
    </>
  );
}
