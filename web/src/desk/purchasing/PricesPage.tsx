import { PlusOutlined, UploadOutlined } from "@ant-design/icons";
import { Button, Form, Input, InputNumber, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api";
import { useSearchOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { byCode } from "@/desk/stock/options";
import { Money, Quantity } from "@/shared/format/format";
import { FormSection } from "@/shared/form/FormPattern";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import NS from "./locale";
import type { Price } from "./types";

function PriceDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { t: common } = useTranslation();
  const skus = useSearchOptions("/skus", { permission: "catalog.sku.view" });
  const suppliers = useSearchOptions("/suppliers", { query: { active: true }, permission: "partners.supplier.view" });
  const need = (label: string) => [{ required: true, message: common("form.required", { label }) }];
  const whole = (name: string, label: string, min: number) => <Form.Item name={name} label={label}><InputNumber min={min} precision={0} style={{ width: "100%" }} /></Form.Item>;
  return (
    <RecordDialog<Record<string, unknown>>
      title={t("prices.new")}
      initialValues={{ currency: "CNY", min_quantity: 1 }}
      onClose={onClose}
      onSubmit={(values) => api.post("/supplier-prices", Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "")))}
    >
      <FormSection title={t("prices.new")} hint={t("prices.hint")}>
        <Form.Item name="supplier_id" label={t("col.supplier")} rules={need(t("col.supplier"))}><Select showSearch={{ filterOption: false, onSearch: suppliers.setText }} options={suppliers.options} /></Form.Item>
        <Form.Item name="sku_id" label={t("col.sku")} rules={need(t("col.sku"))}><Select showSearch={{ filterOption: false, onSearch: skus.setText }} options={skus.options} /></Form.Item>
        <Form.Item name="price" label={t("col.price")} rules={need(t("col.price"))}><InputNumber<string> stringMode min="0" precision={4} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="currency" label={t("col.currency")} rules={need(t("col.currency"))}><Input maxLength={3} /></Form.Item>
        {whole("min_quantity", t("col.from"), 1)}
        <Form.Item name="valid_from" label={t("col.validFrom")}><Input type="date" /></Form.Item>
        <Form.Item name="valid_to" label={t("col.validTo")}><Input type="date" /></Form.Item>
        <Form.Item name="supplier_sku" label={t("col.theirSku")}><Input maxLength={64} /></Form.Item>
        {whole("min_order_quantity", t("col.moq"), 1)}
        {whole("order_multiple", t("col.multiple"), 1)}
        {whole("lead_time_days", t("col.leadTime"), 0)}
      </FormSection>
    </RecordDialog>
  );
}

function EndDialog({ price, onClose }: { price: Price; onClose: () => void }) {
  const { t } = useTranslation(NS);
  return (
    <RecordDialog<{ valid_to: string }> title={t("prices.endTitle")} initialValues={{ valid_to: price.valid_to ?? "" }} onClose={onClose} onSubmit={({ valid_to }) => api.post(`/supplier-prices/${price.id}/end`, { valid_to: valid_to === "" ? null : valid_to })}>
      <Form.Item name="valid_to" label={t("prices.lastDay")}><Input type="date" /></Form.Item>
    </RecordDialog>
  );
}

export default function PricesPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<Price | null>(null);
  const may = can("purchasing.price.manage");
  const columns = useMemo<ListColumn<Price>[]>(
    () => [
      { key: "sku", title: t("col.sku"), width: 210, fixed: "left", render: (row) => <>{row.item.sku.code} <span className="hc-muted">{row.item.sku.name}</span></> },
      { key: "supplier", title: t("col.supplier"), width: 180, render: (row) => `${row.item.supplier.code} ${row.item.supplier.name}` },
      { key: "from", title: t("col.from"), width: 80, align: "right", render: (row) => <Quantity value={row.min_quantity} /> },
      { key: "price", title: t("col.price"), width: 100, align: "right", sort: "price", render: (row) => <Money amount={row.price} currency={row.currency} /> },
      { key: "begin", title: t("col.validFrom"), width: 105, sort: "valid_from", render: (row) => row.valid_from },
      { key: "end", title: t("col.validTo"), width: 100, render: (row) => row.valid_to ?? <span className="hc-faint">{t("prices.untilFurther")}</span> },
      { key: "moq", title: t("col.moq"), width: 85, align: "right", render: (row) => <Quantity value={row.min_order_quantity} /> },
      { key: "multiple", title: t("col.multiple"), width: 70, align: "right", render: (row) => <Quantity value={row.order_multiple} /> },
      { key: "lead", title: t("col.leadTime"), width: 85, align: "right", render: (row) => row.lead_time_days ?? "" },
      { key: "their", title: t("col.theirSku"), width: 110, render: (row) => row.supplier_sku },
      { key: "act", title: "", width: 80, render: (row) => (may ? <Button size="small" onClick={(event) => { event.stopPropagation(); setEnding(row); }}>{t("prices.end")}</Button> : null) },
    ],
    [t, may],
  );
  const tabs = useMemo<ListTab[]>(() => [{ key: "current", label: t("prices.current"), query: { current: true } }, { key: "all", label: t("orders.tab.all"), query: {} }], [t]);
  const filters = useMemo<ListFilter[]>(() => [{ key: "supplier", label: t("col.supplier"), type: "remote", path: "/suppliers", toOption: byCode }], [t]);
  const create = may ? (
    <>
      {can("kernel.import.create") ? <Button icon={<UploadOutlined />} onClick={() => void navigate("/imports/new?kind=supplier_prices")}>{t("prices.import")}</Button> : null}{" "}
      <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t("prices.new")}</Button>
    </>
  ) : null;
  return (
    <>
      <ListPage<Price> id="supplier-prices" title={t("prices.title")} hint={t("prices.hint")} path="/supplier-prices" columns={columns} tabs={tabs} defaultTab="current" filters={filters} search={t("prices.search")} rowId={(row) => row.id} defaultSort="-id" exportPath="/supplier-prices/export" primaryAction={create} empty={{ title: t("prices.empty"), hint: t("prices.emptyHint"), action: create }} />
      {making ? <PriceDialog onClose={() => setMaking(false)} /> : null}
      {ending ? <EndDialog price={ending} onClose={() => setEnding(null)} /> : null}
    </>
  );
}
