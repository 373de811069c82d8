import { PlusOutlined, UploadOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Select, Table } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api, apiUrl, type Page } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { byCode } from "@/desk/stock/options";
import { DetailDrawer, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { Money, Quantity } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { FormSection } from "@/shared/form/FormPattern";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useListState } from "@/shared/list/useListState";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { History } from "./OrderDetail";
import css from "./purchasing.module.css";
import type { Invoice, InvoiceDetail, OrderRow, PurchaseOrder } from "./types";
import { plainPrice, PurchaseState } from "./words";

interface Entered {
  invoice_number: string;
  invoiced_on: string;
  tax_amount?: string;
  lines: Record<string, { quantity: number | null; unit_price: string }>;
}

/** An invoice against one order; it begins with what was kept and is not invoiced yet. */
function InvoiceDialog({ onClose, onMade }: { onClose: () => void; onMade: (id: number) => void }) {
  const { t } = useTranslation(NS);
  const { t: common } = useTranslation();
  const [text, setText] = useState("");
  const [orderId, setOrderId] = useState<number | null>(null);
  const orders = useQuery({ queryKey: ["options", "/purchase-orders", text], queryFn: ({ signal }) => api.get<Page<OrderRow>>("/purchase-orders", { q: text, state: ["sent", "confirmed", "receiving", "received", "closed"], limit: 30 }, signal), placeholderData: (old) => old });
  const order = useQuery({ queryKey: ["detail", "purchase-order", String(orderId)], queryFn: ({ signal }) => api.get<PurchaseOrder>(`/purchase-orders/${orderId}`, undefined, signal), enabled: orderId !== null });
  const need = (label: string) => [{ required: true, message: common("form.required", { label }) }];
  const picker = (
    <Select
      style={{ width: "100%" }} aria-label={t("invoices.pickOrder")} placeholder={t("invoices.pickOrder")} showSearch={{ filterOption: false, onSearch: setText }} value={orderId} onChange={setOrderId}
      options={(orders.data?.items ?? []).map((one) => ({ value: one.id, label: `${one.number} · ${one.supplier.name}` }))}
    />
  );
  const found = order.data;
  return (
    <RecordDialog<Entered>
      key={found?.id ?? 0}
      title={t("invoices.new")}
      width={760}
      initialValues={{ invoiced_on: new Date().toISOString().slice(0, 10), lines: Object.fromEntries((found?.lines ?? []).map((line) => [String(line.id), { quantity: Math.max(line.received - line.rejected - line.invoiced, 0) || null, unit_price: line.unit_price }])) }}
      onClose={onClose}
      onSubmit={async ({ lines, tax_amount, ...head }) => {
        if (!found) return;
        const sent = Object.entries(lines).filter(([, line]) => line.quantity).map(([id, line]) => ({ order_line_id: Number(id), ...line }));
        onMade((await api.post<{ id: number }>("/supplier-invoices", { ...head, tax_amount: tax_amount ?? "0", supplier_id: found.supplier.id, currency: found.currency, lines: sent })).id);
      }}
    >
      <FormSection title={t("invoices.kind")}>
        <Form.Item label={t("invoices.order")} required>{picker}</Form.Item>
        {/* Only when the order is there: the form begins anew with its lines, and nothing typed may be lost by that. */}
        {found ? (
          <>
            <Form.Item name="invoice_number" label={t("col.invoiceNumber")} rules={need(t("col.invoiceNumber"))}><Input maxLength={64} /></Form.Item>
            <Form.Item name="invoiced_on" label={t("col.invoicedOn")} rules={need(t("col.invoicedOn"))}><Input type="date" /></Form.Item>
            <Form.Item name="tax_amount" label={t("col.tax")}><InputNumber<string> stringMode min="0" precision={2} style={{ width: "100%" }} /></Form.Item>
          </>
        ) : null}
      </FormSection>
      <table className={css.editor}>
        <thead><tr><th>{t("col.sku")}</th><th>{t("col.received")}</th><th>{t("col.invoiced")}</th><th>{t("col.quantity")}</th><th>{t("col.price")}</th></tr></thead>
        <tbody>
          {(found?.lines ?? []).map((line) => (
            <tr key={line.id}>
              <td>{line.sku.code} <span className="hc-muted">{line.sku.name}</span></td>
              <td className="hc-num">{line.received - line.rejected}</td>
              <td className="hc-num">{line.invoiced}</td>
              <td><Form.Item noStyle name={["lines", String(line.id), "quantity"]}><InputNumber aria-label={`${t("col.quantity")} ${line.sku.code}`} min={0} precision={0} /></Form.Item></td>
              <td><Form.Item noStyle name={["lines", String(line.id), "unit_price"]}><InputNumber<string> aria-label={`${t("col.price")} ${line.sku.code}`} stringMode min="0" precision={4} /></Form.Item></td>
            </tr>
          ))}
        </tbody>
      </table>
    </RecordDialog>
  );
}

function useInvoiceContent(invoice: InvoiceDetail | undefined): DetailContent | null {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const client = useQueryClient();
  const report = useReportProblem();
  const ask = useAsk();
  const { message } = App.useApp();
  if (!invoice) return null;
  const run = async (path: string, body: Record<string, unknown>) => {
    try {
      await api.post(path, body);
      void message.success(t("orders.done"));
      await Promise.all([client.invalidateQueries({ queryKey: ["detail"] }), client.invalidateQueries({ queryKey: ["list"] })]);
    } catch (error) {
      report(error);
    }
  };
  const approve = async () => {
    const differs = invoice.state === "differs";
    const answer = differs ? await ask({ title: t("invoices.approve"), okText: t("invoices.approve"), note: { name: "reason", label: t("invoices.reason"), required: true } }) : {};
    if (answer) await run("/supplier-invoices/approve", { ids: [invoice.id], ...answer });
  };
  const cancel = async () => {
    const answer = await ask({ title: t("invoices.cancel"), okText: t("invoices.cancel"), danger: true, note: { name: "reason", label: t("orders.reason"), required: true } });
    if (answer) await run(`/supplier-invoices/${invoice.id}/cancel`, answer);
  };
  const standing = ["matched", "differs"].includes(invoice.state);
  const actions: DetailAction[] = [
    ...(standing && can("purchasing.invoice.approve") ? [{ code: "approve", label: t("invoices.approve"), primary: true, run: () => void approve() }] : []),
    ...(invoice.state === "approved" && can("purchasing.invoice.handover") ? [{ code: "hand_over", label: t("invoices.handOver"), primary: true, run: () => void run("/supplier-invoices/hand-over", { ids: [invoice.id] }) }] : []),
    ...((standing || invoice.state === "approved") && can("purchasing.invoice.cancel") ? [{ code: "cancel", label: t("invoices.cancel"), danger: true, run: () => void cancel() }] : []),
  ];
  return {
    kind: t("invoices.kind"),
    number: invoice.number,
    subtitle: `${invoice.supplier.code} ${invoice.supplier.name} · ${invoice.invoice_number}`,
    state: <PurchaseState state={invoice.state} />,
    actions,
    facts: [
      { label: t("col.net"), value: <Money amount={invoice.net_amount} currency={invoice.currency} /> },
      { label: t("col.tax"), value: <Money amount={invoice.tax_amount} currency={invoice.currency} /> },
      { label: t("col.difference"), value: <Money amount={invoice.difference} currency={invoice.currency} /> },
      { label: t("col.invoicedOn"), value: invoice.invoiced_on },
      { label: t("col.due"), value: invoice.due_on },
      ...(invoice.note ? [{ label: t("col.note"), value: invoice.note, wide: true }] : []),
    ],
    tabs: [
      {
        key: "match", label: t("part.match"), children: (
          <Table
            size="small" pagination={false} rowKey="id" scroll={{ x: "max-content" }} dataSource={invoice.lines}
            columns={[
              { title: t("col.order"), render: (_, line) => (line.order_line ? <Link to={`/purchase-orders?open=${line.order_line.order.id}`}>{line.order_line.order.number}</Link> : "—") },
              { title: t("col.sku"), render: (_, line) => (line.order_line ? `${line.order_line.sku.code} ${line.order_line.sku.name}` : line.description) },
              { title: t("col.ordered"), align: "right", render: (_, line) => <Quantity value={line.order_line?.quantity} /> },
              { title: t("col.received"), align: "right", render: (_, line) => <Quantity value={line.order_line ? line.order_line.received - line.order_line.rejected : null} /> },
              { title: t("col.payable"), align: "right", render: (_, line) => <Quantity value={line.payable_quantity} /> },
              { title: t("col.invoiced"), align: "right", render: (_, line) => <Quantity value={line.quantity} /> },
              { title: t("col.agreed"), align: "right", render: (_, line) => plainPrice(line.order_line?.unit_price ?? null) },
              { title: t("col.price"), align: "right", render: (_, line) => plainPrice(line.unit_price) },
              { title: t("col.difference"), align: "right", render: (_, line) => <Money amount={line.difference} currency={invoice.currency} /> },
              { title: t("col.differences"), render: (_, line) => line.differences.map((code) => <ToneTag key={code} tone={code === "price_low" ? "grey" : "orange"}>{t(`diff.${code}`)}</ToneTag>) },
            ]}
          />
        ),
      },
      { key: "timeline", label: t("part.timeline"), children: <History path={`/supplier-invoices/${invoice.id}/timeline`} /> },
    ],
  };
}

function InvoiceDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery({ queryKey: ["detail", "supplier-invoice", id], queryFn: ({ signal }) => api.get<InvoiceDetail>(`/supplier-invoices/${id}`, undefined, signal) });
  return <DetailDrawer query={query} content={useInvoiceContent(query.data)} onClose={onClose} pageUrl={`/supplier-invoices?open=${id}`} width={980} />;
}

export default function InvoicesPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const navigate = useNavigate();
  const state = useListState();
  const [making, setMaking] = useState(false);
  const columns = useMemo<ListColumn<Invoice>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 150, fixed: "left", render: (row) => <span className="hc-num">{row.number}</span> },
      { key: "theirs", title: t("col.invoiceNumber"), width: 150, render: (row) => row.invoice_number },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <PurchaseState state={row.state} /> },
      { key: "supplier", title: t("col.supplier"), width: 200, render: (row) => `${row.supplier.code} ${row.supplier.name}` },
      { key: "net", title: t("col.net"), width: 130, align: "right", sort: "net_amount", render: (row) => <Money amount={row.net_amount} currency={row.currency} /> },
      { key: "tax", title: t("col.tax"), width: 110, align: "right", render: (row) => <Money amount={row.tax_amount} currency={row.currency} /> },
      { key: "difference", title: t("col.difference"), width: 120, align: "right", render: (row) => <Money amount={row.difference} currency={row.currency} /> },
      { key: "on", title: t("col.invoicedOn"), width: 110, render: (row) => row.invoiced_on },
      { key: "due", title: t("col.due"), width: 110, sort: "due_on", render: (row) => row.due_on },
      { key: "owner", title: t("col.owner"), width: 110, render: (row) => row.owner.name },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => [...["differs", "matched", "approved", "handed_over", "cancelled"].map((key) => ({ key, label: t(`invoices.tab.${key}`), query: { state: key }, attention: key === "differs" })), { key: "all", label: t("invoices.tab.all"), query: {} }], [t]);
  const filters = useMemo<ListFilter[]>(() => [{ key: "supplier", label: t("col.supplier"), type: "remote", path: "/suppliers", toOption: byCode }], [t]);
  const create = (
    <>
      <Button href={apiUrl("/purchase-match/export", { format: "xlsx" })}>{t("invoices.exportMatch")}</Button>{" "}
      {can("purchasing.invoice.import") && can("kernel.import.create") ? <Button icon={<UploadOutlined />} onClick={() => void navigate("/imports/new?kind=supplier_invoices")}>{t("invoices.import")}</Button> : null}{" "}
      {can("purchasing.invoice.create") ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t("invoices.new")}</Button> : null}
    </>
  );
  return (
    <>
      <ListPage<Invoice> id="supplier-invoices" title={t("invoices.title")} path="/supplier-invoices" countsPath="/supplier-invoices/counts" columns={columns} tabs={tabs} defaultTab="all" filters={filters} search={t("invoices.search")} rowId={(row) => row.id} rowName={(row) => row.number} defaultSort="-id" exportPath="/supplier-invoices/export" drawer={(id, close) => <InvoiceDrawer id={id} onClose={close} />} primaryAction={create} empty={{ title: t("invoices.empty"), hint: t("invoices.emptyHint") }} />
      {making ? <InvoiceDialog onClose={() => setMaking(false)} onMade={(id) => state.setOpen(String(id))} /> : null}
    </>
  );
}
