import { EditOutlined, LeftOutlined, RightOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, Input, InputNumber, Select, Skeleton, Switch, TimePicker } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Id, type Page } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { cx } from "@/shared/ui/cx";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import css from "./calendar.module.css";
import NS from "./locale";
import type { Ref } from "../types";

interface Terms extends Ref {
  kind: string;
  weekdays: number[];
  keeps_holidays: boolean;
  cutoff_time: string | null;
  handling_minutes: number;
  daily_orders: number | null;
  daily_units: number | null;
  parcel_cost: string | null;
  line_cost: string | null;
  unit_cost: string | null;
}
interface CalendarDay {
  day: string;
  is_open: boolean;
  reason: "weekday" | "holiday" | "working_weekend" | "exception";
  holiday: string;
  is_certain: boolean;
  cutoff: string;
  note: string;
}
interface ServiceCutoff {
  service: Ref;
  cutoff_time: string;
}
const WEEK = [1, 2, 3, 4, 5, 6, 7];
const clock = (value: string | null) => (value ? value.slice(0, 5) : null);
const picked = (value: string | null) => (value ? dayjs(value, "HH:mm:ss") : null);
const sent = (value: Dayjs | null | undefined) => (value ? value.format("HH:mm") : null);

function DayDialog({ warehouseId, day, onClose }: { warehouseId: Id; day: CalendarDay; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const client = useQueryClient();
  const path = `/warehouses/${warehouseId}/days`;
  const again = () => client.invalidateQueries({ queryKey: ["calendar"] });
  return (
    <RecordDialog<{ is_open: boolean; cutoff?: Dayjs | null; note?: string }>
      title={t("day.title", { day: day.day })}
      width={420}
      initialValues={{ is_open: day.is_open, note: day.note, cutoff: day.reason === "exception" ? picked(day.cutoff) : null }}
      onClose={onClose}
      onSubmit={async ({ is_open, cutoff, note }) => {
        await api.put(path, { days: [{ day: day.day, is_open, cutoff_time: sent(cutoff), note: note ?? "" }] });
        await again();
      }}
    >
      <Form.Item name="is_open" label={t("day.open")} valuePropName="checked"><Switch /></Form.Item>
      <Form.Item name="cutoff" label={t("day.cutoff")} extra={t("day.cutoffHint")}><TimePicker format="HH:mm" minuteStep={5} style={{ width: "100%" }} /></Form.Item>
      <Form.Item name="note" label={t("day.note")}><Input maxLength={100} /></Form.Item>
      {day.reason === "exception" ? (
        <Button type="link" style={{ padding: 0 }} onClick={() => void api.put(path, { clear: [day.day] }).then(again).then(onClose)}>{t("day.clear")}</Button>
      ) : null}
    </RecordDialog>
  );
}

function Month({ warehouseId, mayChange }: { warehouseId: Id; mayChange: boolean }) {
  const { t, i18n } = useTranslation(NS);
  const [month, setMonth] = useState(() => dayjs().startOf("month"));
  const [editing, setEditing] = useState<CalendarDay | null>(null);
  const first = month.format("YYYY-MM-DD");
  const query = useQuery({
    queryKey: ["calendar", warehouseId, first],
    queryFn: ({ signal }) => api.get<{ days: CalendarDay[] }>(`/warehouses/${warehouseId}/calendar`, { first, last: month.endOf("month").format("YYYY-MM-DD") }, signal),
  });
  const lead = (month.day() + 6) % 7;
  const name = new Intl.DateTimeFormat(i18n.language, { year: "numeric", month: "long" }).format(month.toDate());
  const today = dayjs().format("YYYY-MM-DD");
  return (
    <Section
      title={(
        <span className={css.bar}>
          <Button size="small" icon={<LeftOutlined />} aria-label={t("previous")} onClick={() => setMonth(month.subtract(1, "month"))} />
          <strong>{name}</strong>
          <Button size="small" icon={<RightOutlined />} aria-label={t("next")} onClick={() => setMonth(month.add(1, "month"))} />
        </span>
      )}
      extra={<Button size="small" onClick={() => setMonth(dayjs().startOf("month"))}>{t("today")}</Button>}
    >
      {query.data?.days.some((day) => !day.is_certain) ? <Alert type="warning" showIcon title={t("uncertain")} style={{ marginBottom: 8 }} /> : null}
      {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isLoading ? <Skeleton active /> : null}
      <div className={css.grid}>
        {WEEK.map((day) => <div key={day} className={css.weekday}>{t(`weekday.${day}`)}</div>)}
        {Array.from({ length: lead }, (_, index) => <div key={`lead-${index}`} />)}
        {(query.data?.days ?? []).map((day) => (
          <button
            key={day.day} type="button" disabled={!mayChange} onClick={() => setEditing(day)}
            aria-label={`${day.day} ${t(day.is_open ? "open" : "closed")}`}
            className={cx(css.day, !day.is_open && css.closed, day.reason === "exception" && css.exception, day.day === today && css.today)}
          >
            <span className={css.number}>{Number(day.day.slice(8))}</span>
            <span className={css.small}>{day.is_open ? clock(day.cutoff) : t("closed")}</span>
            <span className={css.small}>{day.note || (day.holiday ? t(`holiday.${day.holiday}`) : t(`reason.${day.reason}`))}</span>
          </button>
        ))}
      </div>
      {editing ? <DayDialog warehouseId={warehouseId} day={editing} onClose={() => setEditing(null)} /> : null}
    </Section>
  );
}

function TermsDialog({ terms, onClose }: { terms: Terms; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const client = useQueryClient();
  const money = (value: string | null) => (value === null ? null : Number(value));
  const amount = <InputNumber min={0} step={0.1} style={{ width: "100%" }} placeholder={t("usual")} />;
  const limit = <InputNumber min={0} precision={0} style={{ width: "100%" }} placeholder={t("unlimited")} />;
  return (
    <RecordDialog
      title={t("edit")}
      width={640}
      initialValues={{ ...terms, cutoff: picked(terms.cutoff_time), parcel_cost: money(terms.parcel_cost), line_cost: money(terms.line_cost), unit_cost: money(terms.unit_cost) }}
      onClose={onClose}
      onSubmit={async ({ cutoff, ...values }: Record<string, unknown>) => {
        await api.patch(`/warehouses/${terms.id}`, { ...values, cutoff_time: sent(cutoff as Dayjs | null) });
        await client.invalidateQueries({ queryKey: ["calendar"] });
      }}
    >
      <FormSection title={t("terms")}>
        <Form.Item name="kind" label={t("kind")}><Select options={["warehouse", "store", "supplier"].map((value) => ({ value, label: t(`kinds.${value}`) }))} /></Form.Item>
        <Form.Item name="weekdays" label={t("weekdays")}><Select mode="multiple" options={WEEK.map((value) => ({ value, label: t(`weekday.${value}`) }))} /></Form.Item>
        <Form.Item name="keeps_holidays" label={t("keepsHolidays")} extra={t("keepsHolidaysHint")} valuePropName="checked"><Switch /></Form.Item>
        <Form.Item name="cutoff" label={t("cutoff")}><TimePicker format="HH:mm" minuteStep={5} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="handling_minutes" label={t("handling")} extra={t("handlingHint")}><InputNumber min={0} max={14400} precision={0} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="daily_orders" label={t("dailyOrders")}>{limit}</Form.Item>
        <Form.Item name="daily_units" label={t("dailyUnits")}>{limit}</Form.Item>
        <Form.Item name="parcel_cost" label={t("parcelCost")} extra={t("costHint")}>{amount}</Form.Item>
        <Form.Item name="line_cost" label={t("lineCost")}>{amount}</Form.Item>
        <Form.Item name="unit_cost" label={t("unitCost")}>{amount}</Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

function TermsCard({ warehouseId, mayChange }: { warehouseId: Id; mayChange: boolean }) {
  const { t } = useTranslation(NS);
  const [editing, setEditing] = useState(false);
  const query = useQuery({ queryKey: ["calendar", warehouseId, "terms"], queryFn: ({ signal }) => api.get<Terms>(`/warehouses/${warehouseId}`, undefined, signal) });
  const terms = query.data;
  if (!terms) return <Section title={t("terms")}><Skeleton active /></Section>;
  const facts: [string, string][] = [
    [t("kind"), t(`kinds.${terms.kind}`)],
    [t("weekdays"), terms.weekdays.map((day) => t(`weekday.${day}`)).join(" ")],
    [t("keepsHolidays"), t(terms.keeps_holidays ? "yes" : "no")],
    [t("cutoff"), clock(terms.cutoff_time) ?? "17:00"],
    [t("handling"), String(terms.handling_minutes)],
    [t("dailyOrders"), terms.daily_orders === null ? t("unlimited") : String(terms.daily_orders)],
    [t("dailyUnits"), terms.daily_units === null ? t("unlimited") : String(terms.daily_units)],
    [t("parcelCost"), terms.parcel_cost ?? t("usual")],
    [t("lineCost"), terms.line_cost ?? t("usual")],
    [t("unitCost"), terms.unit_cost ?? t("usual")],
  ];
  return (
    <Section title={t("terms")} extra={mayChange ? <Button size="small" icon={<EditOutlined />} onClick={() => setEditing(true)}>{t("edit")}</Button> : null}>
      <dl className={css.facts}>
        {facts.map(([label, value]) => [<dt key={label}>{label}</dt>, <dd key={`${label}=`}>{value}</dd>])}
      </dl>
      {editing ? <TermsDialog terms={terms} onClose={() => setEditing(false)} /> : null}
    </Section>
  );
}

function Cutoffs({ warehouseId, mayChange }: { warehouseId: Id; mayChange: boolean }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const services = useQuery({ queryKey: ["options", "/carrier-services"], queryFn: ({ signal }) => api.get<Page<Ref>>("/carrier-services", { active: true, limit: 100 }, signal) });
  const cutoffs = useQuery({ queryKey: ["calendar", warehouseId, "cutoffs"], queryFn: ({ signal }) => api.get<{ items: ServiceCutoff[] }>(`/warehouses/${warehouseId}/cutoffs`, undefined, signal) });
  const own = new Map(cutoffs.data?.items.map((item) => [item.service.id, item.cutoff_time]));
  const set = async (service: Ref, value: Dayjs | null) => {
    try {
      await api.put("/cutoffs", { service_id: service.id, warehouse_id: warehouseId, cutoff_time: sent(value) });
      await client.invalidateQueries({ queryKey: ["calendar"] });
      void message.success(t("saved"));
    } catch (problem) {
      report(problem);
    }
  };
  const rows = services.data?.items ?? [];
  return (
    <Section title={t("cutoffs")}>
      {services.data && rows.length === 0 ? <EmptyState compact title={t("noServices")} /> : null}
      {rows.map((service) => (
        <div key={service.id} className={css.cutoff}>
          <span>{service.name}</span>
          <TimePicker size="small" format="HH:mm" minuteStep={5} disabled={!mayChange} placeholder={t("asWarehouse")} aria-label={`${t("addCutoff")} ${service.name}`} value={picked(own.get(service.id) ?? null)} onChange={(value: Dayjs | null) => void set(service, value)} style={{ width: 130 }} />
        </div>
      ))}
    </Section>
  );
}

/** On which days a warehouse ships and until when; holidays and working weekends of China are known. */
export default function CalendarPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { warehouse } = useScope();
  const [chosen, setChosen] = useState<Id | null>(null);
  const list = useQuery({ queryKey: ["options", "/warehouses"], queryFn: ({ signal }) => api.get<Page<Ref>>("/warehouses", { active: true, limit: 100 }, signal) });
  const id = chosen ?? warehouse?.id ?? list.data?.items[0]?.id ?? null;
  return (
    <>
      <PageHeader
        title={t("title")} hint={t("hint")}
        actions={<Select aria-label={t("chooseWarehouse")} style={{ minWidth: 180 }} value={id} onChange={setChosen} options={(list.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))} />}
      />
      <PageBody>
        {list.error ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.data && id === null ? <EmptyState title={t("noWarehouse")} /> : null}
        {id === null ? null : (
          <div className={css.columns}>
            <Month key={id} warehouseId={id} mayChange={can("facility.warehouse.change")} />
            <div className={css.side}>
              <TermsCard warehouseId={id} mayChange={can("facility.warehouse.change")} />
              {can("shipping.carrier.view") ? <Cutoffs warehouseId={id} mayChange={can("shipping.rate.manage")} /> : null}
            </div>
          </div>
        )}
      </PageBody>
    </>
  );
}
