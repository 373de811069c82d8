import { CheckOutlined, ReloadOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { StockAlert } from "./types";
import { answersFor, daysWord, documentUrl, isInDays, kindTone, KINDS } from "./words";

/** One button for what helps most, the others beside it. */
function Answers({ alert }: { alert: StockAlert }) {
  const { t } = useTranslation(NS);
  const client = useQueryClient();
  const report = useReportProblem();
  const { message } = App.useApp();
  const ask = useAsk();
  const { warehouses } = useScope();
  const [busy, setBusy] = useState(false);
  const answers = answersFor(alert.kind).filter((code) => code !== "promote" || alert.advised_discount !== null);
  const run = async (code: string) => {
    const leaves = code === "transfer" && !["below_safety", "below_reorder"].includes(alert.kind);
    const others = warehouses.filter((one) => Number(one.id) !== alert.warehouse.id).map((one) => ({ value: String(one.id), label: one.name }));
    const answer = await ask({
      title: t(`action.${code}`), okText: t(`action.${code}`), text: t("ask.text", { sku: alert.sku.code, kind: t(`kind.${alert.kind}`), quantity: alert.quantity }),
      ...(leaves ? { choice: { name: "other", label: t("ask.other"), required: true, options: others } } : {}), note: { name: "note", label: t("ask.note") },
    });
    if (!answer) return;
    setBusy(true);
    try {
      await api.post(`/stock-alerts/${alert.id}/${code}`, { note: answer.note ?? "", ...(answer.other ? { other_warehouse_id: Number(answer.other) } : {}) });
      void message.success(t(`done.${code}`));
      await client.invalidateQueries({ queryKey: ["list"] });
    } catch (error) {
      report(error);
    } finally {
      setBusy(false);
    }
  };
  const [first, ...others] = answers;
  if (!first) return null;
  return (
    <span role="presentation" onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()}>
      <Button size="small" loading={busy} onClick={() => void run(first)}>{t(`action.${first}`)}</Button>
      {others.length > 0 ? (
        <Dropdown menu={{ items: others.map((code) => ({ key: code, label: t(`action.${code}`) })), onClick: ({ key }) => void run(key) }} trigger={["click"]}>
          <Button size="small" type="text" aria-label={t("col.action")}>…</Button>
        </Dropdown>
      ) : null}
    </span>
  );
}

/** Facts about stock that somebody should look at. */
export default function AlertsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const client = useQueryClient();
  const report = useReportProblem();
  const { message } = App.useApp();
  const ask = useAsk();
  const may = can("stockkeeping.alert.change");
  const columns = useMemo<ListColumn<StockAlert>[]>(
    () => [
      { key: "kind", title: t("col.kind"), width: 140, fixed: "left", render: (row) => <ToneTag tone={kindTone(row.kind)}>{t(`kind.${row.kind}`)}</ToneTag> },
      { key: "sku", title: t("col.sku"), width: 210, render: (row) => <><Link to={`/products/${row.sku.id}`}>{row.sku.code}</Link> <span className="hc-muted">{row.sku.name}</span></> },
      { key: "warehouse", title: t("col.warehouse"), width: 120, render: (row) => row.warehouse.name },
      { key: "quantity", title: t("col.quantity"), width: 90, align: "right", sort: "quantity", render: (row) => <Quantity value={row.quantity} /> },
      { key: "threshold", title: t("col.threshold"), width: 100, align: "right", render: (row) => (row.kind === "expired" ? <span className="hc-faint">–</span> : isInDays(row.kind) ? t("days.figure", { count: row.threshold }) : <Quantity value={row.threshold} />) },
      { key: "expected", title: t("col.expected"), width: 80, align: "right", render: (row) => <Quantity value={row.expected} /> },
      { key: "days", title: t("col.days"), width: 150, sort: "days", render: (row) => { const word = daysWord(row); return word ? t(word.key, { count: word.count }) : ""; } },
      { key: "lot", title: t("col.lot"), width: 110, render: (row) => row.lot?.code ?? "" },
      { key: "value", title: t("col.value"), width: 120, align: "right", sort: "value", render: (row) => (row.value ? <Money amount={row.value} currency={row.currency} /> : "") },
      { key: "discount", title: t("col.discount"), width: 140, render: (row) => (row.advised_discount ? t("discount", { percent: row.advised_discount }) : "") },
      { key: "since", title: t("col.since"), width: 120, sort: "since", render: (row) => <DateTime value={row.first_seen_at} /> },
      {
        key: "action", title: t("col.action"), width: 190, fixed: "right",
        render: (row) => {
          if (row.state !== "done") return may ? <Answers alert={row} /> : null;
          const url = documentUrl(row);
          const words = `${row.action ? t(`action.${row.action}`) : ""} ${row.document_number}`;
          return url ? <Link to={url}>{words}</Link> : words;
        },
      },
      { key: "note", title: t("col.note"), width: 160, hidden: true, render: (row) => row.note },
      { key: "owner", title: t("col.owner"), width: 120, hidden: true, render: (row) => row.owner.name },
    ],
    [t, may],
  );
  const tabs = useMemo<ListTab[]>(() => (["open", "snoozed", "done", "gone"] as const).map((key) => ({ key, label: t(`tab.${key}`), attention: key === "open" })), [t]);
  const filters = useMemo<ListFilter[]>(() => [{ key: "kind", label: t("filter.kind"), type: "select", multiple: true, width: 170, options: KINDS.map((value) => ({ value, label: t(`kind.${value}`) })) }], [t]);
  const bulkActions = useMemo<BulkAction[]>(
    () => [
      { code: "done", label: t("action.done"), path: "/stock-alerts/done", permission: "stockkeeping.alert.change", primary: true, icon: <CheckOutlined /> },
      {
        code: "snooze", label: t("action.snooze"), path: "/stock-alerts/snooze", permission: "stockkeeping.alert.change",
        ask: async () => {
          const answer = await ask({ title: t("action.snooze"), okText: t("action.snooze"), choice: { name: "days", label: t("ask.until"), required: true, options: [{ value: "1", label: t("ask.tomorrow") }, { value: "7", label: t("ask.week") }, { value: "30", label: t("ask.month") }] }, note: { name: "note", label: t("ask.note") } });
          return answer ? { until: new Date(Date.now() + Number(answer.days) * 86_400_000).toISOString(), note: answer.note ?? "" } : null;
        },
      },
      { code: "reopen", label: t("action.reopen"), path: "/stock-alerts/reopen", permission: "stockkeeping.alert.change" },
    ],
    [t, ask],
  );
  const look = async () => {
    try {
      const done = await api.post<{ opened: number; gone: number }>("/stock-alerts/refresh", {});
      void message.success(t("refreshed", done));
      await client.invalidateQueries({ queryKey: ["list"] });
    } catch (error) {
      report(error);
    }
  };
  const action = may ? <Button icon={<ReloadOutlined />} onClick={() => void look()}>{t("refresh")}</Button> : null;
  return (
    <ListPage<StockAlert>
      id="stock-alerts" title={t("title")} hint={t("hint")} path="/stock-alerts" countsPath="/stock-alerts/counts" tabs={tabs} defaultTab="open" search={t("search")} filters={filters} columns={columns} rowId={(row) => row.id} rowName={(row) => row.sku.code}
      defaultSort="-id" warehouseParam="warehouse" exportPath="/stock-alerts/export" bulkActions={bulkActions} refreshEvery={60_000} primaryAction={action} empty={{ title: t("empty.title"), hint: t("empty.hint") }}
    />
  );
}
