import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Page } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { useScope } from "@/shared/session/scope";
import { useNeed } from "./AsnDialogs";
import NS from "./locale";
import type { Appointment, AsnRow, Slot } from "./types";

/** The day of a moment where the warehouse stands, as YYYY-MM-DD. */
export function dayIn(zone: string, moment: Date): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(moment);
}

/** Hour and minute of a moment where the warehouse stands. */
export function clockIn(zone: string, moment: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(new Date(moment));
}

interface Booking {
  slot: string;
  minutes?: number;
  asn_ids?: number[];
  plate?: string;
  carrier_name?: string;
  driver_name?: string;
  driver_phone?: string;
  pallet_count?: number;
  note?: string;
}

/** Book a dock at a free time, or give what is booked another one. */
export function BookDialog({ warehouseId, day: first, moving, onClose }: { warehouseId: number; day?: string; moving?: Appointment; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const need = useNeed();
  const { timeZone } = useScope();
  const [day, setDay] = useState(first ?? dayIn(timeZone, moving?.planned_at ? new Date(moving.planned_at) : new Date()));
  const [form, setForm] = useState<{ minutes?: number | undefined; pallets: number }>({ pallets: moving?.pallet_count ?? 0, minutes: moving?.start && moving.end ? Math.round((Date.parse(moving.end) - Date.parse(moving.start)) / 60_000) : undefined });
  const slots = useQuery({
    queryKey: ["options", "dock-slots", warehouseId, day, form, moving?.id],
    queryFn: ({ signal }) => api.get<{ minutes: number; items: Slot[] }>(`/warehouses/${warehouseId}/dock-slots`, { day, pallets: form.pallets, minutes: form.minutes, appointment_id: moving?.id }, signal),
    placeholderData: keepPreviousData,
  });
  const [text, setText] = useState("");
  const asns = useQuery({ queryKey: ["options", "asns", warehouseId, text], queryFn: ({ signal }) => api.get<Page<AsnRow>>("/asns", { warehouse_id: warehouseId, state: ["announced", "receiving"], q: text, limit: 50 }, signal), enabled: !moving });
  /** How long the dock is needed follows from the pallets that the announcements name. */
  const bring = (ids: number[]) => {
    const pallets = (asns.data?.items ?? []).filter((one) => ids.includes(one.id)).reduce((sum, one) => sum + one.pallet_count, 0);
    if (pallets > 0) setForm((before) => ({ ...before, pallets }));
  };
  const options = (slots.data?.items ?? []).map((slot) => ({ value: `${slot.dock_id}|${slot.start}`, label: `${clockIn(timeZone, slot.start)}–${clockIn(timeZone, slot.end)} · ${slot.dock_code}` }));
  return (
    <RecordDialog<Booking>
      title={moving ? `${t("app.move")} ${moving.number}` : t("dock.book")}
      submitLabel={moving ? t("app.move") : t("dock.book")}
      onClose={onClose}
      onSubmit={({ slot, asn_ids: ids, ...rest }) => {
        const [dock, start] = slot.split("|");
        const body = { dock_id: Number(dock), start, minutes: form.minutes ?? slots.data?.minutes ?? null };
        return moving ? api.post(`/appointments/${moving.id}/move`, body) : api.post("/appointments", { ...rest, ...body, pallet_count: form.pallets, warehouse_id: warehouseId, asn_ids: ids ?? [] });
      }}
    >
      <FormSection title={t("dock.slot")}>
        <Form.Item label={t("dock.day")} htmlFor="book-day"><Input id="book-day" type="date" value={day} onChange={(event) => setDay(event.target.value || day)} /></Form.Item>
        {moving ? null : <Form.Item label={t("col.pallets")} htmlFor="book-pallets"><InputNumber id="book-pallets" min={0} max={1000} precision={0} value={form.pallets} style={{ width: "100%" }} onChange={(value) => setForm({ ...form, pallets: value ?? 0 })} /></Form.Item>}
        <Form.Item label={t("dock.minutes")} htmlFor="book-minutes"><InputNumber id="book-minutes" min={5} max={1440} step={15} precision={0} style={{ width: "100%" }} {...(form.minutes ? { value: form.minutes } : {})} placeholder={String(slots.data?.minutes ?? "")} onChange={(value) => setForm({ ...form, minutes: value ?? undefined })} /></Form.Item>
        <Form.Item name="slot" label={t("dock.time")} rules={need(t("dock.time"))}><Select showSearch={{ optionFilterProp: "label" }} options={options} loading={slots.isFetching} notFoundContent={t("dock.noSlots")} /></Form.Item>
      </FormSection>
      {moving ? null : (
        <FormSection title={t("app.one")}>
          <Form.Item name="asn_ids" label={t("app.asns")}><Select mode="multiple" showSearch={{ filterOption: false, onSearch: setText }} onChange={(ids: number[]) => bring(ids)} options={(asns.data?.items ?? []).map((one) => ({ value: one.id, label: [one.number, one.supplier?.name].filter(Boolean).join(" · ") }))} /></Form.Item>
          <Form.Item name="plate" label={t("col.plate")}><Input maxLength={20} /></Form.Item>
          <Form.Item name="carrier_name" label={t("col.carrier")}><Input maxLength={100} /></Form.Item>
          <Form.Item name="driver_name" label={t("col.driver")}><Input maxLength={50} /></Form.Item>
          <Form.Item name="driver_phone" label={t("app.phone")}><Input maxLength={32} inputMode="tel" /></Form.Item>
          <Form.Item name="note" label={t("col.note")}><Input maxLength={500} /></Form.Item>
        </FormSection>
      )}
    </RecordDialog>
  );
}
