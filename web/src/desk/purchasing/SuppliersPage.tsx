import { ApiOutlined, LinkOutlined, PlusOutlined, UploadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Select, Switch } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api";
import { changed } from "@/desk/floor/changes";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { LinksDialog } from "@/desk/receiving/LinksDialog";
import { ConnectorForm, connectorSettings, connectorValues, type ConnectorField } from "@/shared/connector/ConnectorForm";
import { Money } from "@/shared/format/format";
import { FormSection } from "@/shared/form/FormPattern";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListTab } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import NS from "./locale";
import type { Supplier } from "./types";

type Values = Partial<Supplier>;

function SupplierDialog({ supplier, onClose }: { supplier: Supplier | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { t: common } = useTranslation();
  const full = useQuery({ queryKey: ["detail", "supplier", supplier?.id], queryFn: ({ signal }) => api.get<Supplier>(`/suppliers/${supplier?.id}`, undefined, signal), enabled: supplier !== null });
  const need = (label: string) => [{ required: true, message: common("form.required", { label }) }];
  if (supplier && !full.data) return null;
  const before = full.data;
  return (
    <RecordDialog<Values>
      title={supplier ? t("suppliers.edit", { code: supplier.code }) : t("suppliers.new")}
      width={720}
      initialValues={before ?? { currency: "CNY", lead_time_days: 7, payment_days: 30, send_by: "none" }}
      onClose={onClose}
      onSubmit={({ code, ...rest }) => (before ? api.patch(`/suppliers/${before.id}`, changed(before, rest)) : api.post("/suppliers", { code, ...rest }))}
    >
      <FormSection title={t("suppliers.basics")}>
        <Form.Item name="code" label={t("col.code")} rules={need(t("col.code"))}><Input maxLength={32} disabled={supplier !== null} autoFocus={supplier === null} /></Form.Item>
        <Form.Item name="name" label={t("col.name")} rules={need(t("col.name"))}><Input maxLength={200} /></Form.Item>
        <Form.Item name="name_en" label={t("suppliers.nameEn")}><Input maxLength={200} /></Form.Item>
        <Form.Item name="contact" label={t("col.contact")}><Input maxLength={50} /></Form.Item>
        <Form.Item name="phone" label={t("col.phone")}><Input maxLength={32} /></Form.Item>
        <Form.Item name="email" label={t("col.email")}><Input maxLength={200} /></Form.Item>
        <Form.Item name="address" label={t("suppliers.address")}><Input maxLength={200} /></Form.Item>
        {before ? <Form.Item name="is_active" label={t("col.active")} valuePropName="checked"><Switch /></Form.Item> : null}
      </FormSection>
      <FormSection title={t("suppliers.terms")}>
        <Form.Item name="currency" label={t("col.currency")} rules={need(t("col.currency"))}><Input maxLength={3} /></Form.Item>
        <Form.Item name="lead_time_days" label={t("col.leadTime")}><InputNumber min={0} max={1000} precision={0} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="payment_days" label={t("col.payment")}><InputNumber min={0} max={1000} precision={0} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="min_order_amount" label={t("col.minAmount")}><InputNumber<string> stringMode min="0" precision={2} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="send_by" label={t("col.sendBy")}><Select options={["none", "email", "edi", "api"].map((value) => ({ value, label: t(`way.${value}`) }))} /></Form.Item>
        <Form.Item name="account_number" label={t("suppliers.account")}><Input maxLength={64} /></Form.Item>
        <Form.Item name="note" label={t("col.note")}><Input maxLength={500} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

interface Way {
  code: string;
  fields: ConnectorField[];
}

function LinkDialog({ supplier, onClose }: { supplier: Supplier; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const ways = useQuery({ queryKey: ["options", "/purchasing/ways"], queryFn: ({ signal }) => api.get<{ items: Way[] }>("/purchasing/ways", undefined, signal) });
  const link = useQuery({ queryKey: ["detail", "supplier-link", supplier.id], queryFn: ({ signal }) => api.get<{ way: string; settings: Record<string, unknown> } | null>(`/suppliers/${supplier.id}/link`, undefined, signal) });
  if (!ways.data || link.isLoading) return null;
  const way = ways.data.items.find((one) => one.code === supplier.send_by);
  const stored = link.data && link.data.way === supplier.send_by ? link.data.settings : null;
  const fields = way?.fields ?? [];
  return (
    <RecordDialog<{ settings?: Record<string, unknown> }>
      title={`${t("suppliers.link")} · ${supplier.code} · ${t(`way.${supplier.send_by}`)}`}
      initialValues={{ settings: connectorValues(fields, stored) }}
      onClose={onClose}
      onSubmit={async ({ settings }) => {
        if (fields.length === 0) return;
        await api.put(`/suppliers/${supplier.id}/link`, { way: supplier.send_by, settings: connectorSettings(fields, settings) });
        void message.success(t("suppliers.linkSaved"));
      }}
    >
      <FormSection title={t("suppliers.link")} hint={fields.length === 0 ? t("suppliers.noFields") : t("suppliers.linkHint")}>
        <ConnectorForm fields={fields} secretsSet={stored ? fields.filter((one) => one.kind === "secret").map((one) => one.name) : []} />
      </FormSection>
    </RecordDialog>
  );
}

export default function SuppliersPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const navigate = useNavigate();
  const [editing, setEditing] = useState<Supplier | null | "new">(null);
  const [linking, setLinking] = useState<Supplier | null>(null);
  const [paging, setPaging] = useState<Supplier | null>(null);
  const mayLink = can("purchasing.link.manage");
  const mayPage = can("inbound.asn.link");
  const columns = useMemo<ListColumn<Supplier>[]>(
    () => [
      { key: "code", title: t("col.code"), width: 125, fixed: "left", sort: "code", render: (row) => <span className="hc-num">{row.code}</span> },
      { key: "name", title: t("col.name"), width: 190, sort: "name", render: (row) => row.name },
      { key: "contact", title: t("col.contact"), width: 85, render: (row) => row.contact },
      { key: "phone", title: t("col.phone"), width: 120, render: (row) => row.phone },
      { key: "email", title: t("col.email"), width: 160, render: (row) => row.email },
      { key: "currency", title: t("col.currency"), width: 60, render: (row) => row.currency },
      { key: "lead", title: t("col.leadTime"), width: 90, align: "right", render: (row) => row.lead_time_days },
      { key: "payment", title: t("col.payment"), width: 90, align: "right", render: (row) => row.payment_days },
      { key: "least", title: t("col.minAmount"), width: 100, align: "right", render: (row) => <Money amount={row.min_order_amount} currency={row.currency} /> },
      { key: "way", title: t("col.sendBy"), width: 125, render: (row) => <>{t(`way.${row.send_by}`)} {mayLink && ["edi", "api"].includes(row.send_by) ? <Button size="small" icon={<ApiOutlined />} onClick={(event) => { event.stopPropagation(); setLinking(row); }}>{t("suppliers.link")}</Button> : null}</> },
      ...(mayPage ? [{ key: "page", title: t("suppliers.page"), width: 110, render: (row: Supplier) => <Button size="small" icon={<LinkOutlined />} onClick={(event) => { event.stopPropagation(); setPaging(row); }}>{t("suppliers.links")}</Button> }] : []),
    ],
    [t, mayLink, mayPage],
  );
  const tabs = useMemo<ListTab[]>(() => [{ key: "active", label: t("col.active"), query: { active: true } }, { key: "all", label: t("orders.tab.all"), query: {} }], [t]);
  const answers = can("purchasing.link.view") ? <Button onClick={() => void navigate("/supplier-files")}>{t("files.open")}</Button> : null;
  const create = can("partners.supplier.create") ? (
    <>
      {can("kernel.import.create") ? <Button icon={<UploadOutlined />} onClick={() => void navigate("/imports/new?kind=suppliers")}>{t("suppliers.import")}</Button> : null}{" "}
      <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("suppliers.new")}</Button>
    </>
  ) : null;
  return (
    <>
      <ListPage<Supplier>
        id="suppliers" title={t("suppliers.title")} path="/suppliers" columns={columns} tabs={tabs} defaultTab="active" search={t("suppliers.search")} rowId={(row) => row.id} rowName={(row) => row.code} defaultSort="code" exportPath="/suppliers/export"
        primaryAction={<>{answers} {create}</>} empty={{ title: t("suppliers.empty"), hint: t("suppliers.emptyHint"), action: create }} {...(can("partners.supplier.change") ? { onOpen: (row: Supplier) => setEditing(row) } : {})}
      />
      {editing ? <SupplierDialog supplier={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
      {paging ? <LinksDialog of={{ kind: "supplier", id: paging.id, name: `${paging.code} ${paging.name}` }} onClose={() => setPaging(null)} /> : null}
      {linking ? <LinkDialog supplier={linking} onClose={() => setLinking(null)} /> : null}
    </>
  );
}
