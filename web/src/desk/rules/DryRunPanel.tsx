import { useMutation, useQuery } from "@tanstack/react-query";
import { Alert, Button, Progress, Segmented, Select, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { DateTime } from "@/shared/format/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { useShops } from "./queries";
import css from "./rules.module.css";
import type { ActionType, DryRun, Outcome, RuleKind, Sample } from "./types";
import { actionText, outcomeAction } from "./words";

const SIZES = [200, 1000, 5000];
const ALARMING = new Set(["held", "held_otherwise"]);

function Outcomes({ outcomes, types }: { outcomes: readonly Outcome[]; types: readonly ActionType[] }) {
  const { t } = useTranslation(NS);
  if (outcomes.length === 0) return <span className="hc-faint">{t("dry.none")}</span>;
  return outcomes.map((outcome, place) => <div key={place}>{actionText(outcomeAction(outcome), types)}</div>);
}

function told(value: unknown): string {
  return Array.isArray(value) ? value.join("、") : typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** Tries a draft on the newest orders and shows which of them would come out differently. */
export function DryRunPanel({ draft, kind }: { draft: object | null; kind: RuleKind }) {
  const { t } = useTranslation(NS);
  const report = useReportProblem();
  const shops = useShops();
  const [orders, setOrders] = useState(SIZES[0] ?? 200);
  const [shop, setShop] = useState<number | null>(null);
  const [runId, setRunId] = useState<number | null>(null);
  const start = useMutation({
    mutationFn: () => api.post<DryRun>("/order-dry-runs", { drafts: [draft], orders, shop_id: shop }),
    onSuccess: (run) => setRunId(run.id),
    onError: report,
  });
  const run = useQuery({
    queryKey: ["dry-run", runId],
    queryFn: ({ signal }) => api.get<DryRun>(`/order-dry-runs/${runId ?? 0}`, undefined, signal),
    enabled: runId !== null,
    initialData: start.data?.id === runId ? start.data : undefined,
    refetchInterval: (query) => (query.state.data && ["queued", "running"].includes(query.state.data.state) ? 700 : false),
  });
  const current = run.data;
  const busy = start.isPending || current?.state === "queued" || current?.state === "running";
  return (
    <div>
      <p className="hc-muted">{t("dry.hint")}</p>
      <div className={css.controls}>
        <span>{t("dry.orders")}</span>
        <Segmented options={SIZES} value={orders} onChange={setOrders} />
        <Select aria-label={t("dry.shop")} style={{ width: 170 }} allowClear placeholder={t("dry.allShops")} options={(shops.data?.items ?? []).map((row) => ({ value: row.id, label: row.name }))} value={shop} onChange={(chosen: number | undefined) => setShop(chosen ?? null)} />
        <Button type="primary" ghost loading={busy} disabled={draft === null} title={draft === null ? t("dry.first") : undefined} onClick={() => start.mutate()}>{t("dry.run")}</Button>
      </div>
      {busy && current ? (
        <div role="status">
          <Progress percent={current.total === 0 ? 0 : Math.round((100 * current.done) / current.total)} />
          {t("dry.running", { done: current.done, total: current.total })}
        </div>
      ) : null}
      {current?.state === "failed" ? <Alert type="error" showIcon title={t("dry.failed")} description={`${current.error} ${t("dry.failedHint")}`} /> : null}
      {current?.state === "done" && current.result ? <Result result={current.result} kind={kind} /> : null}
    </div>
  );
}

function Result({ result, kind }: { result: NonNullable<DryRun["result"]>; kind: RuleKind }) {
  const { t } = useTranslation(NS);
  const label = (name: string) => kind.facts.find((fact) => fact.name === name)?.label ?? name;
  return (
    <>
      <div className={css.counts}>
        <strong>{t("dry.summary", { changed: result.changed, orders: result.orders })}</strong>
        {Object.entries(result.counts).map(([change, count]) => <ToneTag key={change} tone={ALARMING.has(change) ? "orange" : "blue"}>{`${t(`change.${change}`)} ${count}`}</ToneTag>)}
        {Object.entries(result.matched).map(([rule, count]) => <span key={rule} className="hc-muted">{`${rule}: ${t("dry.matched", { count })}`}</span>)}
      </div>
      <Table<Sample>
        size="small"
        rowKey="order_id"
        pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }}
        dataSource={result.samples}
        scroll={{ x: 640 }}
        locale={{ emptyText: <EmptyState compact title={t("dry.nothing")} hint={t("dry.nothingHint")} /> }}
        columns={[
          { title: t("dry.order"), width: 165, render: (_, row) => <><Link to={`/orders/${row.order_id}`}>{row.number}</Link><div className="hc-faint">{`${row.shop} · ${row.currency} ${row.total}`}</div><div className="hc-faint"><DateTime value={row.placed_at} /></div></> },
          { title: t("dry.changes"), width: 100, render: (_, row) => row.changes.map((change) => <div key={change}>{t(`change.${change}`)}</div>) },
          { title: t("dry.now"), render: (_, row) => <Outcomes outcomes={row.before} types={kind.actions} /> },
          { title: t("dry.then"), render: (_, row) => <Outcomes outcomes={row.after} types={kind.actions} /> },
          { title: t("dry.why"), render: (_, row) => Object.entries(row.facts).map(([name, value]) => <div key={name} className="hc-muted">{`${label(name)}: ${told(value)}`}</div>) },
        ]}
      />
      {result.samples.length < result.changed ? <div className="hc-faint">{t("dry.shown", { count: result.samples.length })}</div> : null}
    </>
  );
}
