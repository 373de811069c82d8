import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, InputNumber, Select, Skeleton, Switch, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Page } from "@/api";
import { useOptions, useSearchOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormPattern, FormSection } from "@/shared/form/FormPattern";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { Product, useRun } from "./parts";
import type { FixedPlace, Policy, ZoneRule } from "./types";

const HAZARDS = ["flammable", "battery", "aerosol", "corrosive"] as const;

/** Strategies in the order in which they are asked; moved by buttons, so that a keyboard can do it. */
function Order({ known, value = [], onChange }: { known: Policy["known"]; value?: string[]; onChange?: (value: string[]) => void }) {
  const { t } = useTranslation(NS);
  const title = (code: string) => known.find((one) => one.code === code)?.title ?? code;
  const swap = (from: number, to: number) => {
    const next = [...value];
    [next[from], next[to]] = [next[to] as string, next[from] as string];
    onChange?.(next);
  };
  const rest = known.filter((one) => !value.includes(one.code));
  return (
    <ol style={{ paddingInlineStart: 20, margin: 0 }}>
      {value.map((code, at) => (
        <li key={code} style={{ marginBottom: 4 }}>
          <span style={{ display: "inline-block", minWidth: 220 }}>{title(code)}</span>
          <Button size="small" type="text" icon={<ArrowUpOutlined />} aria-label={`${t("policy.up")} ${title(code)}`} disabled={at === 0} onClick={() => swap(at, at - 1)} />
          <Button size="small" type="text" icon={<ArrowDownOutlined />} aria-label={`${t("policy.down")} ${title(code)}`} disabled={at === value.length - 1} onClick={() => swap(at, at + 1)} />
          <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={`${t("policy.remove")} ${title(code)}`} disabled={value.length === 1} onClick={() => onChange?.(value.filter((one) => one !== code))} />
        </li>
      ))}
      {rest.length > 0 ? <Select size="small" style={{ width: 220 }} placeholder={t("policy.add")} value={null} options={rest.map((one) => ({ value: one.code, label: one.title }))} onChange={(code: string | null) => (code ? onChange?.([...value, code]) : undefined)} /> : null}
    </ol>
  );
}

function PlaceSelect({ warehouseId, known, ...rest }: { warehouseId: number; known?: { id: number | null; code: string }; value?: number | null; onChange?: (value: number | null) => void; id?: string }) {
  const found = useSearchOptions("/locations", { query: { warehouse_id: warehouseId }, permission: "facility.location.view" });
  const own = known?.id ? [{ value: known.id, label: known.code }] : [];
  return <Select allowClear showSearch={{ filterOption: false, onSearch: found.setText }} options={[...own, ...found.options.filter((one) => one.value !== known?.id)]} loading={found.loading} {...rest} onChange={(value: number | undefined) => rest.onChange?.(value ?? null)} />;
}

/** Yes, no, or as the warehouse has it. */
function Mixing({ value = null, onChange, id }: { value?: boolean | null; onChange?: (value: boolean | null) => void; id?: string }) {
  const { t } = useTranslation(NS);
  return (
    <Select
      {...(id ? { id } : {})}
      value={value === null ? "follow" : value ? "allow" : "forbid"}
      onChange={(chosen) => onChange?.(chosen === "follow" ? null : chosen === "allow")}
      options={["follow", "allow", "forbid"].map((one) => ({ value: one, label: t(`policy.${one}`) }))}
    />
  );
}

function ZoneDialog({ rule, onClose }: { rule: ZoneRule; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const owners = useOptions("/owners", { permission: "partners.owner.view" });
  return (
    <RecordDialog<Omit<ZoneRule, "zone" | "temperature" | "owner"> & { owner_id: number | null }>
      title={t("policy.editZone", { code: rule.zone.code })}
      initialValues={{ ...rule, owner_id: rule.owner?.id ?? null }}
      onClose={onClose}
      onSubmit={(values) => api.put(`/putaway-zones/${rule.zone.id}`, { abc_classes: values.abc_classes, hazards: values.hazards, owner_id: values.owner_id ?? null, mix_skus: values.mix_skus, mix_lots: values.mix_lots, mix_owners: values.mix_owners, is_closed: values.is_closed })}
    >
      <FormSection title="">
        <Form.Item name="abc_classes" label={t("policy.classes")}><Select mode="multiple" options={["A", "B", "C"].map((value) => ({ value, label: value }))} /></Form.Item>
        <Form.Item name="hazards" label={t("policy.hazards")}><Select mode="multiple" options={HAZARDS.map((value) => ({ value, label: t(`hazard.${value}`) }))} /></Form.Item>
        <Form.Item name="owner_id" label={t("policy.owner")}><Select allowClear options={owners.options} /></Form.Item>
        <Form.Item name="is_closed" label={t("policy.closed")} valuePropName="checked"><Switch /></Form.Item>
        <Form.Item name="mix_skus" label={t("policy.mixSkus")}><Mixing /></Form.Item>
        <Form.Item name="mix_lots" label={t("policy.mixLots")}><Mixing /></Form.Item>
        <Form.Item name="mix_owners" label={t("policy.mixOwners")}><Mixing /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

function FixedDialog({ warehouseId, onClose }: { warehouseId: number; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const skus = useSearchOptions("/skus", { permission: "catalog.sku.view" });
  return (
    <RecordDialog<{ sku_id: number; location_id: number; max_quantity: number | null }>
      title={t("policy.fixedNew")}
      initialValues={{ max_quantity: null }}
      onClose={onClose}
      onSubmit={(values) => api.post("/fixed-places", { ...values, max_quantity: values.max_quantity ?? null })}
    >
      <FormSection title="">
        <Form.Item name="sku_id" label={t("col.sku")} rules={[{ required: true }]}><Select showSearch={{ filterOption: false, onSearch: skus.setText }} options={skus.options} loading={skus.loading} /></Form.Item>
        <Form.Item name="location_id" label={t("policy.location")} rules={[{ required: true }]}><PlaceSelect warehouseId={warehouseId} /></Form.Item>
        <Form.Item name="max_quantity" label={t("policy.most")}><InputNumber min={1} style={{ width: "100%" }} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

function Mix({ value }: { value: boolean | null }) {
  const { t } = useTranslation(NS);
  return value === null ? <span className="hc-faint">{t("policy.follow")}</span> : <>{t(value ? "policy.allow" : "policy.forbid")}</>;
}

/** How the chosen warehouse puts away: strategies, mixing, zones, fixed places. */
export default function PolicyPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { warehouse, warehouses } = useScope();
  const { run, busy } = useRun();
  const home = warehouse ?? warehouses[0];
  const [zone, setZone] = useState<ZoneRule | null>(null);
  const [adding, setAdding] = useState(false);
  const may = can("inbound.putaway_policy.manage");
  const policy = useQuery({ queryKey: ["detail", "putaway-policy", String(home?.id)], queryFn: ({ signal }) => api.get<Policy>(`/putaway-policies/${String(home?.id)}`, undefined, signal), enabled: home !== undefined });
  const fixed = useQuery({ queryKey: ["list", "/fixed-places", String(home?.id)], queryFn: ({ signal }) => api.get<Page<FixedPlace>>("/fixed-places", { warehouse_id: home?.id, limit: 500 }, signal), enabled: home !== undefined });
  if (!home) return <EmptyState title={t("policy.choose")} />;
  if (policy.error && !policy.data) return <ErrorState error={policy.error} onRetry={() => void policy.refetch()} />;
  const data = policy.data;
  const save = (values: Policy) => api.put(`/putaway-policies/${home.id}`, { strategies: values.strategies, fill_percent: values.fill_percent, mix_skus: values.mix_skus, mix_lots: values.mix_lots, mix_owners: values.mix_owners, bulk_cases: values.bulk_cases, crossdock_location_id: values.crossdock_location_id ?? null, crossdocks: values.crossdocks, turnover_days: values.turnover_days });
  return (
    <>
      <PageHeader title={t("policy.title")} hint={`${home.code} ${home.name}`} />
      <PageBody>
        <Section>
          {data ? (
            <FormPattern<Policy> key={home.id} initialValues={data} onSubmit={save} onDone={() => void policy.refetch()}>
              <FormSection title={t("policy.strategies")} hint={t("policy.strategiesHint")}>
                <Form.Item name="strategies" style={{ gridColumn: "1 / -1" }}><Order known={data.known} /></Form.Item>
              </FormSection>
              <FormSection title={t("policy.limits")}>
                <Form.Item name="fill_percent" label={t("policy.fill")}><InputNumber min={1} max={100} style={{ width: "100%" }} /></Form.Item>
                <Form.Item name="bulk_cases" label={t("policy.bulk")}><InputNumber min={1} max={1000} style={{ width: "100%" }} /></Form.Item>
                <Form.Item name="turnover_days" label={t("policy.turnover")}><InputNumber min={1} max={730} style={{ width: "100%" }} /></Form.Item>
                <Form.Item name="mix_skus" label={t("policy.mixSkus")} valuePropName="checked"><Switch /></Form.Item>
                <Form.Item name="mix_lots" label={t("policy.mixLots")} valuePropName="checked"><Switch /></Form.Item>
                <Form.Item name="mix_owners" label={t("policy.mixOwners")} valuePropName="checked"><Switch /></Form.Item>
                <Form.Item name="crossdocks" label={t("policy.crossdocks")} valuePropName="checked"><Switch /></Form.Item>
                <Form.Item name="crossdock_location_id" label={t("policy.crossdock")} extra={t("policy.crossdockHint")}><PlaceSelect warehouseId={Number(home.id)} known={{ id: data.crossdock_location_id, code: data.crossdock_location_code }} /></Form.Item>
              </FormSection>
            </FormPattern>
          ) : (
            <Skeleton active />
          )}
        </Section>
        <Section title={t("policy.zones")} flush>
          <Table<ZoneRule>
            size="small"
            rowKey={(row) => row.zone.id}
            pagination={false}
            loading={policy.isLoading}
            dataSource={data?.zones ?? []}
            columns={[
              { title: t("policy.zone"), render: (_, row) => `${row.zone.code} ${row.zone.name}` },
              { title: t("why.temperature"), render: (_, row) => t(`temp.${row.temperature}`) },
              { title: t("policy.classes"), render: (_, row) => row.abc_classes.join(" ") || t("tab.all") },
              { title: t("policy.hazards"), render: (_, row) => row.hazards.map((one) => t(`hazard.${one}`)).join(", ") || t("none") },
              { title: t("policy.owner"), render: (_, row) => row.owner?.name ?? t("none") },
              { title: t("policy.mixSkus"), render: (_, row) => <Mix value={row.mix_skus} /> },
              { title: t("policy.mixLots"), render: (_, row) => <Mix value={row.mix_lots} /> },
              { title: t("col.state"), render: (_, row) => (row.is_closed ? <ToneTag tone="red">{t("policy.closed")}</ToneTag> : null) },
              ...(may ? [{ title: "", width: 90, render: (_: unknown, row: ZoneRule) => <Button size="small" type="text" aria-label={t("policy.editZone", { code: row.zone.code })} onClick={() => setZone(row)}>{t("policy.edit")}</Button> }] : []),
            ]}
          />
        </Section>
        <Section title={t("policy.fixed")} flush extra={may ? <Button size="small" icon={<PlusOutlined />} onClick={() => setAdding(true)}>{t("policy.fixedNew")}</Button> : null}>
          <Table<FixedPlace>
            size="small"
            rowKey="id"
            pagination={false}
            loading={fixed.isLoading}
            dataSource={fixed.data?.items ?? []}
            locale={{ emptyText: <EmptyState compact title={t("policy.noFixed")} hint={t("policy.fixedHint")} /> }}
            columns={[
              { title: t("col.sku"), render: (_, row) => <Product sku={row.sku} /> },
              { title: t("policy.location"), render: (_, row) => row.location.code },
              { title: t("policy.most"), align: "right", render: (_, row) => row.max_quantity ?? t("none") },
              ...(may ? [{ title: "", width: 90, render: (_: unknown, row: FixedPlace) => <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={`${t("policy.remove")} ${row.sku.code}`} loading={busy === `drop${row.id}`} onClick={() => void run(`drop${row.id}`, () => api.delete(`/fixed-places/${row.id}`))} /> }] : []),
            ]}
          />
        </Section>
      </PageBody>
      {zone ? <ZoneDialog rule={zone} onClose={() => setZone(null)} /> : null}
      {adding ? <FixedDialog warehouseId={Number(home.id)} onClose={() => setAdding(false)} /> : null}
    </>
  );
}
