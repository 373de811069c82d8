import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Tabs } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "@/api";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { CopyText } from "@/shared/ui/CopyText";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { PageHeader } from "@/shared/ui/PageHeader";
import { ToneTag } from "@/shared/ui/StateTag";
import css from "./shipping.module.css";
import NS from "./tracking/locale";
import { TrackTimeline } from "./TrackTimeline";
import type { CarrierCounts, Lane, Track } from "./trackingTypes";
import { share, spanParts, trackTone, troubleTone } from "./trackingWords";
import type { Ref } from "./types";

const STATES = ["created", "picked_up", "in_transit", "out_for_delivery", "at_pickup_point", "attempt_failed", "exception", "returning", "delivered"] as const;
const TROUBLES = ["stalled", "lost", "refused", "damaged", "returned"] as const;
const toOption = ((one: Ref) => ({ value: String(one.id), label: one.name })) as (item: never) => { value: string; label: string };

function isLate(row: Track): boolean {
  return row.promised_at !== null && row.delivered_at === null && !["returned", "cancelled"].includes(row.status) && Date.parse(row.promised_at) < Date.now();
}

/** The last thirty days in one line a carrier. */
function ByCarrier() {
  const { t } = useTranslation(NS);
  const { warehouse } = useScope();
  const query = useQuery({
    queryKey: ["tracks-by-carrier", warehouse?.id ?? null],
    queryFn: ({ signal }) => api.get<{ carriers: CarrierCounts[] }>("/tracks/by-carrier", warehouse ? { warehouse_id: warehouse.id } : undefined, signal),
    staleTime: 60_000,
  });
  const carriers = query.data?.carriers ?? [];
  if (carriers.length === 0) return null;
  return (
    <div className={css.byCarrier} role="list" aria-label={t("board.byCarrier")}>
      {carriers.map((one) => (
        <div key={one.id} className={`hc-card ${css.byCarrierCard ?? ""}`} role="listitem">
          <strong>{one.name}</strong> <span className="hc-faint">{t("board.byCarrier")}</span>
          <dl>
            <dd><Quantity value={one.shipped} /></dd><dd>{share(one.on_time, one.on_time + one.late) === null ? t("none") : t("percent", { value: share(one.on_time, one.on_time + one.late) })}</dd><dd><Quantity value={one.troubled} /></dd>
            <dt>{t("col.shipped")}</dt><dt>{t("col.onTime")}</dt><dt>{t("col.troubled")}</dt>
          </dl>
        </div>
      ))}
    </div>
  );
}

function Parcels() {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<Track>[]>(
    () => [
      { key: "waybill", title: t("col.waybill"), width: 190, fixed: "left", render: (row) => <CopyText text={row.waybill.number} /> },
      { key: "status", title: t("col.status"), width: 110, render: (row) => <ToneTag tone={trackTone(row.status)}>{t(`status.${row.status}`)}</ToneTag> },
      { key: "trouble", title: t("col.trouble"), width: 140, render: (row) => (row.trouble ? <ToneTag tone={troubleTone(row.trouble)}>{t(`trouble.${row.trouble}`)}</ToneTag> : isLate(row) ? <ToneTag tone="orange">{t("late")}</ToneTag> : null) },
      { key: "carrier", title: t("col.carrier"), width: 120, render: (row) => row.carrier.name },
      { key: "service", title: t("col.service"), width: 130, render: (row) => row.service.name },
      { key: "last", title: t("col.lastScan"), width: 120, render: (row) => <DateTime value={row.last_event_at} /> },
      { key: "promised", title: t("col.promised"), width: 130, render: (row) => <DateTime value={row.promised_at} /> },
      { key: "expected", title: t("col.expected"), width: 130, render: (row) => <DateTime value={row.expected_at} /> },
      { key: "reason", title: t("col.reason"), width: 320, render: (row) => row.trouble_words },
      { key: "handed", title: t("col.handed"), width: 120, hidden: true, render: (row) => <DateTime value={row.handed_over_at} /> },
      { key: "delivered", title: t("col.delivered"), width: 120, hidden: true, render: (row) => <DateTime value={row.delivered_at} /> },
      { key: "parcel", title: t("col.parcel"), width: 160, hidden: true, render: (row) => row.waybill.reference },
      { key: "warehouse", title: t("col.warehouse"), width: 120, hidden: true, render: (row) => row.warehouse.name },
      { key: "region", title: t("col.region"), width: 90, hidden: true, render: (row) => row.region_code },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(
    () => [
      { key: "troubled", label: t("board.tab.troubled"), query: { is_troubled: true }, attention: true },
      { key: "late", label: t("board.tab.late"), query: { is_late: true }, attention: true },
      ...TROUBLES.map((kind) => ({ key: `trouble-${kind}`, label: t(`board.tab.${kind}`), query: { trouble: kind }, countKey: `trouble:${kind}` })),
      ...STATES.map((state) => ({ key: state, label: t(`status.${state}`), query: { status: state } })),
      { key: "all", label: t("board.tab.all"), query: {} },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "carrier_id", label: t("col.carrier"), type: "remote", path: "/carriers", toOption },
      { key: "service_id", label: t("col.service"), type: "remote", path: "/carrier-services", toOption },
    ],
    [t],
  );
  return (
    <ListPage<Track>
      id="tracks" embedded title={t("board.title")} path="/tracks" countsPath="/tracks/counts" columns={columns} tabs={tabs} defaultTab="troubled" filters={filters} search={t("board.search")}
      rowId={(row) => row.id} rowName={(row) => row.waybill.number} defaultSort="-id" exportPath="/tracks/export" warehouseParam="warehouse_id" refreshEvery={60_000}
      rowTone={(row) => (row.trouble === "" ? undefined : troubleTone(row.trouble) === "red" ? "red" : "orange")}
      drawer={(id, close) => <TrackDrawer id={id} onClose={close} />}
      empty={{ title: t("board.empty"), hint: t("board.emptyHint") }}
    />
  );
}

/** The row in hand is in the list's cache; its way is asked for by waybill. */
function TrackDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const client = useQueryClient();
  const rows = client.getQueriesData({ queryKey: ["list"] }).flatMap(([, data]) => rowsOf(data));
  const row = rows.find((one) => String(one.id) === id && "waybill" in one);
  return (
    <Drawer open size={620} title={row ? <CopyText text={row.waybill.number} /> : t("way.title")} onClose={onClose}>
      {row ? <TrackTimeline waybillId={row.waybill.id} /> : null}
    </Drawer>
  );
}

function rowsOf(data: unknown): Track[] {
  const pages = (data as { pages?: { items?: Track[] }[]; items?: Track[] } | undefined) ?? {};
  return [...(pages.items ?? []), ...(pages.pages ?? []).flatMap((page) => page.items ?? [])];
}

function Lanes() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const report = useReportProblem();
  const client = useQueryClient();
  const columns = useMemo<ListColumn<Lane>[]>(() => {
    const span = (minutes: number) => {
      const { value, unit } = spanParts(minutes);
      return t(unit, { value });
    };
    const percent = (part: number, whole: number) => {
      const value = share(part, whole);
      return value === null ? <span className="hc-faint">{t("none")}</span> : t("percent", { value });
    };
    return [
      { key: "service", title: t("col.service"), width: 180, render: (row) => row.service.name },
      { key: "warehouse", title: t("col.warehouse"), width: 160, render: (row) => row.warehouse?.name ?? <span className="hc-muted">{t("allWarehouses")}</span> },
      { key: "region", title: t("col.region"), width: 110, render: (row) => row.region_prefix || <span className="hc-muted">{t("allRegions")}</span> },
      { key: "samples", title: t("col.samples"), width: 100, align: "right", sort: "samples", render: (row) => <Quantity value={row.samples} /> },
      { key: "p50", title: t("col.p50"), width: 110, align: "right", render: (row) => span(row.p50_min) },
      { key: "p80", title: t("col.p80"), width: 110, align: "right", sort: "p80", render: (row) => span(row.p80_min) },
      { key: "p95", title: t("col.p95"), width: 110, align: "right", render: (row) => span(row.p95_min) },
      { key: "onTime", title: t("col.onTime"), width: 100, align: "right", render: (row) => percent(row.on_time, row.promised) },
      { key: "loss", title: t("col.loss"), width: 110, align: "right", render: (row) => percent(row.lost + row.damaged, row.shipped) },
      { key: "returns", title: t("col.returns"), width: 100, align: "right", render: (row) => percent(row.returned, row.shipped) },
    ];
  }, [t]);
  const filters = useMemo<ListFilter[]>(() => [{ key: "service_id", label: t("col.service"), type: "remote", path: "/carrier-services", toOption }], [t]);
  const measure = async () => {
    try {
      const answer = await api.post<{ lanes: number }>("/lanes/measure");
      void message.success(t("lanes.measured", { count: answer.lanes }));
      await client.invalidateQueries({ queryKey: ["list"] });
    } catch (error) {
      report(error);
    }
  };
  return (
    <>
      {can("shipping.policy.manage") ? <div style={{ position: "absolute", right: 24, top: 62, zIndex: 2 }}><Button onClick={() => void measure()}>{t("lanes.measure")}</Button></div> : null}
      <ListPage<Lane>
        id="lanes" embedded title={t("lanes.title")} path="/lanes" columns={columns} filters={filters} rowId={(row) => row.id} defaultSort="-samples" exportPath="/lanes/export" warehouseParam="warehouse_id"
        empty={{ title: t("lanes.empty"), hint: t("lanes.emptyHint") }}
      />
    </>
  );
}

/** Where parcels are, which of them are in trouble, and what lanes take. */
export default function TrackingPage() {
  const { t } = useTranslation(NS);
  const [params, setParams] = useSearchParams();
  const part = params.get("dtab") === "lanes" ? "lanes" : "parcels";
  return (
    <div className={css.column}>
      <PageHeader title={t("board.title")} hint={part === "lanes" ? t("lanes.hint") : t("board.hint")} />
      {part === "parcels" ? <ByCarrier /> : null}
      <Tabs className={css.parts ?? ""} activeKey={part} onChange={(key) => setParams({ dtab: key })} items={[{ key: "parcels", label: t("board.parcels") }, { key: "lanes", label: t("board.lanes") }]} />
      <div className={css.fill}>{part === "lanes" ? <Lanes /> : <Parcels />}</div>
    </div>
  );
}
