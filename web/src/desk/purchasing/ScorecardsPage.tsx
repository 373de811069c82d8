import { useQuery } from "@tanstack/react-query";
import { Input, Table } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api } from "@/api";
import { Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { Chart } from "@/shared/ui/Chart";
import { EmptyState } from "@/shared/ui/EmptyState";
import { PageHeader } from "@/shared/ui/PageHeader";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import css from "./purchasing.module.css";
import type { Figures, PerformanceLine, Scorecard } from "./types";
import { percent, plainPrice } from "./words";

type Month = Figures & { month: string };

function Trends({ months }: { months: Month[] }) {
  const { t } = useTranslation(NS);
  const rates: [string, keyof Figures][] = [[t("cards.onTime"), "on_time"], [t("cards.inFull"), "in_full"], [t("cards.quality"), "quality"]];
  const names = months.map((one) => one.month.slice(0, 7));
  const known = months.filter((one) => one.on_time !== null);
  const lines = known.reduce((sum, one) => sum + one.lines, 0);
  const mean = lines ? known.reduce((sum, one) => sum + (one.on_time ?? 0) * one.lines, 0) / lines : null;
  const percentAxis = { type: "value" as const, max: 100, axisLabel: { formatter: "{value}%" } };
  return (
    <div className={css.charts}>
      <Chart
        title={t("cards.trend", { last: percent(known.at(-1)?.on_time), mean: percent(mean) })}
        option={{ tooltip: { trigger: "axis" }, legend: { bottom: 0 }, grid: { left: 48, right: 16, top: 16, bottom: 56 }, xAxis: { type: "category", data: names }, yAxis: percentAxis, series: rates.map(([name, key]) => ({ name, type: "line", data: months.map((one) => (one[key] === null ? null : Math.round(Number(one[key]) * 1000) / 10)) })) }}
        table={{ head: [t("cards.month"), ...rates.map(([name]) => name)], rows: months.map((one, index) => [names[index] ?? "", ...rates.map(([, key]) => percent(one[key] as number | null))]) }}
      />
      <Chart
        title={t("cards.lead")}
        option={{ tooltip: { trigger: "axis" }, legend: { bottom: 0 }, grid: { left: 48, right: 16, top: 16, bottom: 56 }, xAxis: { type: "category", data: names }, yAxis: { type: "value" }, series: [{ name: t("cards.lead"), type: "bar", data: months.map((one) => (one.lead_mean === null ? null : Number(one.lead_mean))) }, { name: t("cards.spread"), type: "line", data: months.map((one) => (one.lead_spread === null ? null : Number(one.lead_spread))) }] }}
        table={{ head: [t("cards.month"), t("cards.lead"), t("cards.spread")], rows: months.map((one, index) => [names[index] ?? "", one.lead_mean ?? "", one.lead_spread ?? ""]) }}
      />
    </div>
  );
}

function Details({ supplier, since, until }: { supplier: string; since: string; until: string }) {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<PerformanceLine>[]>(
    () => [
      { key: "order", title: t("col.order"), width: 145, render: (row) => <Link to={`/purchase-orders?open=${row.order.id}`}>{row.order.number}</Link> },
      { key: "sku", title: t("col.sku"), width: 185, render: (row) => `${row.sku.code} ${row.sku.name}` },
      { key: "due", title: t("col.due"), width: 100, sort: "due_on", render: (row) => row.due_on },
      { key: "arrived", title: t("col.arrived"), width: 95, render: (row) => row.arrived_on ?? "" },
      { key: "lead", title: t("col.lead"), width: 85, align: "right", render: (row) => row.lead_days },
      { key: "wanted", title: t("col.wanted"), width: 75, align: "right", render: (row) => <Quantity value={row.wanted} /> },
      { key: "received", title: t("col.received"), width: 75, align: "right", render: (row) => <Quantity value={row.received} /> },
      { key: "rejected", title: t("col.rejected"), width: 75, align: "right", sort: "rejected", render: (row) => <Quantity value={row.rejected} /> },
      { key: "onTime", title: t("cards.onTime"), width: 75, render: (row) => <ToneTag tone={row.is_on_time ? "green" : "red"}>{t(row.is_on_time ? "cards.yes" : "cards.no")}</ToneTag> },
      { key: "inFull", title: t("cards.inFull"), width: 75, render: (row) => <ToneTag tone={row.is_in_full ? "green" : "orange"}>{t(row.is_in_full ? "cards.yes" : "cards.no")}</ToneTag> },
      { key: "price", title: t("col.price"), width: 70, align: "right", render: (row) => plainPrice(row.unit_price) },
      { key: "list", title: t("col.listPrice"), width: 80, align: "right", render: (row) => plainPrice(row.list_price) },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(() => [{ key: "fault", label: t("cards.fault"), type: "select", options: ["late", "short", "refused", "dearer"].map((value) => ({ value, label: t(`cards.${value}`) })) }], [t]);
  return <ListPage<PerformanceLine> embedded id="supplier-performance" title={t("cards.details")} path="/supplier-performance" baseQuery={{ supplier, since: since || null, until: until || null }} columns={columns} filters={filters} rowId={(row) => row.id} defaultSort="-due_on" exportPath="/supplier-performance/export" empty={{ title: t("cards.empty"), hint: t("cards.emptyHint") }} />;
}

/** How good suppliers are; a click on one shows its months, and the lines that the figures are made of. */
export default function ScorecardsPage() {
  const { t } = useTranslation(NS);
  const [params, setParams] = useSearchParams();
  const since = params.get("since") ?? "";
  const until = params.get("until") ?? "";
  const supplier = params.get("supplier") ?? "";
  const asked = { since: since || null, until: until || null };
  const cards = useQuery({ queryKey: ["list", "/supplier-scorecards", asked], queryFn: ({ signal }) => api.get<{ items: Scorecard[] }>("/supplier-scorecards", asked, signal) });
  const months = useQuery({ queryKey: ["list", "/supplier-scorecards/months", asked, supplier], queryFn: ({ signal }) => api.get<{ items: Month[] }>("/supplier-scorecards/months", { ...asked, supplier: supplier || null }, signal) });
  const set = (name: string, value: string) => setParams((old) => {
    const next = new URLSearchParams(old);
    if (value) next.set(name, value);
    else next.delete(name);
    return next;
  });
  const items = cards.data?.items ?? [];
  const chosen = items.find((one) => String(one.supplier.id) === supplier);
  const sorted = (key: keyof Figures) => (a: Scorecard, b: Scorecard) => Number(a[key] ?? -1) - Number(b[key] ?? -1);
  return (
    <div className={css.column}>
      <PageHeader title={t("cards.title")} hint={t("cards.hint")} />
      <div className={css.body}>
        <div className={css.filters}>
          <span className="hc-muted">{t("cards.period")}</span>
          <Input type="date" aria-label={t("cards.since")} style={{ width: 150 }} value={since} onChange={(event) => set("since", event.target.value)} /> –
          <Input type="date" aria-label={t("cards.until")} style={{ width: 150 }} value={until} onChange={(event) => set("until", event.target.value)} />
          {supplier ? <a href="#all" onClick={(event) => { event.preventDefault(); set("supplier", ""); }}>{t("cards.all")}</a> : null}
        </div>
        {cards.data && items.length === 0 ? <EmptyState title={t("cards.empty")} hint={t(since || until ? "cards.emptyPeriod" : "cards.emptyHint")} /> : null}
        {months.data && months.data.items.length > 0 ? <><h2>{chosen ? `${chosen.supplier.code} ${chosen.supplier.name}` : t("cards.all")}</h2><Trends months={months.data.items} /></> : null}
        {chosen ? <div style={{ height: 520 }}><Details supplier={supplier} since={since} until={until} /></div> : null}
        {cards.data && items.length === 0 ? null : <Table<Scorecard>
          size="small" loading={cards.isLoading} rowKey={(row) => row.supplier.id} dataSource={items} pagination={{ pageSize: 50, hideOnSinglePage: true }} scroll={{ x: "max-content" }}
          columns={[
            { title: t("col.supplier"), render: (_, row) => <a href={`?supplier=${row.supplier.id}`} onClick={(event) => { event.preventDefault(); set("supplier", String(row.supplier.id)); }}>{row.supplier.code} {row.supplier.name}</a> },
            { title: t("cards.score"), align: "right", sorter: sorted("score"), render: (_, row) => <ToneTag tone={(row.score ?? 0) >= 85 ? "green" : (row.score ?? 0) >= 65 ? "orange" : "red"}>{row.score ?? "—"}</ToneTag> },
            { title: t("cards.lines"), align: "right", sorter: sorted("lines"), render: (_, row) => <Quantity value={row.lines} /> },
            { title: t("cards.onTime"), align: "right", sorter: sorted("on_time"), render: (_, row) => percent(row.on_time) },
            { title: t("cards.inFull"), align: "right", sorter: sorted("in_full"), render: (_, row) => percent(row.in_full) },
            { title: t("cards.otif"), align: "right", sorter: sorted("otif"), render: (_, row) => percent(row.otif) },
            { title: t("cards.quality"), align: "right", sorter: sorted("quality"), render: (_, row) => percent(row.quality) },
            { title: t("cards.variance"), align: "right", sorter: sorted("price_variance"), render: (_, row) => percent(row.price_variance) },
            { title: t("cards.lead"), align: "right", sorter: sorted("lead_mean"), render: (_, row) => (row.lead_mean === null ? "—" : `${Number(row.lead_mean).toFixed(1)} ± ${Number(row.lead_spread ?? 0).toFixed(1)}`) },
          ]}
        />}
      </div>
    </div>
  );
}
