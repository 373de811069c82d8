import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Checkbox, Form, Input, InputNumber, Select, Space, Switch, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useOptions, useSearchOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormPattern, FormSection } from "@/shared/form/FormPattern";
import { useAsk } from "@/shared/form/useAsk";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import { useDocks } from "./AppointmentDetail";
import { useNeed } from "./AsnDialogs";
import NS from "./locale";
import { useRun } from "./run";
import type { Dock, DoorRule, Hours, Ref } from "./types";

const ACTIONS = ["refuse", "quarantine", "accept"];
const FIELDS = ["over_action", "unannounced_action", "short_life_action", "expired_action", "held_action"] as const;
const WORDS: Record<(typeof FIELDS)[number], string> = { over_action: "overAction", unannounced_action: "unannounced", short_life_action: "shortLife", expired_action: "expired", held_action: "held" };
type Rules = Record<(typeof FIELDS)[number], string> & { is_blind: boolean | null; over_percent: number | null; min_life_percent: number | null };

function RuleDialog({ rule, onClose }: { rule: DoorRule | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const skus = useSearchOptions("/skus", { permission: "catalog.sku.view" });
  const suppliers = useSearchOptions("/suppliers", { permission: "partners.supplier.view" });
  const owners = useOptions("/owners", { permission: "partners.owner.view" });
  const actions = (name: string) => ACTIONS.filter((one) => name !== "expired_action" || one !== "accept").map((value) => ({ value, label: t(`pol.action.${value}`) }));
  const known = (ref: Ref | null | undefined, options: { value: number; label: string }[]) => (ref && !options.some((one) => one.value === ref.id) ? [{ value: ref.id, label: `${ref.code} ${ref.name}` }, ...options] : options);
  const blind = [{ value: "yes", label: t("pol.yes") }, { value: "no", label: t("pol.no") }];
  const initial = rule ? { sku_id: rule.sku?.id, supplier_id: rule.supplier?.id, owner_id: rule.owner?.id, blind: rule.is_blind === null ? undefined : rule.is_blind ? "yes" : "no", over_percent: rule.over_percent, min_life_percent: rule.min_life_percent, ...Object.fromEntries(FIELDS.map((name) => [name, rule[name] || undefined])) } : {};
  return (
    <RecordDialog<Record<string, unknown>>
      title={t(rule ? "pol.edit" : "pol.add")}
      initialValues={initial}
      onClose={onClose}
      onSubmit={({ blind: answer, ...rest }) => api.put("/receiving-policies", { ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined && value !== "")), is_blind: answer === undefined || answer === null ? null : answer === "yes" })}
    >
      <FormSection title={t("pol.subject")}>
        <Form.Item name="sku_id" label={t("col.sku")}><Select allowClear disabled={rule !== null} placeholder={t("pol.everybody")} showSearch={{ filterOption: false, onSearch: skus.setText }} options={known(rule?.sku, skus.options)} /></Form.Item>
        <Form.Item name="supplier_id" label={t("col.supplier")}><Select allowClear disabled={rule !== null} placeholder={t("pol.everybody")} showSearch={{ filterOption: false, onSearch: suppliers.setText }} options={known(rule?.supplier, suppliers.options)} /></Form.Item>
        <Form.Item name="owner_id" label={t("col.owner")}><Select allowClear disabled={rule !== null} placeholder={t("pol.everybody")} options={owners.options} /></Form.Item>
      </FormSection>
      <FormSection title={t("pol.rules")}>
        <Form.Item name="over_percent" label={t("pol.over")}><InputNumber min={0} max={1000} precision={0} placeholder={t("pol.inherits")} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="min_life_percent" label={t("pol.life")}><InputNumber min={0} max={100} precision={0} placeholder={t("pol.inherits")} style={{ width: "100%" }} /></Form.Item>
        {FIELDS.map((name) => <Form.Item key={name} name={name} label={t(`pol.${WORDS[name]}`)}><Select allowClear placeholder={t("pol.inherits")} options={actions(name)} /></Form.Item>)}
        <Form.Item name="blind" label={t("pol.blind")}><Select allowClear placeholder={t("pol.inherits")} options={blind} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

function DoorRules() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const ask = useAsk();
  const { run } = useRun();
  const [editing, setEditing] = useState<DoorRule | "new" | null>(null);
  const rules = useQuery({ queryKey: ["list", "/receiving-policies"], queryFn: ({ signal }) => api.get<{ items: DoorRule[]; defaults: Rules }>("/receiving-policies", undefined, signal) });
  const manages = can("inbound.receiving_policy.manage");
  const defaults = rules.data?.defaults;
  const rows: (DoorRule | (Rules & { id: 0; sku: null; supplier: null; owner: null }))[] = [...(rules.data?.items ?? []), ...(defaults ? [{ ...defaults, id: 0 as const, sku: null, supplier: null, owner: null }] : [])];
  const drop = (rule: DoorRule) => void ask({ title: t("pol.drop"), text: t("pol.dropText"), okText: t("pol.drop"), danger: true }).then((answer) => (answer ? run("drop", () => api.delete(`/receiving-policies/${rule.id}`)) : undefined));
  return (
    <Section flush title={t("pol.rules")} extra={manages ? <Button size="small" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("pol.add")}</Button> : null}>
      <Table
        size="small" rowKey="id" loading={rules.isLoading} pagination={false} dataSource={rows}
        columns={[
          { title: t("pol.subject"), render: (_, row) => (row.id === 0 ? t("pol.defaults") : [row.sku?.code, row.supplier?.name, row.owner?.name].filter(Boolean).join(" · ") || t("pol.everybody")) },
          { title: t("pol.over"), align: "right", render: (_, row) => row.over_percent ?? "" },
          ...FIELDS.map((name) => ({ title: t(`pol.${WORDS[name]}`), render: (_: unknown, row: Rules) => (row[name] ? t(`pol.action.${row[name]}`) : "") })),
          { title: t("pol.life"), align: "right", render: (_, row) => row.min_life_percent ?? "" },
          { title: t("pol.blind"), render: (_, row) => (row.is_blind === null ? "" : t(row.is_blind ? "pol.yes" : "pol.no")) },
          ...(manages ? [{ title: "", width: 96, render: (_: unknown, row: { id: number }) => (row.id === 0 ? null : <Space size={0} orientation="vertical"><Button size="small" type="text" onClick={() => setEditing(row as DoorRule)}>{t("pol.edit")}</Button><Button size="small" type="text" danger onClick={() => drop(row as DoorRule)}>{t("pol.drop")}</Button></Space>) }] : []),
        ]}
      />
      {editing ? <RuleDialog rule={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
    </Section>
  );
}

interface DockForm {
  code: string;
  name?: string;
  location_id?: number;
  is_active: boolean;
  days: number[];
  opens: string;
  closes: string;
}

/** A dock with one span on each of some days; hours that differ between days or have a break (set by the API) stay as
 * they are unless somebody changes them here. */
function DockDialog({ warehouseId, dock, onClose }: { warehouseId: number; dock: Dock | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const need = useNeed();
  const docks = useOptions("/locations", { query: { warehouse_id: warehouseId, kind: "dock" }, permission: "facility.location.view" });
  const first = dock?.hours[0];
  const initial = { days: dock ? [...new Set(dock.hours.map((one) => one.weekday))] : [1, 2, 3, 4, 5, 6], opens: (first?.opens ?? "08:00").slice(0, 5), closes: (first?.closes ?? "18:00").slice(0, 5) };
  return (
    <RecordDialog<DockForm>
      title={dock ? t("pol.editDock", { code: dock.code }) : t("pol.addDock")}
      initialValues={{ code: dock?.code ?? "", name: dock?.name ?? "", is_active: dock?.is_active ?? true, ...initial, ...(dock?.location ? { location_id: dock.location.id } : {}) }}
      onClose={onClose}
      onSubmit={({ days, opens, closes, location_id, ...rest }) => {
        const same = dock && opens === initial.opens && closes === initial.closes && String(days.toSorted()) === String(initial.days.toSorted());
        const hours: Hours[] = same ? dock.hours : days.toSorted((a, b) => a - b).map((weekday) => ({ weekday, opens, closes }));
        const body = { ...rest, name: rest.name ?? "", note: dock?.note ?? "", location_id: location_id ?? null, hours };
        return dock ? api.put(`/warehouses/${warehouseId}/docks/${dock.id}`, body) : api.post(`/warehouses/${warehouseId}/docks`, body);
      }}
    >
      <FormSection title="">
        <Form.Item name="code" label={t("col.code")} rules={need(t("col.code"))}><Input maxLength={32} /></Form.Item>
        <Form.Item name="name" label={t("col.name")}><Input maxLength={100} /></Form.Item>
        <Form.Item name="location_id" label={t("col.place")}><Select allowClear options={docks.options.map((one) => ({ ...one, label: one.label.replace(" undefined", "") }))} /></Form.Item>
        <Form.Item name="is_active" label={t("col.active")} valuePropName="checked"><Switch /></Form.Item>
        <Form.Item name="days" label={t("pol.weekdays")} rules={need(t("pol.weekdays"))}><Checkbox.Group options={[1, 2, 3, 4, 5, 6, 7].map((value) => ({ value, label: t(`pol.days.${value}`) }))} /></Form.Item>
        <Form.Item name="opens" label={t("pol.opens")} rules={need(t("pol.opens"))}><Input type="time" /></Form.Item>
        <Form.Item name="closes" label={t("pol.closes")} rules={need(t("pol.closes"))}><Input type="time" /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

/** Hours in words: days in a row with the same hours together, "Mo–Sa 08:00–18:00". */
function hoursSaid(hours: Hours[], name: (day: number) => string): string {
  const spans = new Map<number, string>();
  for (const one of hours.toSorted((a, b) => a.weekday - b.weekday || a.opens.localeCompare(b.opens))) {
    const before = spans.get(one.weekday);
    spans.set(one.weekday, `${before ? `${before} + ` : ""}${one.opens.slice(0, 5)}–${one.closes.slice(0, 5)}`);
  }
  const runs: { from: number; to: number; span: string }[] = [];
  for (const [day, span] of spans) {
    const last = runs.at(-1);
    if (last && last.to === day - 1 && last.span === span) last.to = day;
    else runs.push({ from: day, to: day, span });
  }
  return runs.map(({ from, to, span }) => `${name(from)}${to > from ? `–${name(to)}` : ""} ${span}`).join(" · ");
}

function Docks({ warehouseId }: { warehouseId: number }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const docks = useDocks(warehouseId);
  const [editing, setEditing] = useState<Dock | "new" | null>(null);
  const manages = can("inbound.dock.manage");
  return (
    <Section flush title={t("pol.docks")} extra={manages ? <Button size="small" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("pol.addDock")}</Button> : null}>
      <Table<Dock>
        size="small" rowKey="id" loading={docks.isLoading} pagination={false} dataSource={docks.data?.items ?? []} locale={{ emptyText: t("pol.noDocks") }}
        columns={[
          { title: t("col.code"), dataIndex: "code" },
          { title: t("col.name"), dataIndex: "name" },
          { title: t("col.place"), render: (_, dock) => dock.location?.code },
          { title: t("col.hours"), render: (_, dock) => hoursSaid(dock.hours, (day) => t(`pol.days.${day}`)) },
          { title: t("col.active"), render: (_, dock) => t(dock.is_active ? "pol.yes" : "pol.no") },
          ...(manages ? [{ title: "", width: 100, render: (_: unknown, dock: Dock) => <Button size="small" type="text" onClick={() => setEditing(dock)}>{t("asn.edit")}</Button> }] : []),
        ]}
      />
      {editing ? <DockDialog warehouseId={warehouseId} dock={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
    </Section>
  );
}

const TIMES = [["base_minutes", "base"], ["seconds_per_pallet", "perPallet"], ["seconds_per_carton", "perCarton"], ["seconds_per_line", "perLine"], ["step_minutes", "step"], ["max_minutes", "max"], ["daily_appointments", "dailyAppointments"], ["daily_pallets", "dailyPallets"], ["daily_units", "dailyUnits"], ["lead_hours", "lead"], ["horizon_days", "horizon"], ["no_show_minutes", "noShow"]] as const;

function DockTimes({ warehouseId }: { warehouseId: number }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const path = `/warehouses/${warehouseId}/dock-policy`;
  const policy = useQuery({ queryKey: ["detail", path], queryFn: ({ signal }) => api.get<Record<string, number | null>>(path, undefined, signal) });
  if (!policy.data) return null;
  return (
    <Section title={t("pol.times")}>
      <FormPattern<Record<string, number | null>> key={warehouseId} initialValues={policy.data} submitLabel={t("pol.save")} onSubmit={(values) => api.put(path, values)} onDone={() => void message.success(t("pol.saved"))}>
        <FormSection title="">
          {TIMES.map(([name, word]) => <Form.Item key={name} name={name} label={t(`pol.${word}`)}><InputNumber min={0} precision={0} disabled={!can("inbound.dock.manage")} style={{ width: "100%" }} /></Form.Item>)}
        </FormSection>
      </FormPattern>
    </Section>
  );
}

interface Prefix {
  id: number;
  owner: Ref | null;
  company_prefix: string;
  extension: number;
  next_serial: number;
}

function Prefixes() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const need = useNeed();
  const [open, setOpen] = useState(false);
  const owners = useOptions("/owners", { permission: "partners.owner.view" });
  const prefixes = useQuery({ queryKey: ["list", "/sscc-prefixes"], queryFn: ({ signal }) => api.get<{ items: Prefix[] }>("/sscc-prefixes", undefined, signal) });
  return (
    <Section flush title={t("pol.sscc")} extra={can("inbound.sscc_prefix.manage") ? <Button size="small" onClick={() => setOpen(true)}>{t("pol.setPrefix")}</Button> : null}>
      <Table<Prefix>
        size="small" rowKey="id" loading={prefixes.isLoading} pagination={false} dataSource={prefixes.data?.items ?? []} locale={{ emptyText: <EmptyState compact title={t("pol.ssccHint")} /> }}
        columns={[
          { title: t("col.owner"), render: (_, row) => row.owner?.name ?? t("pol.house") },
          { title: t("pol.prefix"), render: (_, row) => <span className="hc-num">{row.company_prefix}</span> },
          { title: t("pol.extension"), dataIndex: "extension", align: "right" },
          { title: t("pol.next"), dataIndex: "next_serial", align: "right" },
        ]}
      />
      {open ? (
        <RecordDialog<{ owner_id?: number; company_prefix: string; extension: number }> title={t("pol.sscc")} initialValues={{ extension: 0 }} onClose={() => setOpen(false)} onSubmit={({ owner_id, ...rest }) => api.put("/sscc-prefixes", { ...rest, owner_id: owner_id ?? null })}>
          <FormSection title={t("pol.ssccHint")}>
            <Form.Item name="owner_id" label={t("col.owner")}><Select allowClear placeholder={t("pol.house")} options={owners.options} /></Form.Item>
            <Form.Item name="company_prefix" label={t("pol.prefix")} rules={need(t("pol.prefix"))}><Input maxLength={12} inputMode="numeric" /></Form.Item>
            <Form.Item name="extension" label={t("pol.extension")}><InputNumber min={0} max={9} precision={0} style={{ width: "100%" }} /></Form.Item>
          </FormSection>
        </RecordDialog>
      ) : null}
    </Section>
  );
}

/** Rules at the door, docks, unloading times, carton numbers. */
export default function PolicyPage() {
  const { t } = useTranslation(NS);
  const { warehouse } = useScope();
  return (
    <>
      <PageHeader title={t("pol.title")} hint={t("pol.hint")} />
      <PageBody>
        <DoorRules />
        {warehouse ? <Docks warehouseId={Number(warehouse.id)} /> : <Section title={t("pol.docks")}><EmptyState compact title={t("dock.pickWarehouse")} hint={t("dock.pickWarehouseHint")} /></Section>}
        {warehouse ? <DockTimes warehouseId={Number(warehouse.id)} /> : null}
        <Prefixes />
      </PageBody>
    </>
  );
}
