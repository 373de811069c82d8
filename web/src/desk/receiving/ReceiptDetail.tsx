import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Form, Input, InputNumber, Progress, Switch, Table } from "antd";
import type { Dayjs } from "dayjs";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, newKey, type Page } from "@/api";
import { DetailDrawer, DetailPage, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { DateTime, Quantity } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { ScanField, type ScanResult } from "@/shared/scan/ScanField";
import { useSession } from "@/shared/session/session";
import { ToneTag } from "@/shared/ui/StateTag";
import { DiscrepancyList } from "./DiscrepanciesPage";
import NS from "./locale";
import { useRun } from "./run";
import type { Receipt, ReceiptLine, ReceiptProgress, ReceiveResult } from "./types";
import { Condition, Doc, Sku, State } from "./words";

interface Extra {
  quantity: number;
  lot_code?: string;
  expires_on?: Dayjs | null;
  serials?: string;
  container_code?: string;
  damaged?: boolean;
}

/** Receive without a handheld: a code, and what the next scans are. */
function Receiving({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation(NS);
  const { run } = useRun();
  const [form] = Form.useForm<Extra>();
  const scan = async (code: string): Promise<ScanResult> => {
    const extra = form.getFieldsValue();
    const serials = (extra.serials ?? "").split(/[\s,;，；]+/).filter(Boolean);
    const body = {
      goods: [{
        scan_id: newKey(), sku: code, quantity: serials.length || extra.quantity || 1, lot_code: extra.lot_code ?? "", expires_on: extra.expires_on ? extra.expires_on.format("YYYY-MM-DD") : null,
        serials, container_code: extra.container_code ?? "", condition: extra.damaged ? "damaged" : "good",
      }],
    };
    let result: ReceiveResult | undefined;
    let failure: ReactNode = "";
    const ok = await run("receive", async () => {
      result = (await api.post<{ results: ReceiveResult[] }>(`/receipts/${receipt.id}/receive`, body)).results[0];
    });
    if (!ok || !result) return { ok: false, message: failure };
    if (!result.ok) failure = result.message;
    else form.setFieldsValue({ quantity: 1, serials: "", damaged: false });
    return result.ok && result.booked > 0
      ? { ok: true, message: [t("rec.booked", { units: result.booked }), result.message].filter(Boolean).join(" · ") }
      : { ok: false, message: failure || result.message || t("rec.left", { units: result.left_out }) };
  };
  return (
    <>
      <Form<Extra> form={form} layout="inline" initialValues={{ quantity: 1 }} style={{ rowGap: 8, marginBottom: 12 }}>
        <Form.Item name="quantity" label={t("rec.quantity")}><InputNumber min={1} precision={0} style={{ width: 90 }} /></Form.Item>
        <Form.Item name="lot_code" label={t("col.lot")}><Input style={{ width: 110 }} maxLength={64} /></Form.Item>
        <Form.Item name="expires_on" label={t("col.expires")}><DatePicker style={{ width: 130 }} /></Form.Item>
        <Form.Item name="container_code" label={t("col.container")}><Input style={{ width: 170 }} maxLength={40} /></Form.Item>
        <Form.Item name="serials" label={t("col.serials")}><Input style={{ width: 180 }} /></Form.Item>
        <Form.Item name="damaged" label={t("rec.damaged")} valuePropName="checked"><Switch size="small" /></Form.Item>
      </Form>
      <ScanField label={t("rec.scanHere")} placeholder={t("rec.scanHere")} onScan={scan} history={5} />
    </>
  );
}

function Goods({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation(NS);
  const hasDocument = receipt.asn !== null || receipt.purchase_order !== null;
  const hidden = receipt.is_blind && receipt.state === "open";
  const rows = hidden ? receipt.goods.filter((one) => one.received + one.refused > 0) : receipt.goods;
  return (
    <Table
      size="small" rowKey={(one) => one.sku.id} pagination={rows.length > 100 ? { pageSize: 100 } : false} dataSource={rows} locale={{ emptyText: t("rec.goodsEmpty") }}
      columns={[
        { title: t("col.sku"), render: (_, one) => <Sku sku={one.sku} /> },
        ...(hasDocument && !hidden ? [{ title: t("col.expected"), align: "right" as const, render: (_: unknown, one: Receipt["goods"][number]) => <Quantity value={one.expected} /> }] : []),
        { title: t("col.received"), align: "right" as const, render: (_, one) => <Quantity value={one.received} unit={one.sku.base_unit} /> },
        { title: t("col.refused"), align: "right" as const, render: (_, one) => (one.refused ? <ToneTag tone="red" icon={false}>{one.refused}</ToneTag> : 0) },
        ...(hasDocument && !hidden ? [{ title: t("col.open"), align: "right" as const, render: (_: unknown, one: Receipt["goods"][number]) => { const left = one.expected - one.received - one.refused; return left > 0 ? <ToneTag tone="orange" icon={false}>{left}</ToneTag> : 0; } }] : []),
      ]}
    />
  );
}

function Lines({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { busy, run } = useRun();
  const lines = useQuery({ queryKey: ["detail", "receipt", receipt.id, "lines"], queryFn: ({ signal }) => api.get<Page<ReceiptLine>>("/receipt-lines", { receipt_id: receipt.id, limit: 200 }, signal) });
  const undo = (line: ReceiptLine) => void run(line.scan_id, () => api.post(`/receipts/${receipt.id}/undo`, { scan_ids: [line.scan_id] }), t("rec.undone"));
  return (
    <Table<ReceiptLine>
      size="small" rowKey="id" loading={lines.isLoading} scroll={{ x: "max-content" }} pagination={false} dataSource={lines.data?.items ?? []} locale={{ emptyText: t("rec.nothing") }} rowClassName={(line) => (line.undone_at ? "hc-faint" : "")}
      columns={[
        { title: t("col.at"), render: (_, line) => <DateTime value={line.at} /> },
        { title: t("col.sku"), width: 220, render: (_, line) => <Sku sku={line.sku} /> },
        { title: t("col.quantity"), align: "right", render: (_, line) => <Quantity value={line.quantity} /> },
        { title: t("col.refused"), align: "right", render: (_, line) => line.refused || "" },
        { title: t("col.condition"), render: (_, line) => (line.quantity ? <Condition condition={line.condition} /> : "") },
        { title: t("col.lot"), render: (_, line) => [line.lot_code, line.expires_on].filter(Boolean).join(" · ") },
        { title: t("col.container"), render: (_, line) => <span className="hc-num">{line.container?.code}</span> },
        { title: t("col.serials"), render: (_, line) => (line.serials.length > 3 ? `${line.serials.slice(0, 3).join(", ")} …` : line.serials.join(", ")) },
        { title: t("col.by"), render: (_, line) => line.actor },
        { title: "", width: 90, render: (_, line) => (line.undone_at ? t("rec.undone") : receipt.state === "open" && can("inbound.receipt.work") ? <Button size="small" loading={busy === line.scan_id} onClick={() => undo(line)}>{t("rec.undo")}</Button> : null) },
      ]}
    />
  );
}

/** What becomes of the goods after they were received: inspection, cross-docking, the way to a shelf. */
function Onward({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation(NS);
  const progress = useQuery({ queryKey: ["detail", "receipt", receipt.id, "progress"], queryFn: ({ signal }) => api.get<ReceiptProgress>(`/receipts/${receipt.id}/progress`, undefined, signal), refetchInterval: 30_000 });
  const found = progress.data;
  if (!found || !Object.values(found).some((units) => units > 0)) return null;
  const way = (label: string, done: number, units: number, to: string) =>
    units > 0 ? (
      <span style={{ display: "inline-flex", alignItems: "center", gap: 8 }}>
        <Link to={to}>{label}</Link> <Progress size="small" style={{ width: 90, margin: 0 }} showInfo={false} percent={Math.round((100 * done) / units)} aria-label={label} />
        <span className="hc-num">{t("rec.ofUnits", { done, units })}</span>
      </span>
    ) : null;
  return (
    <section aria-label={t("rec.onward")} style={{ display: "flex", flexWrap: "wrap", gap: "4px 20px", alignItems: "center", marginTop: 12 }}>
      <strong>{t("rec.onward")}</strong>
      {found.in_quarantine > 0 ? <Link to="/inspections"><ToneTag tone="orange">{t("rec.toInspect", { units: found.in_quarantine })}</ToneTag></Link> : null}
      {found.rejected > 0 ? <ToneTag tone="red">{t("rec.rejected", { units: found.rejected })}</ToneTag> : null}
      {way(t("rec.crossdock"), found.crossdock_done, found.crossdock_units, "/putaways?tab=all&kind=crossdock")}
      {way(t("rec.putaway"), found.shelf_done, found.shelf_units, "/putaways?tab=all")}
      {found.stuck > 0 ? <Link to="/putaways?tab=stuck"><ToneTag tone="red">{t("rec.stuck", { units: found.stuck })}</ToneTag></Link> : null}
    </section>
  );
}

function useContent(receipt: Receipt | undefined): DetailContent | null {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const ask = useAsk();
  const { busy, run } = useRun();
  if (!receipt) return null;
  const path = `/receipts/${receipt.id}`;
  const missing = receipt.asn ? receipt.goods.reduce((sum, one) => sum + Math.max(one.expected - one.received - one.refused, 0), 0) : 0;
  const actions: DetailAction[] = [];
  const close = async (more: boolean) => {
    const answer = more || missing === 0 || receipt.is_blind ? {} : await ask({ title: t("rec.close"), text: t("rec.closeText", { units: missing }), okText: t("rec.close") });
    if (answer) await run("close", () => api.post(`${path}/close`, { more_comes: more }), t("state.closed"));
  };
  if (receipt.state === "open" && can("inbound.receipt.work")) {
    actions.push({ code: "close", label: t("rec.close"), primary: true, loading: busy === "close", run: () => void close(false) });
    if (receipt.asn) actions.push({ code: "more", label: t("rec.moreComes"), run: () => void close(true) });
  }
  if (receipt.state === "open" && can("inbound.receipt.cancel"))
    actions.push({ code: "cancel", label: t("rec.cancel"), danger: true, loading: busy === "cancel", run: () => void ask({ title: t("rec.cancel"), text: t("rec.cancelText", { units: receipt.unit_count }), okText: t("rec.cancel"), danger: true, note: { name: "reason", label: t("col.note") } }).then((answer) => (answer ? run("cancel", () => api.post(`${path}/cancel`, answer)) : undefined)) });
  return {
    kind: t("rec.one"),
    number: receipt.number,
    subtitle: receipt.supplier?.name ?? t(`kind.${receipt.kind}`),
    state: <><State state={receipt.state} />{receipt.is_blind ? <ToneTag tone="grey" icon={false}>{t("rec.blind")}</ToneTag> : null}</>,
    actions,
    facts: [
      { label: t("col.document"), value: receipt.asn ? <Doc to="/asns" doc={receipt.asn} /> : receipt.purchase_order ? <Doc to="/purchase-orders" doc={receipt.purchase_order} /> : t("rec.bySource.none") },
      { label: t("col.units"), value: <Quantity value={receipt.unit_count} /> },
      { label: t("col.refused"), value: <Quantity value={receipt.refused_units} /> },
      { label: t("col.place"), value: `${receipt.warehouse.name} ${receipt.location.code}` },
      { label: t("col.owner"), value: receipt.owner.name },
      { label: t("col.appointment"), value: <Doc to="/appointments" doc={receipt.appointment} /> },
      { label: t("col.by"), value: receipt.created_by },
      { label: t("col.created"), value: <DateTime value={receipt.created_at} mode="absolute" /> },
      ...(receipt.closed_at ? [{ label: t("col.closed"), value: <><DateTime value={receipt.closed_at} mode="absolute" /> {receipt.closed_by}</> }] : []),
      ...(receipt.note ? [{ label: t("col.note"), value: receipt.note, wide: true }] : []),
    ],
    children: (
      <>
        {receipt.state === "open" && can("inbound.receipt.work") ? <Receiving receipt={receipt} /> : null}
        {receipt.unit_count > 0 && can("inbound.putaway.view") ? <Onward receipt={receipt} /> : null}
      </>
    ),
    tabs: [
      { key: "goods", label: t("rec.goods"), count: receipt.goods.length, children: <Goods receipt={receipt} /> },
      { key: "lines", label: t("rec.lines"), count: receipt.line_count, children: <Lines receipt={receipt} /> },
      { key: "differences", label: t("rec.differences"), count: receipt.discrepancy_count, children: <DiscrepancyList receiptId={receipt.id} /> },
    ],
  };
}

function useReceipt(id: string) {
  return useQuery({ queryKey: ["detail", "receipt", id], queryFn: ({ signal }) => api.get<Receipt>(`/receipts/${id}`, undefined, signal), refetchInterval: 30_000 });
}

export function ReceiptDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useReceipt(id);
  return <DetailDrawer query={query} content={useContent(query.data)} onClose={onClose} pageUrl={`/receipts/${id}`} width={980} />;
}

export function ReceiptFullPage({ id }: { id: string }) {
  const query = useReceipt(id);
  return <DetailPage query={query} content={useContent(query.data)} />;
}
