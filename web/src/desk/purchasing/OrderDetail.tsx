import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, apiUrl, type BulkResult } from "@/api";
import { DetailDrawer, DetailPage, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import { Timeline } from "@/shared/ui/Timeline";
import NS from "./locale";
import { ChangeDialog, ConfirmDialog } from "./OrderDialogs";
import type { AuditEntry, OrderLine, PurchaseOrder } from "./types";
import { plainPrice, PurchaseState, useRoles } from "./words";

export function History({ path }: { path: string }) {
  const { t } = useTranslation(NS);
  const events = useQuery({ queryKey: ["detail", path], queryFn: ({ signal }) => api.get<{ items: AuditEntry[] }>(path, undefined, signal) });
  const note = (entry: AuditEntry) => [entry.after?.reason, entry.after?.note, entry.after?.way ? t(`way.${entry.after.way as string}`) : ""].filter((one) => typeof one === "string" && one !== "").join(" · ");
  return (
    <Timeline
      events={(events.data?.items ?? []).map((entry) => {
        const what = entry.action.split(".").pop() ?? "";
        return { id: entry.id, at: entry.at, who: entry.actor_kind === "system" ? null : entry.actor, title: t(`event.${what}`, { defaultValue: what }), note: note(entry) };
      })}
    />
  );
}

function Lines({ order }: { order: PurchaseOrder }) {
  const { t } = useTranslation(NS);
  const differs = (line: OrderLine) => line.confirmed_quantity !== null && (line.confirmed_quantity !== line.quantity - line.cancelled || (line.confirmed_on !== null && line.confirmed_on !== line.expected_on));
  return (
    <Table<OrderLine>
      size="small"
      pagination={order.lines.length > 50 ? { pageSize: 50 } : false}
      scroll={{ x: "max-content" }}
      rowKey="id"
      dataSource={order.lines}
      columns={[
        { title: "#", dataIndex: "number", width: 40 },
        { title: t("col.sku"), width: 200, render: (_, line) => <><Link to={`/products/${line.sku.id}`}>{line.sku.code}</Link> <span className="hc-muted">{line.sku.name}</span></> },
        { title: t("col.quantity"), align: "right", render: (_, line) => <Quantity value={line.quantity - line.cancelled} /> },
        { title: t("col.price"), align: "right", render: (_, line) => <span className="hc-num" title={line.list_price ? `${t("col.listPrice")} ${plainPrice(line.list_price)}` : undefined}>{plainPrice(line.unit_price)}{line.confirmed_price === null ? null : <> <ToneTag tone="orange">{t("orders.asks", { price: plainPrice(line.confirmed_price) })}</ToneTag></>}</span> },
        { title: t("col.expected"), render: (_, line) => line.expected_on },
        { title: t("col.confirmed"), align: "right", render: (_, line) => (line.confirmed_quantity === null ? "" : differs(line) ? <ToneTag tone="orange">{line.confirmed_quantity} · {line.confirmed_on}</ToneTag> : <Quantity value={line.confirmed_quantity} />) },
        { title: t("col.received"), align: "right", render: (_, line) => <Quantity value={line.received} /> },
        { title: t("col.rejected"), align: "right", render: (_, line) => (line.rejected > 0 ? <ToneTag tone="red" icon={false}>{line.rejected}</ToneTag> : 0) },
        { title: t("col.open"), align: "right", render: (_, line) => <Quantity value={line.open} /> },
        { title: t("col.invoiced"), align: "right", render: (_, line) => <Quantity value={line.invoiced} /> },
      ]}
      {...(order.lines.some((line) => line.arrivals.length > 0)
        ? { expandable: { rowExpandable: (line: OrderLine) => line.arrivals.length > 0, expandedRowRender: (line: OrderLine) => <>{line.arrivals.map((one) => <div key={one.id}><DateTime value={one.at} mode="absolute" /> · {t("col.received")} {one.quantity}{one.rejected ? ` · ${t("col.rejected")} ${one.rejected}` : ""}</div>)}</> } }
        : {})}
    />
  );
}

function Changes({ order }: { order: PurchaseOrder }) {
  const { t } = useTranslation(NS);
  return (
    <>
      {order.changes.map((change) => (
        <section key={change.revision} style={{ marginBottom: 16 }}>
          <strong>{t("col.revision")} {change.revision}</strong> · <DateTime value={change.at} mode="absolute" /> · {change.by} {change.reason ? `· ${change.reason}` : ""}
          <ul>
            {[...new Set([...change.before.lines, ...change.after.lines].map((line) => line.line))].map((number) => {
              const say = (lines: typeof change.after.lines) => {
                const line = lines.find((one) => one.line === number);
                return line ? `${line.quantity} × ${plainPrice(line.unit_price)} · ${line.expected_on ?? ""}` : "—";
              };
              const [old, now] = [say(change.before.lines), say(change.after.lines)];
              return old === now ? null : <li key={number}>{number}. <span className="hc-muted">{old}</span> → {now}</li>;
            })}
          </ul>
        </section>
      ))}
    </>
  );
}

function Sending({ order }: { order: PurchaseOrder }) {
  const { t } = useTranslation(NS);
  const client = useQueryClient();
  const report = useReportProblem();
  const retry = (id: number) => api.post(`/purchase-dispatches/${id}/retry`).then(() => client.invalidateQueries({ queryKey: ["detail"] })).catch(report);
  return (
    <Table
      size="small"
      pagination={false}
      rowKey="id"
      dataSource={order.dispatches}
      columns={[
        { title: t("col.revision"), dataIndex: "revision" },
        { title: t("col.source"), render: (_, one) => t(`dispatch.${one.kind}`) },
        { title: t("col.way"), render: (_, one) => t(`way.${one.way}`) },
        { title: t("col.target"), dataIndex: "target" },
        { title: t("col.state"), render: (_, one) => <PurchaseState state={one.state} sent /> },
        { title: t("col.sentAt"), render: (_, one) => <DateTime value={one.sent_at} /> },
        { title: t("col.error"), render: (_, one) => <>{one.last_error} {one.state === "failed" ? <Button size="small" onClick={() => void retry(one.id)}>{t("orders.retry")}</Button> : null}</> },
      ]}
    />
  );
}

function useContent(order: PurchaseOrder | undefined): { content: DetailContent | null; dialog: React.ReactNode } {
  const { t } = useTranslation(NS);
  const client = useQueryClient();
  const report = useReportProblem();
  const roles = useRoles();
  const ask = useAsk();
  const { message } = App.useApp();
  const [busy, setBusy] = useState<string | null>(null);
  const [dialog, setDialog] = useState<"change" | "confirm" | null>(null);
  if (!order) return { content: null, dialog: null };
  const path = `/purchase-orders/${order.id}`;
  const run = async (code: string, body: Record<string, unknown> = {}) => {
    setBusy(code);
    try {
      const answer = code === "close" ? await api.post<BulkResult>("/purchase-orders/close", { ids: [order.id], ...body }) : await api.post<{ missing?: string[] } | undefined>(`${path}/${code}`, body);
      const failed = answer && "results" in answer ? answer.results.find((row) => !row.ok) : undefined;
      const missing = answer && "missing" in answer ? (answer.missing ?? []) : [];
      if (failed) void message.error(failed.message ?? "");
      else if (missing.length > 0) void message.warning(t("orders.waitsFor", { roles: roles(missing) }));
      else void message.success(t("orders.done"));
      await Promise.all([client.invalidateQueries({ queryKey: ["detail"] }), client.invalidateQueries({ queryKey: ["list"] })]);
    } catch (error) {
      report(error);
    } finally {
      setBusy(null);
    }
  };
  const asked = (code: string, name: string, required: boolean, text?: string) => async () => {
    const answer = await ask({ title: t(`action.${code}`), okText: t(`action.${code}`), danger: code !== "approve", ...(text ? { text } : {}), note: { name, label: t("orders.reason"), required } });
    if (answer) await run(code, answer);
  };
  const open = order.lines.reduce((sum, line) => sum + line.open, 0);
  const runs: Record<string, Omit<DetailAction, "code" | "label">> = {
    submit: { primary: true, run: () => void run("submit") },
    approve: { primary: true, run: () => void run("approve") },
    send: { primary: true, run: () => void run("send") },
    confirm: { primary: order.state === "sent" && !order.needs_sending, run: () => setDialog("confirm") },
    change: { run: () => setDialog("change") },
    reject: { run: () => void asked("reject", "note", true)() },
    close: { run: () => void asked("close", "reason", false, t("orders.closeText", { units: open }))() },
    cancel: { danger: true, run: () => void asked("cancel", "reason", false, t("orders.cancelText"))() },
  };
  const permitted = order.actions.filter((one) => one.allowed).map((one) => one.code);
  const actions: DetailAction[] = Object.keys(runs).sort((a, b) => Number(permitted.includes(b)) - Number(permitted.includes(a))).map((code) => ({ ...(runs[code] as Omit<DetailAction, "code" | "label">), code, label: t(`action.${code}`), loading: busy === code }));
  return {
    dialog: dialog === "change" ? <ChangeDialog order={order} onClose={() => setDialog(null)} /> : dialog === "confirm" ? <ConfirmDialog order={order} onClose={() => setDialog(null)} /> : null,
    content: {
      kind: t("orders.kind"),
      number: order.number,
      subtitle: `${order.supplier.code} ${order.supplier.name}`,
      state: (
        <>
          <PurchaseState state={order.state} />
          {order.needs_sending ? <ToneTag tone="orange">{t("orders.needsSending")}</ToneTag> : null}
          {order.missing.length > 0 ? <ToneTag tone="orange">{t("orders.waitsFor", { roles: roles(order.missing) })}</ToneTag> : null}
        </>
      ),
      actions,
      permits: order.actions,
      facts: [
        { label: t("col.amount"), value: <Money amount={order.amount} currency={order.currency} /> },
        { label: t("col.units"), value: <Quantity value={order.unit_count} /> },
        { label: t("col.expected"), value: order.expected_on ?? "—" },
        { label: t("col.warehouse"), value: order.warehouse.name },
        { label: t("col.owner"), value: order.owner.name },
        { label: t("col.sendBy"), value: t(`way.${order.send_by}`) },
        { label: t("col.theirNumber"), value: order.supplier_number || "—" },
        { label: t("col.by"), value: order.created_by },
        { label: "PDF", value: <a href={apiUrl(`${path}/pdf`)} target="_blank" rel="noreferrer">{t("orders.pdf")}</a> },
        ...(order.note ? [{ label: t("col.note"), value: order.note, wide: true }] : []),
        ...(order.end_reason ? [{ label: t("orders.reason"), value: order.end_reason, wide: true }] : []),
      ],
      tabs: [
        { key: "lines", label: t("part.lines"), count: order.lines.length, children: <Lines order={order} /> },
        { key: "sending", label: t("part.sending"), count: order.dispatches.length, children: <Sending order={order} /> },
        { key: "changes", label: t("part.changes"), count: order.changes.length, children: <Changes order={order} /> },
        { key: "timeline", label: t("part.timeline"), children: <History path={`${path}/timeline`} /> },
      ],
    },
  };
}

function useOrder(id: string) {
  return useQuery({ queryKey: ["detail", "purchase-order", id], queryFn: ({ signal }) => api.get<PurchaseOrder>(`/purchase-orders/${id}`, undefined, signal) });
}

export function OrderDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useOrder(id);
  const { content, dialog } = useContent(query.data);
  return <><DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/purchase-orders/${id}`} width={980} />{dialog}</>;
}

export function OrderFullPage({ id }: { id: string }) {
  const query = useOrder(id);
  const { content, dialog } = useContent(query.data);
  return <><DetailPage query={query} content={content} />{dialog}</>;
}
