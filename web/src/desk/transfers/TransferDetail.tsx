import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type BulkResult } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { newScanId } from "@/desk/floor/send";
import { DetailDrawer, DetailPage, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { useAsk } from "@/shared/form/useAsk";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { Pick, Ref, Transfer, TransferDiscrepancy, TransferLine, TransferReceipt, TransferUnit } from "./types";

function Sku({ sku }: { sku: Ref }) {
  return <><Link to={`/products/${sku.id}`}>{sku.code}</Link> <span className="hc-muted">{sku.name}</span></>;
}

const FIGURES = ["quantity", "reserved", "allocated", "picked", "shipped", "cut", "received", "damaged", "lost", "over"] as const;
const ALWAYS: ReadonlySet<string> = new Set(["quantity", "shipped", "received"]);

function Lines({ lines }: { lines: TransferLine[] }) {
  const { t } = useTranslation(NS);
  // What says nothing on any line would only push what does off the screen.
  const told = FIGURES.filter((key) => ALWAYS.has(key) || lines.some((line) => line[key] > 0));
  const figure = (key: (typeof FIGURES)[number]) => ({ title: t(`col.${key}`), align: "right" as const, render: (_: unknown, row: TransferLine) => (row[key] ? <Quantity value={row[key]} /> : <span className="hc-faint">0</span>) });
  return (
    <Table<TransferLine>
      size="small" rowKey="id" pagination={false} dataSource={lines} scroll={{ x: "max-content" }}
      columns={[{ title: t("col.sku"), render: (_, row) => <Sku sku={row.sku} /> }, ...told.map(figure)]}
    />
  );
}

function Picks({ transfer }: { transfer: Transfer }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const client = useQueryClient();
  const report = useReportProblem();
  const picks = useQuery({ queryKey: ["detail", "transfer", String(transfer.id), "picks"], queryFn: ({ signal }) => api.get<{ items: Pick[] }>(`/transfers/${transfer.id}/picks`, undefined, signal) });
  const confirm = async (pick: Pick) => {
    try {
      await api.post(`/transfers/${transfer.id}/pick`, { picks: [{ allocation_id: pick.allocation_id, quantity: pick.quantity }] });
      await Promise.all([client.invalidateQueries({ queryKey: ["detail", "transfer"] }), client.invalidateQueries({ queryKey: ["list"] })]);
    } catch (error) {
      report(error);
    }
  };
  return (
    <div className="hc-stack">
      <p className="hc-muted">{t("pickHint")}</p>
      <Table<Pick>
        size="small" rowKey="allocation_id" pagination={false} loading={picks.isLoading} dataSource={picks.data?.items ?? []}
        columns={[
          { title: t("col.place"), render: (_, row) => <span className="hc-num">{row.location.code}</span> },
          { title: t("col.sku"), render: (_, row) => <Sku sku={row.sku} /> },
          { title: t("col.lot"), render: (_, row) => row.lot_code ?? "" },
          { title: t("col.container"), render: (_, row) => row.container_code ?? "" },
          { title: t("col.units"), align: "right", render: (_, row) => <Quantity value={row.quantity} /> },
          { title: "", width: 120, render: (_, row) => (row.is_at_dock ? <ToneTag tone="green">{t("atDock")}</ToneTag> : can("stockkeeping.transfer.work") ? <Button size="small" onClick={() => void confirm(row)}>{t("confirmPick")}</Button> : null) },
        ]}
      />
    </div>
  );
}

function Goods({ units }: { units: TransferUnit[] }) {
  const { t } = useTranslation(NS);
  return (
    <Table<TransferUnit>
      size="small" rowKey="id" pagination={false} dataSource={units} scroll={{ x: "max-content" }}
      columns={[
        { title: t("col.sku"), render: (_, row) => <Sku sku={row.sku} /> },
        { title: t("col.lot"), render: (_, row) => row.lot?.code ?? "" },
        { title: t("col.container"), render: (_, row) => row.container?.code ?? "" },
        { title: t("col.shipped"), align: "right", render: (_, row) => <Quantity value={row.quantity} /> },
        { title: t("col.received"), align: "right", render: (_, row) => <Quantity value={row.received} /> },
        { title: t("col.lost"), align: "right", render: (_, row) => <Quantity value={row.lost} /> },
        { title: t("col.serials"), render: (_, row) => <span className="hc-muted">{row.serials.join(", ")}</span> },
      ]}
    />
  );
}

function Receipts({ receipts }: { receipts: TransferReceipt[] }) {
  const { t } = useTranslation(NS);
  return (
    <Table<TransferReceipt>
      size="small" rowKey="id" pagination={false} dataSource={receipts}
      columns={[
        { title: t("col.at"), render: (_, row) => <DateTime value={row.at} /> },
        { title: t("col.sku"), render: (_, row) => <Sku sku={row.line.sku} /> },
        { title: t("col.units"), align: "right", render: (_, row) => <Quantity value={row.quantity} /> },
        { title: t("col.state"), render: (_, row) => <ToneTag tone={row.condition === "good" ? "green" : "red"}>{t(`condition.${row.condition}`)}</ToneTag> },
        { title: t("col.place"), render: (_, row) => row.location_code },
        { title: t("col.who"), render: (_, row) => row.actor },
      ]}
    />
  );
}

function Differences({ rows, currency }: { rows: TransferDiscrepancy[]; currency: string }) {
  const { t } = useTranslation(NS);
  return (
    <Table<TransferDiscrepancy>
      size="small" rowKey="id" pagination={false} dataSource={rows}
      columns={[
        { title: t("col.kind"), render: (_, row) => <ToneTag tone={row.kind === "over" ? "orange" : "red"}>{t(`kind.${row.kind}`)}</ToneTag> },
        { title: t("col.sku"), render: (_, row) => <Sku sku={row.line.sku} /> },
        { title: t("col.units"), align: "right", render: (_, row) => <Quantity value={row.quantity} /> },
        { title: t("col.value"), align: "right", render: (_, row) => (row.value ? <Money amount={row.value} currency={currency} /> : "") },
        { title: t("col.note"), render: (_, row) => row.note },
        { title: t("col.who"), render: (_, row) => <>{row.created_by} · <DateTime value={row.created_at} /></> },
      ]}
    />
  );
}

function TransportDialog({ transfer, onClose }: { transfer: Transfer; onClose: () => void }) {
  const { t } = useTranslation(NS);
  return (
    <RecordDialog<{ carrier: string; waybill: string; note: string }>
      title={t("action.change")} submitLabel={t("form.save")} initialValues={transfer} onClose={onClose}
      onSubmit={(values) => api.patch(`/transfers/${transfer.id}`, { carrier: values.carrier, waybill: values.waybill, note: values.note })}
    >
      <Form.Item name="carrier" label={t("form.carrier")}><Input maxLength={100} /></Form.Item>
      <Form.Item name="waybill" label={t("form.waybill")}><Input maxLength={64} /></Form.Item>
      <Form.Item name="note" label={t("form.note")}><Input maxLength={500} /></Form.Item>
    </RecordDialog>
  );
}

function useTransfer(id: string) {
  return useQuery({ queryKey: ["detail", "transfer", id], queryFn: ({ signal }) => api.get<Transfer>(`/transfers/${id}`, undefined, signal), refetchInterval: 30_000 });
}

function useContent(transfer: Transfer | undefined): DetailContent | null {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const client = useQueryClient();
  const report = useReportProblem();
  const { message } = App.useApp();
  const ask = useAsk();
  const [busy, setBusy] = useState("");
  const [changing, setChanging] = useState(false);
  if (!transfer) return null;

  const run = async (code: string, send: () => Promise<Partial<BulkResult> & { units?: number }>) => {
    setBusy(code);
    try {
      const answer = await send();
      const failed = answer.results?.find((row) => !row.ok);
      if (failed) void message.error(failed.message ?? failed.code ?? "");
      else void message.success(t(`done.${code}`, { units: answer.units ?? 0 }));
      await Promise.all([client.invalidateQueries({ queryKey: ["detail", "transfer"] }), client.invalidateQueries({ queryKey: ["list"] })]);
    } catch (error) {
      report(error);
    } finally {
      setBusy("");
    }
  };
  const ids = [transfer.id];
  const left = transfer.on_the_road;
  const steps: Record<string, { permission: string; primary?: boolean; danger?: boolean; go: () => Promise<void> }> = {
    approve: { permission: "stockkeeping.transfer.approve", primary: true, go: () => run("approve", () => api.post("/transfers/approve", { ids })) },
    release: { permission: "stockkeeping.transfer.approve", primary: true, go: () => run("release", () => api.post("/transfers/release", { ids })) },
    ship: {
      permission: "stockkeeping.transfer.work", primary: true,
      go: async () => {
        const answer = await ask({ title: t("action.ship"), okText: t("action.ship"), text: t("ask.ship") });
        if (answer) await run("ship", () => api.post(`/transfers/${transfer.id}/ship`, {}));
      },
    },
    receive: {
      permission: "stockkeeping.transfer.work", primary: true,
      go: async () => {
        const answer = await ask({ title: t("action.receive"), okText: t("action.receive"), text: t("ask.receive", { units: left }) });
        const received = transfer.units.filter((unit) => unit.quantity > unit.received + unit.lost).map((unit) => ({ scan_id: newScanId(), sku_id: unit.sku.id, quantity: unit.quantity - unit.received - unit.lost, ...(unit.lot ? { lot_id: unit.lot.id } : {}), ...(unit.container ? { container_id: unit.container.id } : {}) }));
        if (answer) await run("receive", () => api.post(`/transfers/${transfer.id}/receive`, { received }));
      },
    },
    close: {
      permission: "stockkeeping.transfer.close", danger: left > 0,
      go: async () => {
        const answer = await ask({ title: t("action.close"), okText: t("action.close"), danger: left > 0, text: t("ask.close", { units: left }), note: { name: "note", label: t("ask.note") } });
        if (answer) await run("close", () => api.post("/transfers/close", { ids, ...answer }));
      },
    },
    cancel: {
      permission: "stockkeeping.transfer.approve", danger: true,
      go: async () => {
        const answer = await ask({ title: t("action.cancel"), okText: t("action.cancel"), danger: true, text: t("ask.cancel"), note: { name: "note", label: t("ask.note") } });
        if (answer) await run("cancel", () => api.post("/transfers/cancel", { ids, ...answer }));
      },
    },
  };
  const possible = [...transfer.actions, ...(transfer.state === "receiving" ? ["receive"] : [])];
  const actions: DetailAction[] = ["approve", "release", "ship", "receive", "close", "cancel"].flatMap((code) => {
    const step = steps[code];
    if (!step || !possible.includes(code) || !can(step.permission)) return [];
    return [{ code, label: t(`action.${code}`), run: () => void step.go(), loading: busy === code, ...(step.primary ? { primary: true } : {}), ...(step.danger ? { danger: true } : {}) }];
  });
  if (transfer.state === "requested" && can("stockkeeping.transfer.approve")) actions.push({ code: "approvePart", label: t("action.approvePart"), run: () => void run("approve", () => api.post("/transfers/approve", { ids, partial: true })) });
  if (!transfer.closed_at && can("stockkeeping.transfer.create")) actions.push({ code: "change", label: t("action.change"), run: () => setChanging(true) });
  const nothing = <EmptyState compact title={t("none")} />;
  return {
    kind: t("one"),
    number: transfer.number,
    subtitle: `${transfer.from_warehouse.name} → ${transfer.to_warehouse.name}`,
    state: <StateTag ns={NS} state={transfer.state} />,
    actions,
    facts: [
      { label: t("col.owner"), value: transfer.owner.name },
      { label: t("fact.value"), value: Number(transfer.value) > 0 ? <Money amount={transfer.value} currency={transfer.currency} /> : <span className="hc-faint">{t("fact.unknown")}</span> },
      { label: t("col.road"), value: <Quantity value={left} /> },
      { label: t("fact.carrier"), value: transfer.carrier || transfer.waybill ? `${transfer.carrier} ${transfer.waybill}` : <span className="hc-faint">{t("fact.none")}</span> },
      { label: t("fact.expected"), value: <DateTime value={transfer.expected_at} /> },
      { label: t("fact.created"), value: <><DateTime value={transfer.created_at} /> · {transfer.created_by}</> },
      ...(transfer.approved_at ? [{ label: t("fact.approved"), value: <><DateTime value={transfer.approved_at} /> · {transfer.approved_by}</> }] : []),
      ...(transfer.shipped_at ? [{ label: t("fact.shipped"), value: <><DateTime value={transfer.shipped_at} /> · {transfer.shipped_by}</> }] : []),
      ...(transfer.closed_at ? [{ label: t("fact.closed"), value: <><DateTime value={transfer.closed_at} /> · {transfer.closed_by}</> }] : []),
      ...(transfer.note ? [{ label: t("fact.note"), value: transfer.note, wide: true }] : []),
    ],
    tabs: [
      { key: "lines", label: t("part.lines"), count: transfer.lines.length, children: <Lines lines={transfer.lines} /> },
      ...(transfer.state === "picking" ? [{ key: "picks", label: t("part.picks"), children: <Picks transfer={transfer} /> }] : []),
      { key: "goods", label: t("part.goods"), count: transfer.units.length, children: transfer.units.length > 0 ? <Goods units={transfer.units} /> : nothing },
      { key: "receipts", label: t("part.receipts"), count: transfer.receipts.length, children: transfer.receipts.length > 0 ? <Receipts receipts={transfer.receipts} /> : nothing },
      { key: "differences", label: t("part.differences"), count: transfer.discrepancies.length, children: transfer.discrepancies.length > 0 ? <Differences rows={transfer.discrepancies} currency={transfer.currency} /> : nothing },
    ],
    children: changing ? <TransportDialog transfer={transfer} onClose={() => setChanging(false)} /> : null,
  };
}

export function TransferDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useTransfer(id);
  const content = useContent(query.data);
  return <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/transfers/${id}`} />;
}

export function TransferFullPage({ id }: { id: string }) {
  const query = useTransfer(id);
  const content = useContent(query.data);
  return <DetailPage query={query} content={content} />;
}
