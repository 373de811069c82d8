import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { DetailDrawer, DetailPage, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { DateTime, Quantity } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { useSession } from "@/shared/session/session";
import { ToneTag } from "@/shared/ui/StateTag";
import { BookDialog } from "./BookDialog";
import NS from "./locale";
import { useRun } from "./run";
import type { AppointmentFull, Dock } from "./types";
import { Doc, Minutes, State } from "./words";

/** Docks of a warehouse with their hours. */
export function useDocks(warehouseId: number | string | undefined) {
  return useQuery({ queryKey: ["options", "docks", warehouseId], queryFn: ({ signal }) => api.get<{ items: Dock[] }>(`/warehouses/${warehouseId}/docks`, undefined, signal), enabled: warehouseId !== undefined });
}

function useContent(row: AppointmentFull | undefined): { content: DetailContent | null; dialog: ReactNode } {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const ask = useAsk();
  const { busy, run } = useRun();
  const docks = useDocks(row?.warehouse.id);
  const [moving, setMoving] = useState(false);
  if (!row) return { content: null, dialog: null };
  const path = `/appointments/${row.id}`;
  const works = can("inbound.appointment.work");
  const manages = can("inbound.appointment.manage");
  const act = (code: string, label: string, body: Record<string, unknown> = {}, more: Partial<DetailAction> = {}): DetailAction => ({ code, label, loading: busy === code, run: () => void run(code, () => api.post(`${path}/${code}`, body)), ...more });
  const actions: DetailAction[] = [];
  const delivery = row.kind === "delivery";
  if (works && delivery && (row.state === "booked" || row.state === "no_show")) actions.push(act("arrive", t("app.arrive"), {}, { primary: true }));
  if (works && row.state === "arrived")
    actions.push({
      code: "dock", label: t("app.toDock"), primary: true, loading: busy === "dock",
      run: () => void ask({ title: t("app.toDock"), okText: t("app.toDock"), choice: { name: "dock_id", label: t("app.chooseDock"), required: true, options: (docks.data?.items ?? []).filter((one) => one.is_active).map((one) => ({ value: String(one.id), label: one.code })) } }).then((answer) => (answer ? run("dock", () => api.post(`${path}/dock`, { dock_id: Number(answer.dock_id) })) : undefined)),
    });
  if (works && (row.state === "docked" || row.state === "arrived")) actions.push(act("leave", t("app.leave"), {}, { primary: row.state === "docked" }));
  if (manages && (row.state === "booked" || row.state === "arrived")) actions.push({ code: "move", label: t("app.move"), run: () => setMoving(true) });
  if (works && delivery && row.state === "booked") actions.push(act("no-show", t("app.noShow")));
  if (manages && (row.state === "booked" || row.state === "arrived")) actions.push({ code: "cancel", label: t("app.cancel"), danger: true, run: () => void ask({ title: t("app.cancel"), okText: t("app.cancel"), danger: true, note: { name: "reason", label: t("col.note") } }).then((answer) => (answer ? run("cancel", () => api.post(`${path}/cancel`, answer)) : undefined)) });
  return {
    dialog: moving ? <BookDialog warehouseId={row.warehouse.id} moving={row} onClose={() => setMoving(false)} /> : null,
    content: {
      kind: delivery ? t("app.one") : t("kind.closure"),
      number: row.number,
      subtitle: [row.plate, row.supplier?.name ?? row.carrier_name].filter(Boolean).join(" · "),
      state: <><State state={row.state} />{row.is_self_booked ? <ToneTag tone="grey" icon={false}>{t("app.self")}</ToneTag> : null}</>,
      actions,
      facts: [
        { label: t("col.dock"), value: row.dock?.code ?? "—" },
        { label: t("col.planned"), value: <DateTime value={row.planned_at} mode="absolute" /> },
        { label: t("col.arrived"), value: <DateTime value={row.arrived_at} mode="absolute" /> },
        { label: t("col.docked"), value: <DateTime value={row.docked_at} mode="absolute" /> },
        { label: t("col.left"), value: <DateTime value={row.left_at} mode="absolute" /> },
        { label: t("col.waited"), value: <Minutes seconds={row.waiting_seconds} /> },
        { label: t("col.unloaded"), value: <Minutes seconds={row.unloading_seconds} /> },
        { label: t("col.pallets"), value: <Quantity value={row.pallet_count} /> },
        { label: t("col.units"), value: <Quantity value={row.unit_count} /> },
        { label: t("col.carrier"), value: row.carrier_name || "—" },
        { label: t("col.driver"), value: [row.driver.name, row.driver.phone].filter(Boolean).join(" ") || "—" },
        { label: t("col.warehouse"), value: row.warehouse.name },
        ...(row.note ? [{ label: t("col.note"), value: row.note, wide: true }] : []),
      ],
      tabs: [
        { key: "asns", label: t("app.asns"), count: row.asns.length, children: <>{row.asns.map((one) => <p key={one.id}><Doc to="/asns" doc={one} /> <State state={one.state} /> <Quantity value={one.unit_count} /></p>)}</> },
        { key: "receipts", label: t("app.receipts"), count: row.receipts.length, children: <>{row.receipts.map((one) => <p key={one.id}><Doc to="/receipts" doc={one} /> <State state={one.state} /> <Quantity value={one.unit_count} /></p>)}</> },
      ],
    },
  };
}

function useAppointment(id: string) {
  return useQuery({ queryKey: ["detail", "appointment", id], queryFn: ({ signal }) => api.get<AppointmentFull>(`/appointments/${id}`, undefined, signal) });
}

export function AppointmentDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useAppointment(id);
  const { content, dialog } = useContent(query.data);
  return <><DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/appointments/${id}`} />{dialog}</>;
}

export function AppointmentFullPage({ id }: { id: string }) {
  const query = useAppointment(id);
  const { content, dialog } = useContent(query.data);
  return <><DetailPage query={query} content={content} />{dialog}</>;
}
