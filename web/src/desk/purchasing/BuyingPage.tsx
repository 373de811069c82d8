import { PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, InputNumber, Select, Tabs } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api, type Page } from "@/api";
import { useOptions, useSearchOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { DateTime, Quantity } from "@/shared/format/format";
import { FormSection } from "@/shared/form/FormPattern";
import { useAsk } from "@/shared/form/useAsk";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListTab } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { PageHeader } from "@/shared/ui/PageHeader";
import { ToneTag } from "@/shared/ui/StateTag";
import { BuyDialog } from "./BuyDialog";
import NS from "./locale";
import css from "./purchasing.module.css";
import type { PurchaseRequest, Suggestion } from "./types";
import { plainPrice, PurchaseState } from "./words";

type Buying = { suggestions?: number[]; requests?: number[] } | null;

function Suggestions({ onBuy }: { onBuy: (what: Buying) => void }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const may = can("purchasing.order.create");
  const columns = useMemo<ListColumn<Suggestion>[]>(
    () => [
      { key: "sku", title: t("col.sku"), width: 230, fixed: "left", render: (row) => <><Link to={`/products/${row.sku.id}`}>{row.sku.code}</Link> <span className="hc-muted">{row.sku.name}</span></> },
      { key: "short", title: t("col.short"), width: 80, align: "right", sort: "quantity", render: (row) => <Quantity value={row.quantity} /> },
      { key: "onOrder", title: t("col.onOrder"), width: 80, align: "right", render: (row) => <Quantity value={row.on_order} /> },
      { key: "toBuy", title: t("col.toBuy"), width: 90, align: "right", render: (row) => (row.uncovered > 0 ? <strong><Quantity value={row.uncovered} /></strong> : <ToneTag tone="green">{t("buying.covered")}</ToneTag>) },
      { key: "best", title: t("col.best"), width: 230, render: (row) => (row.offer ? `${row.offer.supplier_code} · ${row.offer.quantity} × ${plainPrice(row.offer.price)} ${row.offer.currency}` : <ToneTag tone="orange">{t("buying.none")}</ToneTag>) },
      { key: "act", title: "", width: 90, render: (row) => (may && row.uncovered > 0 && row.offer ? <Button size="small" type="primary" ghost onClick={(event) => { event.stopPropagation(); onBuy({ suggestions: [row.id] }); }}>{t("buying.order")}</Button> : null) },
      { key: "orders", title: t("col.orders"), width: 100, align: "right", render: (row) => <Link to={`/orders?tab=short&sku=${encodeURIComponent(row.sku.code)}`}><Quantity value={row.order_count} /></Link> },
      { key: "since", title: t("col.since"), width: 120, sort: "waiting_since", render: (row) => <DateTime value={row.waiting_since} /> },
      { key: "source", title: t("col.source"), width: 120, render: (row) => t(`source.${row.source}`) },
      { key: "warehouse", title: t("col.warehouse"), width: 110, render: (row) => row.warehouse.name },
      { key: "owner", title: t("col.owner"), width: 110, render: (row) => row.owner.name },
    ],
    [t, may, onBuy],
  );
  return (
    <ListPage<Suggestion>
      embedded id="purchase-suggestions" title={t("buying.tab.suggestions")} path="/purchase-suggestions" columns={columns} rowId={(row) => row.id} rowName={(row) => row.sku.code} defaultSort="waiting_since"
      filters={[{ key: "source", label: t("col.source"), type: "select", options: ["purchase", "transfer"].map((value) => ({ value, label: t(`source.${value}`) })) }]}
      warehouseParam="warehouse" exportPath="/purchase-suggestions/export" refreshEvery={60_000} empty={{ title: t("buying.empty"), hint: t("buying.emptyHint") }}
    />
  );
}

function RequestDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { t: common } = useTranslation();
  const skus = useSearchOptions("/skus", { permission: "catalog.sku.view" });
  const owners = useOptions("/owners", { permission: "partners.owner.view" });
  const warehouses = useOptions("/warehouses", { permission: "facility.warehouse.view" });
  const need = (label: string) => [{ required: true, message: common("form.required", { label }) }];
  return (
    <RecordDialog<{ sku_id: number; owner_id: number; warehouse_id: number; quantity: number; needed_on?: string; note?: string }>
      title={t("buying.newRequest")}
      onClose={onClose}
      onSubmit={({ needed_on, note, ...rest }) => api.post("/purchase-requests", { requests: [{ ...rest, note: note ?? "", needed_on: needed_on ? needed_on : null }] })}
    >
      <FormSection title={t("buying.newRequest")}>
        <Form.Item name="sku_id" label={t("col.sku")} rules={need(t("col.sku"))}><Select showSearch={{ filterOption: false, onSearch: skus.setText }} options={skus.options} loading={skus.loading} /></Form.Item>
        <Form.Item name="quantity" label={t("col.quantity")} rules={need(t("col.quantity"))}><InputNumber min={1} precision={0} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="warehouse_id" label={t("col.warehouse")} rules={need(t("col.warehouse"))}><Select options={warehouses.options} /></Form.Item>
        <Form.Item name="owner_id" label={t("col.owner")} rules={need(t("col.owner"))}><Select options={owners.options} /></Form.Item>
        <Form.Item name="needed_on" label={t("col.needed")}><Input type="date" /></Form.Item>
        <Form.Item name="note" label={t("col.note")}><Input maxLength={200} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

function Requests({ onBuy }: { onBuy: (what: Buying) => void }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const ask = useAsk();
  const may = can("purchasing.order.create");
  const columns = useMemo<ListColumn<PurchaseRequest>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 150, fixed: "left", render: (row) => <span className="hc-num">{row.number}</span> },
      { key: "state", title: t("col.state"), width: 90, render: (row) => <PurchaseState state={row.state} /> },
      { key: "sku", title: t("col.sku"), width: 230, render: (row) => <><Link to={`/products/${row.sku.id}`}>{row.sku.code}</Link> <span className="hc-muted">{row.sku.name}</span></> },
      { key: "quantity", title: t("col.quantity"), width: 90, align: "right", sort: "quantity", render: (row) => <Quantity value={row.quantity} /> },
      { key: "needed", title: t("col.needed"), width: 110, sort: "needed_on", render: (row) => row.needed_on ?? "" },
      { key: "act", title: "", width: 90, render: (row) => (may && row.state === "open" ? <Button size="small" type="primary" ghost onClick={(event) => { event.stopPropagation(); onBuy({ requests: [row.id] }); }}>{t("buying.order")}</Button> : null) },
      { key: "order", title: t("col.order"), width: 150, render: (row) => (row.order_line ? <Link to={`/purchase-orders?open=${row.order_line.order.id}`}>{row.order_line.order.number}</Link> : null) },
      { key: "source", title: t("col.source"), width: 110, render: (row) => t(`source.${row.source}`) },
      { key: "supplier", title: t("col.supplier"), width: 120, render: (row) => row.supplier?.name ?? "" },
      { key: "warehouse", title: t("col.warehouse"), width: 110, render: (row) => row.warehouse.name },
      { key: "by", title: t("col.by"), width: 100, render: (row) => row.requested_by },
      { key: "created", title: t("col.created"), width: 120, render: (row) => <DateTime value={row.created_at} /> },
    ],
    [t, may, onBuy],
  );
  const tabs = useMemo<ListTab[]>(() => ["open", "ordered", "cancelled"].map((state) => ({ key: state, label: t(`state.${state}`), query: { state } })), [t]);
  const bulk = useMemo<BulkAction[]>(() => [{ code: "cancel", label: t("buying.cancel"), path: "/purchase-requests/cancel", permission: "purchasing.request.cancel", danger: true, ask: () => ask({ title: t("buying.cancel"), okText: t("buying.cancel"), danger: true, note: { name: "note", label: t("buying.cancelNote") } }) }], [t, ask]);
  return (
      <ListPage<PurchaseRequest>
        embedded id="purchase-requests" title={t("buying.tab.requests")} path="/purchase-requests" countsPath="/purchase-requests/counts" columns={columns} rowId={(row) => row.id} rowName={(row) => row.number} tabs={tabs} defaultTab="open" search={t("buying.search")} defaultSort="-id" warehouseParam="warehouse"
        exportPath="/purchase-requests/export" bulkActions={bulk} empty={{ title: t("buying.requestsEmpty"), hint: t("buying.requestsHint") }}
      />
  );
}

/** What is to be bought: what orders are short of, and requests; each one click from an order. */
export default function BuyingPage() {
  const { t } = useTranslation(NS);
  const [params, setParams] = useSearchParams();
  const { can } = useSession();
  const report = useReportProblem();
  const [buying, setBuying] = useState<Buying>(null);
  const [making, setMaking] = useState(false);
  const part = params.get("dtab") === "requests" ? "requests" : "suggestions";
  const Part = part === "requests" ? Requests : Suggestions;
  const all = async () => {
    try {
      const found = await api.get<Page<Suggestion>>("/purchase-suggestions", { source: "purchase", limit: 500 });
      setBuying({ suggestions: found.items.filter((one) => one.uncovered > 0).map((one) => one.id) });
    } catch (error) {
      report(error);
    }
  };
  const action =
    part === "suggestions"
      ? can("purchasing.order.create") ? <Button type="primary" onClick={() => void all()}>{t("buying.orderAll")}</Button> : null
      : can("purchasing.request.create") ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t("buying.newRequest")}</Button> : null;
  return (
    <div className={css.column}>
      <PageHeader title={t("buying.title")} hint={t("buying.hint")} actions={action} />
      <Tabs activeKey={part} onChange={(key) => setParams({ dtab: key })} items={(["suggestions", "requests"] as const).map((key) => ({ key, label: t(`buying.tab.${key}`) }))} />
      <div className={css.fill}><Part key={part} onBuy={setBuying} /></div>
      {buying ? <BuyDialog {...buying} onClose={() => setBuying(null)} /> : null}
      {making ? <RequestDialog onClose={() => setMaking(false)} /> : null}
    </div>
  );
}
