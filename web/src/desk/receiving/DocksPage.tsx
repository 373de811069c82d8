import { LeftOutlined, PlusOutlined, RightOutlined, StopOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, InputNumber, Segmented, Select, Space, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { useNow } from "@/shared/format/format";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState } from "@/shared/ui/ErrorState";
import { Kpi } from "@/shared/ui/Kpi";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import { AppointmentDrawer } from "./AppointmentDetail";
import { useNeed } from "./AsnDialogs";
import { BookDialog, clockIn, dayIn } from "./BookDialog";
import css from "./docks.module.css";
import NS from "./locale";
import type { Appointment, Dock, DockDay, DockTimes } from "./types";
import { Minutes, State } from "./words";

const HOUR = 3_600_000;
const DAYS = 30;

/** From the first opening to the last closing of the day, wide enough for what is booked. */
function hoursOf(day: DockDay): [number, number] {
  const midnight = Date.parse(day.start);
  const weekday = ((new Date(`${day.day}T12:00:00Z`).getUTCDay() + 6) % 7) + 1;
  const spans = day.docks.flatMap((dock) => dock.hours.filter((one) => one.weekday === weekday));
  const open = spans.map((one) => Number(one.opens.slice(0, 2)));
  const shut = spans.map((one) => Math.ceil(Number(one.closes.slice(0, 2)) + Number(one.closes.slice(3, 5)) / 60));
  const starts = day.appointments.filter((one) => one.start).map((one) => Math.floor((Date.parse(one.start as string) - midnight) / HOUR));
  const ends = day.appointments.filter((one) => one.end).map((one) => Math.ceil((Date.parse(one.end as string) - midnight) / HOUR));
  const low = Math.max(0, Math.min(8, ...open, ...starts));
  const high = Math.min(24, Math.max(18, ...shut, ...ends));
  return [low, high];
}

function Lane({ day, dock, low, high, onOpen }: { day: DockDay; dock: Dock; low: number; high: number; onOpen: (row: Appointment) => void }) {
  const { t } = useTranslation(NS);
  const now = useNow().getTime();
  const midnight = Date.parse(day.start);
  const place = (moment: number) => Math.min(100, Math.max(0, ((moment - midnight) / HOUR - low) * (100 / (high - low))));
  const weekday = ((new Date(`${day.day}T12:00:00Z`).getUTCDay() + 6) % 7) + 1;
  const inDay = now >= midnight && now < Date.parse(day.end);
  return (
    <div className={css.row}>
      <div className={css.name}><strong>{dock.code}</strong> <span className="hc-muted">{dock.name}</span></div>
      <div className={css.lane}>
        {dock.hours.filter((one) => one.weekday === weekday).map((one) => {
          const at = (text: string) => midnight + (Number(text.slice(0, 2)) + Number(text.slice(3, 5)) / 60) * HOUR;
          return <div key={one.opens} className={css.open} style={{ left: `${place(at(one.opens))}%`, width: `${place(at(one.closes)) - place(at(one.opens))}%` }} />;
        })}
        {day.appointments.filter((one) => one.dock?.id === dock.id && one.start && one.end).map((one) => {
          const left = place(Date.parse(one.start as string));
          const width = Math.max(place(Date.parse(one.end as string)) - left, 2);
          const who = one.kind === "closure" ? t("kind.closure") : (one.supplier?.name ?? one.carrier_name) || one.number;
          const words = [`${clockIn(day.timezone, one.start as string)}–${clockIn(day.timezone, one.end as string)}`, who, one.plate, t(`state.${one.state}`)].filter(Boolean).join(" · ");
          return (
            <button key={one.id} type="button" className={`${css.block} ${css[one.kind === "closure" ? "closure" : one.state] ?? ""}`} style={{ left: `${left}%`, width: `${width}%` }} title={words} aria-label={words} onClick={() => onOpen(one)}>
              <span className={css.who}>{who}</span>
              <span className={css.what}>{one.plate || t(`state.${one.state}`)}</span>
            </button>
          );
        })}
        {inDay ? <div className={css.now} style={{ left: `${place(now)}%` }} aria-hidden /> : null}
      </div>
    </div>
  );
}

function Board({ day, onOpen }: { day: DockDay; onOpen: (row: Appointment) => void }) {
  const [low, high] = hoursOf(day);
  const each = Math.ceil((high - low) / 12);
  const hours = Array.from({ length: Math.ceil((high - low) / each) }, (_, index) => low + index * each);
  return (
    <div className={css.board}>
      <div className={css.row}>
        <div className={css.name} />
        <div className={css.hours}>{hours.map((hour) => <span key={hour} style={{ width: `${(100 * Math.min(each, high - hour)) / (high - low)}%` }}>{String(hour).padStart(2, "0")}:00</span>)}</div>
      </div>
      {day.docks.filter((dock) => dock.is_active).map((dock) => <Lane key={dock.id} day={day} dock={dock} low={low} high={high} onOpen={onOpen} />)}
    </div>
  );
}

function Queue({ day, onOpen }: { day: DockDay; onOpen: (row: Appointment) => void }) {
  const { t } = useTranslation(NS);
  return day.queue.length === 0 ? (
    <EmptyState compact title={t("dock.queueEmpty")} />
  ) : (
    <ul className={css.queue}>
      {day.queue.map((row) => (
        <li key={row.id}>
          <button type="button" onClick={() => onOpen(row)}>
            <strong>{row.plate || row.number}</strong> <span className="hc-muted">{row.supplier?.name ?? row.carrier_name}</span>
            <span className={css.wait}><Minutes seconds={row.waiting_seconds} />{row.dock ? ` · ${row.dock.code}` : ""}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Times({ warehouseId }: { warehouseId: number }) {
  const { t } = useTranslation(NS);
  const [by, setBy] = useState<"by_day" | "by_partner">("by_day");
  const [span] = useState(() => ({ start: new Date(Date.now() - DAYS * 24 * HOUR).toISOString(), end: new Date(Date.now() + 24 * HOUR).toISOString() }));
  const times = useQuery({ queryKey: ["list", "dock-times", warehouseId, span], queryFn: ({ signal }) => api.get<Record<"by_day" | "by_partner", DockTimes[]>>("/dock-times", { ...span, warehouse_id: warehouseId }, signal) });
  const rows = times.data?.by_day ?? [];
  const total = (key: "arrived" | "late" | "no_shows") => rows.reduce((sum, row) => sum + row[key], 0);
  const mean = (key: "waiting_seconds" | "unloading_seconds") => {
    const known = rows.filter((row) => row[key] !== null && row.arrived > 0);
    const trucks = known.reduce((sum, row) => sum + row.arrived, 0);
    return trucks === 0 ? null : Math.round(known.reduce((sum, row) => sum + (row[key] ?? 0) * row.arrived, 0) / trucks / 60);
  };
  return (
    <Section title={`${t("dock.times")} · ${t("dock.last", { days: DAYS })}`} extra={<Segmented<"by_day" | "by_partner"> size="small" aria-label={t("dock.times")} value={by} onChange={(value) => setBy(value)} options={[{ value: "by_day", label: t("dock.byDay") }, { value: "by_partner", label: t("dock.byPartner") }]} />}>
      <div className={css.kpis}>
        <Kpi label={t("dock.arrivedCount")} value={total("arrived")} loading={times.isLoading} />
        <Kpi label={t("dock.waiting")} value={mean("waiting_seconds")} unit={t("dock.min")} loading={times.isLoading} />
        <Kpi label={t("dock.unloading")} value={mean("unloading_seconds")} unit={t("dock.min")} loading={times.isLoading} />
        <Kpi label={t("dock.late")} value={total("late")} tone={total("late") > 0 ? "orange" : undefined} loading={times.isLoading} />
        <Kpi label={t("dock.noShows")} value={total("no_shows")} tone={total("no_shows") > 0 ? "red" : undefined} loading={times.isLoading} to="/appointments?tab=no_show" />
      </div>
      <Table<DockTimes>
        size="small" rowKey="key" pagination={{ pageSize: 10, hideOnSinglePage: true }} dataSource={(times.data?.[by] ?? []).toReversed()}
        columns={[
          { title: by === "by_day" ? t("dock.day") : t("dock.partner"), dataIndex: "key" },
          { title: t("dock.arrivedCount"), dataIndex: "arrived", align: "right" },
          { title: t("dock.late"), dataIndex: "late", align: "right" },
          { title: t("dock.noShows"), dataIndex: "no_shows", align: "right" },
          { title: t("dock.waiting"), align: "right", render: (_, row) => <Minutes seconds={row.waiting_seconds} /> },
          { title: t("dock.p90"), align: "right", render: (_, row) => <Minutes seconds={row.waiting_p90_seconds} /> },
          { title: t("dock.unloading"), align: "right", render: (_, row) => <Minutes seconds={row.unloading_seconds} /> },
          { title: t("col.pallets"), dataIndex: "pallets", align: "right" },
        ]}
      />
    </Section>
  );
}

function WalkInDialog({ warehouseId, onClose }: { warehouseId: number; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const need = useNeed();
  return (
    <RecordDialog<Record<string, string>> title={t("dock.walkIn")} onClose={onClose} onSubmit={(values) => api.post("/trucks", { ...values, warehouse_id: warehouseId })}>
      <FormSection title="">
        <Form.Item name="plate" label={t("col.plate")} rules={need(t("col.plate"))}><Input maxLength={20} /></Form.Item>
        <Form.Item name="carrier_name" label={t("col.carrier")}><Input maxLength={100} /></Form.Item>
        <Form.Item name="driver_name" label={t("col.driver")}><Input maxLength={50} /></Form.Item>
        <Form.Item name="driver_phone" label={t("app.phone")}><Input maxLength={32} inputMode="tel" /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

function ClosureDialog({ warehouseId, day, docks, onClose }: { warehouseId: number; day: DockDay; docks: Dock[]; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const need = useNeed();
  return (
    <RecordDialog<{ dock_id: number; time: string; minutes: number; note?: string }>
      title={t("dock.closed")}
      initialValues={{ time: "08:00", minutes: 60 }}
      onClose={onClose}
      onSubmit={({ time, ...rest }) => {
        const start = new Date(Date.parse(day.start) + (Number(time.slice(0, 2)) + Number(time.slice(3, 5)) / 60) * HOUR).toISOString();
        return api.post("/appointments", { ...rest, start, kind: "closure", warehouse_id: warehouseId });
      }}
    >
      <FormSection title={t("dock.closedHint")}>
        <Form.Item name="dock_id" label={t("col.dock")} rules={need(t("col.dock"))}><Select options={docks.map((dock) => ({ value: dock.id, label: dock.code }))} /></Form.Item>
        <Form.Item name="time" label={t("dock.time")} rules={need(t("dock.time"))}><Input type="time" /></Form.Item>
        <Form.Item name="minutes" label={t("dock.minutes")} rules={need(t("dock.minutes"))}><InputNumber min={5} max={1440} precision={0} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="note" label={t("col.note")}><Input maxLength={500} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

export default function DocksPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { warehouse, timeZone } = useScope();
  const [params, setParams] = useSearchParams();
  const [dialog, setDialog] = useState<"book" | "walkIn" | "closure" | null>(null);
  const today = dayIn(timeZone, new Date());
  const day = params.get("day") ?? today;
  const open = params.get("open");
  const put = (name: string, value: string | null) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      if (value === null) next.delete(name);
      else next.set(name, value);
      return next;
    }, { replace: name === "day" });
  const step = (days: number) => put("day", new Date(Date.parse(`${day}T12:00:00Z`) + days * 24 * HOUR).toISOString().slice(0, 10));
  const query = useQuery({ queryKey: ["list", "dock-day", warehouse?.id, day], queryFn: ({ signal }) => api.get<DockDay>(`/warehouses/${warehouse?.id}/dock-day`, { day }, signal), enabled: warehouse !== null, refetchInterval: 30_000 });
  const data = query.data;
  const id = Number(warehouse?.id);
  const hasDocks = (data?.docks ?? []).some((dock) => dock.is_active);
  return (
    <>
      <PageHeader
        title={t("dock.title")}
        hint={t("dock.hint")}
        actions={
          warehouse ? (
            <Space wrap>
              <Space.Compact>
                <Button icon={<LeftOutlined />} aria-label={t("dock.before")} onClick={() => step(-1)} />
                <Input type="date" aria-label={t("dock.day")} value={day} style={{ width: 150 }} onChange={(event) => put("day", event.target.value || today)} />
                <Button icon={<RightOutlined />} aria-label={t("dock.after")} onClick={() => step(1)} />
              </Space.Compact>
              <Button onClick={() => put("day", null)} disabled={day === today}>{t("dock.today")}</Button>
              {can("inbound.appointment.work") ? <Button onClick={() => setDialog("walkIn")}>{t("dock.walkIn")}</Button> : null}
              {can("inbound.appointment.manage") && hasDocks ? <Button icon={<StopOutlined />} onClick={() => setDialog("closure")}>{t("dock.closed")}</Button> : null}
              {can("inbound.appointment.manage") && hasDocks ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setDialog("book")}>{t("dock.book")}</Button> : null}
            </Space>
          ) : null
        }
      />
      <PageBody>
        {warehouse === null ? <EmptyState title={t("dock.pickWarehouse")} hint={t("dock.pickWarehouseHint")} /> : null}
        {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
        {data && !hasDocks ? <EmptyState title={t("dock.noDocks")} hint={t("dock.noDocksHint")} action={<Link to="/receiving-policy">{t("dock.toPolicy")}</Link>} /> : null}
        {data && hasDocks ? (
          <div className={css.columns}>
            <Section title={t("dock.board")} extra={<Space size="small" wrap>{["booked", "arrived", "docked", "left"].map((state) => <State key={state} state={state} />)}</Space>}><Board day={data} onOpen={(row) => put("open", String(row.id))} /></Section>
            <Section title={`${t("dock.queue")} ${data.queue.length}`}><Queue day={data} onOpen={(row) => put("open", String(row.id))} /></Section>
          </div>
        ) : null}
        {data && hasDocks ? <Times warehouseId={id} /> : null}
      </PageBody>
      {open ? <AppointmentDrawer id={open} onClose={() => put("open", null)} /> : null}
      {dialog === "book" ? <BookDialog warehouseId={id} day={day} onClose={() => setDialog(null)} /> : null}
      {dialog === "walkIn" ? <WalkInDialog warehouseId={id} onClose={() => setDialog(null)} /> : null}
      {dialog === "closure" && data ? <ClosureDialog warehouseId={id} day={data} docks={data.docks} onClose={() => setDialog(null)} /> : null}
    </>
  );
}
