import { PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Form, Input, InputNumber, Select, Table } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Page } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormPattern, FormSection } from "@/shared/form/FormPattern";
import { useAsk } from "@/shared/form/useAsk";
import { DateTime, Quantity } from "@/shared/format/format";
import { useScope } from "@/shared/session/scope";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import css from "./counts.module.css";
import NS from "./locale";
import { useZones } from "./queries";
import type { CalendarDay, Policy, Programme } from "./types";
import { LOCATION_KINDS } from "./words";

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;

function Rules({ warehouseId }: { warehouseId: number }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const path = `/count-policies/${warehouseId}`;
  const policy = useQuery({ queryKey: ["detail", path], queryFn: ({ signal }) => api.get<Policy>(path, undefined, signal) });
  if (policy.isError) return <ErrorState error={policy.error} onRetry={() => void policy.refetch()} />;
  if (!policy.data) return null;
  const number = (name: string, label: string, max: number, min = 0, help?: string) => (
    <Form.Item name={name} label={label} rules={[{ required: true }]} {...(help ? { help } : {})}>
      <InputNumber min={min} max={max} style={{ width: "100%" }} />
    </Form.Item>
  );
  const yes = (name: string, label: string) => (
    <Form.Item name={name} valuePropName="checked"><Checkbox>{label}</Checkbox></Form.Item>
  );
  return (
    <FormPattern<Policy>
      key={warehouseId}
      initialValues={policy.data}
      submitLabel={t("rules.save")}
      onSubmit={async (values) => {
        await api.put(path, { ...values, approve_value: String(values.approve_value), tolerances: values.tolerances.map((one, index) => ({ ...one, abc_class: policy.data.tolerances[index]?.abc_class, percent: String(one.percent), value: String(one.value) })) });
        await client.invalidateQueries({ queryKey: ["detail", path] });
        void message.success(t("done.saved"));
      }}
    >
      {policy.data.tolerances.map((one, index) => (
        <FormSection key={one.abc_class} title={`${t("rules.tolerance")} · ${one.abc_class}`} hint={index === 0 ? t("rules.toleranceHint") : undefined}>
          <Form.Item name={["tolerances", index, "percent"]} label={t("rules.percent")} rules={[{ required: true }]}><InputNumber min={0} max={100} step={0.1} style={{ width: "100%" }} /></Form.Item>
          <Form.Item name={["tolerances", index, "units"]} label={t("rules.units")} rules={[{ required: true }]}><InputNumber min={0} max={1_000_000} style={{ width: "100%" }} /></Form.Item>
          <Form.Item name={["tolerances", index, "value"]} label={t("rules.value")} rules={[{ required: true }]}><InputNumber min={0} max={100_000_000} style={{ width: "100%" }} /></Form.Item>
          <Form.Item name={["tolerances", index, "cycle_days"]} label={t("rules.days")} rules={[{ required: true }]}><InputNumber min={1} max={3650} style={{ width: "100%" }} /></Form.Item>
        </FormSection>
      ))}
      <FormSection title={t("rules.policy")}>
        {number("max_rounds", t("rules.rounds"), 9, 1)}
        {number("approve_units", t("rules.approveUnits"), 1_000_000_000)}
        {number("approve_value", t("rules.approveValue"), 100_000_000)}
        {number("motion_seconds", t("rules.motion"), 86_400, 0, t("rules.motionHint"))}
        {number("stretch_size", t("rules.stretch"), 200, 1)}
        {yes("is_blind", t("rules.blind"))}
        {yes("recount_by_other", t("rules.other"))}
        {yes("auto_post", t("rules.auto"))}
      </FormSection>
      <FormSection title={t("rules.events")}>
        {yes("on_short_pick", t("rules.short"))}
        {yes("on_emptied", t("rules.emptied"))}
        {yes("on_damaged", t("rules.damaged"))}
      </FormSection>
    </FormPattern>
  );
}

type Given = Omit<Programme, "id" | "warehouse" | "scope" | "last_day"> & { zone_ids?: number[]; location_kinds?: string[] };

function ProgrammeDialog({ warehouseId, programme, onClose }: { warehouseId: number; programme: Programme | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const zones = useZones();
  const initial: Partial<Given> = programme ? { ...programme, zone_ids: programme.scope.zone_ids ?? [], location_kinds: programme.scope.location_kinds ?? [] } : { kind: "risk", weekdays: [1, 2, 3, 4, 5, 6], at_hour: 6, places_per_day: 50, explore_percent: 10, is_blind: true, is_active: true };
  return (
    <RecordDialog<Given>
      title={programme ? programme.name : t("rules.programmeNew")}
      initialValues={initial}
      onClose={onClose}
      onSubmit={(values) => {
        const body = { warehouse_id: warehouseId, name: values.name, kind: values.kind, weekdays: values.weekdays, at_hour: values.at_hour, places_per_day: values.places_per_day, explore_percent: values.explore_percent, is_blind: values.is_blind, is_active: values.is_active, zone_ids: values.zone_ids ?? [], location_kinds: values.location_kinds ?? [] };
        return programme ? api.put(`/count-programmes/${programme.id}`, body) : api.post("/count-programmes", body);
      }}
    >
      <FormSection title="">
        <Form.Item name="name" label={t("rules.name")} rules={[{ required: true }]}><Input maxLength={100} /></Form.Item>
        <Form.Item name="kind" label={t("col.kind")} rules={[{ required: true }]}><Select options={["risk", "cycle", "sample"].map((value) => ({ value, label: t(`kind.${value}`) }))} /></Form.Item>
        <Form.Item name="weekdays" label={t("rules.weekdays")} rules={[{ required: true }]}><Select mode="multiple" options={DAYS.map((value) => ({ value, label: t(`rules.day.${value}`) }))} /></Form.Item>
        <Form.Item name="at_hour" label={t("rules.hour")} rules={[{ required: true }]}><InputNumber min={0} max={23} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="places_per_day" label={t("rules.perDay")} rules={[{ required: true }]}><InputNumber min={1} max={100_000} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="explore_percent" label={t("rules.explore")} rules={[{ required: true }]}><InputNumber min={0} max={100} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="zone_ids" label={t("create.zones")}><Select mode="multiple" allowClear options={(zones.data?.items ?? []).map((zone) => ({ value: zone.id, label: `${zone.code} ${zone.name}` }))} /></Form.Item>
        <Form.Item name="location_kinds" label={t("create.kinds")}><Select mode="multiple" allowClear options={LOCATION_KINDS.map((value) => ({ value, label: t(`locationKind.${value}`) }))} /></Form.Item>
        <Form.Item name="is_blind" valuePropName="checked"><Checkbox>{t("create.blind")}</Checkbox></Form.Item>
        <Form.Item name="is_active" valuePropName="checked"><Checkbox>{t("rules.active")}</Checkbox></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

function Programmes({ warehouseId }: { warehouseId: number }) {
  const { t } = useTranslation(NS);
  const ask = useAsk();
  const client = useQueryClient();
  const report = useReportProblem();
  const [editing, setEditing] = useState<Programme | "new" | null>(null);
  const rows = useQuery({ queryKey: ["list", "/count-programmes", warehouseId], queryFn: ({ signal }) => api.get<Page<Programme>>("/count-programmes", { warehouse: [warehouseId], limit: 100 }, signal) });
  const remove = async (row: Programme) => {
    if (!(await ask({ title: `${t("rules.remove")} ${row.name}`, okText: t("rules.remove"), danger: true, text: t("rules.removeText") }))) return;
    try {
      await api.delete(`/count-programmes/${row.id}`);
      await client.invalidateQueries({ queryKey: ["list"] });
    } catch (error) {
      report(error);
    }
  };
  return (
    <Section title={t("rules.programmes")} extra={<Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("rules.programmeNew")}</Button>} flush>
      <Table<Programme>
        size="small"
        rowKey="id"
        loading={rows.isLoading}
        pagination={false}
        scroll={{ x: 700 }}
        dataSource={rows.data?.items ?? []}
        locale={{ emptyText: t("empty.hint") }}
        columns={[
          { title: t("rules.name"), dataIndex: "name" },
          { title: t("col.kind"), render: (_, row) => t(`kind.${row.kind}`) },
          { title: t("rules.weekdays"), render: (_, row) => row.weekdays.map((day) => t(`rules.day.${day}`)).join(" ") },
          { title: t("rules.hour"), align: "right", render: (_, row) => `${row.at_hour}:00` },
          { title: t("rules.perDay"), align: "right", render: (_, row) => <Quantity value={row.places_per_day} /> },
          { title: t("rules.active"), render: (_, row) => t(row.is_active ? "rules.yes" : "rules.no") },
          { title: t("rules.last"), render: (_, row) => <DateTime value={row.last_day} mode="date" /> },
          { title: "", width: 130, render: (_, row) => <><Button size="small" type="text" onClick={() => setEditing(row)}>{t("rules.edit")}</Button><Button size="small" type="text" danger onClick={() => void remove(row)}>{t("rules.remove")}</Button></> },
        ]}
      />
      {editing ? <ProgrammeDialog warehouseId={warehouseId} programme={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
    </Section>
  );
}

function Calendar({ warehouseId }: { warehouseId: number }) {
  const { t } = useTranslation(NS);
  const first = dayjs().startOf("day").format("YYYY-MM-DD");
  const days = useQuery({ queryKey: ["list", "/count-calendar", warehouseId, first], queryFn: ({ signal }) => api.get<{ days: CalendarDay[] }>("/count-calendar", { warehouse_id: warehouseId, first, days: 28 }, signal) });
  return (
    <Section title={t("rules.calendar")}>
      <div className={css.calendar}>
        {(days.data?.days ?? []).map((day) => (
          <div key={day.day} className={css.day}>
            <span className="hc-muted hc-num">{day.day.slice(5)} {t(`rules.day.${((dayjs(day.day).day() + 6) % 7) + 1}`)}</span>
            {day.counts.map((count) => <Link key={count.id} to={`/stock/counts/${count.id}`}>{t(`kind.${count.kind}`)} {count.done}/{count.places}</Link>)}
            {day.planned.map((plan) => <span key={plan.programme_id} className="hc-faint">{plan.name} · {t("rules.planned", { places: plan.places })}</span>)}
          </div>
        ))}
      </div>
    </Section>
  );
}

export default function RulesPage() {
  const { t } = useTranslation(NS);
  const { warehouse } = useScope();
  return (
    <>
      <PageHeader title={t("rules.title")} hint={t("rules.hint")} />
      <PageBody>
        {warehouse ? (
          <>
            <Programmes warehouseId={Number(warehouse.id)} />
            <Calendar warehouseId={Number(warehouse.id)} />
            <Rules warehouseId={Number(warehouse.id)} />
          </>
        ) : (
          <EmptyState title={t("rules.pick")} />
        )}
      </PageBody>
    </>
  );
}
