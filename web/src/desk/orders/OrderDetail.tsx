import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Table, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Page } from "@/api";
import TRACKING from "@/desk/shipping/tracking/locale";
import { trackTone, troubleTone } from "@/desk/shipping/trackingWords";
import { TicketsOfOrder } from "@/desk/tickets/TicketsOfOrder";
import { DetailDrawer, DetailPage, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { DateTime, Money, Quantity, useNow } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { useSession } from "@/shared/session/session";
import { CopyText } from "@/shared/ui/CopyText";
import { EmptyState } from "@/shared/ui/EmptyState";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import { Timeline, type TimelineEvent } from "@/shared/ui/Timeline";
import { BuyerPageDialog } from "./BuyerPage";
import { ChangeOrder } from "./ChangeOrder";
import { Decisions } from "./decisions/Decisions";
import { HoldEvidence } from "./decisions/HoldEvidence";
import { useOrderFacts } from "./facts";
import NS from "./locale";
import { LineMarks, MoveTags, useMoves } from "./moves/useMoves";
import css from "./orders.module.css";
import { Sourcing } from "./sourcing/Sourcing";
import SOURCING from "./sourcing/locale";
import type { Fulfilment, OrderDetail, OrderEvent, OrderHold, OrderLine, Parcel, ParcelTrack } from "./types";
import { eventCode, isLate, orderTone, textsOf } from "./words";

const PARTS = ["shipped", "allocated", "reserved", "backordered", "cancelled"] as const;

/** Where the units of a line are: one bar, and the figures in words. */
function LineProgress({ line }: { line: OrderLine }) {
  const { t, i18n } = useTranslation(NS);
  const number = new Intl.NumberFormat(i18n.language);
  const parts = PARTS.filter((part) => line[part] > 0);
  const words = parts.map((part) => `${t(`qty.${part}`)} ${number.format(line[part])}`).join(" · ");
  return (
    <Tooltip title={words}>
      <div className={css.progress}>
        <div className={css.bar} aria-hidden>
          {parts.map((part) => <span key={part} className={css[part]} style={{ flexGrow: line[part] }} />)}
        </div>
        <span className={css.barText}>{words}</span>
      </div>
    </Tooltip>
  );
}

function Lines({ order }: { order: OrderDetail }) {
  const { t } = useTranslation(NS);
  return (
    <Table<OrderLine>
      size="small"
      rowKey="id"
      pagination={false}
      dataSource={order.lines}
      scroll={{ x: 640 }}
      columns={[
        { title: t("col.line"), dataIndex: "line_no", width: 50 },
        {
          title: t("col.sku"),
          render: (_, line) => (
            <div>
              <Link to={`/products/${line.sku.id}`}>{line.sku.code}</Link>
              <div className="hc-muted">{line.sku.name}</div>
              <LineMarks line={line} />
              {line.kit_sku ? <div className="hc-faint">{t("detail.kit", { code: line.kit_sku.code })}</div> : null}
            </div>
          ),
        },
        { title: t("col.ordered"), width: 80, align: "right", render: (_, line) => <Quantity value={line.quantity} /> },
        { title: t("col.progress"), width: 230, render: (_, line) => <LineProgress line={line} /> },
        { title: t("col.price"), width: 100, align: "right", render: (_, line) => <Money amount={line.unit_price} currency={order.currency} /> },
        { title: t("col.amount"), width: 100, align: "right", render: (_, line) => <Money amount={line.amount} currency={order.currency} /> },
      ]}
    />
  );
}

function Fulfilments({ orderId }: { orderId: number }) {
  const { t } = useTranslation(NS);
  const list = useQuery({
    queryKey: ["detail", "order", String(orderId), "fulfilments"],
    queryFn: ({ signal }) => api.get<Page<Fulfilment>>("/fulfilments", { order_id: orderId, limit: 50 }, signal),
  });
  return (
    <Table<Fulfilment>
      size="small"
      rowKey="id"
      pagination={false}
      loading={list.isLoading}
      dataSource={list.data?.items ?? []}
      locale={{ emptyText: <EmptyState compact title={t("detail.noFulfilments")} hint={t("detail.noFulfilmentsHint")} /> }}
      columns={[
        { title: t("detail.fulfilment"), render: (_, row) => <CopyText text={row.number} /> },
        { title: t("detail.state"), render: (_, row) => <><StateTag state={row.state} ns={NS} group="fulfilment" /> {row.is_stopped ? <ToneTag tone="orange">{t("flag.held")}</ToneTag> : null}</> },
        { title: t("detail.warehouse"), render: (_, row) => row.warehouse?.name },
        { title: t("detail.wave"), render: (_, row) => row.wave?.number ?? "" },
        { title: t("detail.units"), align: "right", render: (_, row) => <Quantity value={row.unit_count} /> },
      ]}
    />
  );
}

/** Where a parcel is, what is wrong with it, and when it arrives or has arrived. */
function TrackStatus({ track }: { track: ParcelTrack }) {
  const { t } = useTranslation(TRACKING);
  return (
    <span className="hc-row" style={{ gap: 4, flexWrap: "wrap" }}>
      <ToneTag tone={trackTone(track.status)}>{t(`status.${track.status}`)}</ToneTag>
      {track.trouble ? <ToneTag tone={troubleTone(track.trouble)}>{t(`trouble.${track.trouble}`)}</ToneTag> : null}
      {track.delivered_at ?? track.expected_at ? <span className="hc-muted"><DateTime value={track.delivered_at ?? track.expected_at} /></span> : null}
    </span>
  );
}

function Parcels({ orderId }: { orderId: number }) {
  const { t } = useTranslation(NS);
  const list = useQuery({
    queryKey: ["detail", "order", String(orderId), "parcels"],
    queryFn: ({ signal }) => api.get<Page<Parcel>>("/parcels", { order_id: orderId, limit: 50 }, signal),
  });
  return (
    <Table<Parcel>
      size="small"
      rowKey="id"
      pagination={false}
      loading={list.isLoading}
      dataSource={list.data?.items ?? []}
      locale={{ emptyText: <EmptyState compact title={t("detail.noParcels")} hint={t("detail.noParcelsHint")} /> }}
      columns={[
        { title: t("detail.parcel"), render: (_, row) => <Link to={`/parcels/${row.id}`}>{row.number}</Link> },
        { title: t("detail.state"), render: (_, row) => <StateTag state={row.state} ns={NS} group="parcel" /> },
        { title: t("detail.carrier"), render: (_, row) => row.waybill?.service.name ?? "" },
        { title: t("detail.tracking"), render: (_, row) => (row.waybill?.number ? <CopyText text={row.waybill.number} /> : "") },
        { title: t("detail.track"), render: (_, row) => (row.waybill?.track ? <TrackStatus track={row.waybill.track} /> : "") },
        { title: t("detail.weight"), align: "right", render: (_, row) => <Quantity value={row.weight_g} unit="g" /> },
      ]}
    />
  );
}

/** What an entry of the log changed: states in words, reasons and notes as they were written. */
function EventNote({ event }: { event: OrderEvent }) {
  const { t } = useTranslation(NS);
  const state = (value: unknown) => (typeof value === "string" ? t(`state.${value}`, { defaultValue: value }) : "");
  const parts: string[] = [];
  if (event.after?.state !== undefined && event.after.state !== event.before?.state)
    parts.push(event.before?.state === undefined ? state(event.after.state) : `${state(event.before.state)} → ${state(event.after.state)}`);
  for (const code of textsOf(event.after, ["codes", "holds", "hold", "code"])) parts.push(t(`hold.${code}`, { defaultValue: code }));
  parts.push(...textsOf(event.after, ["reason", "note", "message"]));
  return parts.length > 0 ? <span>{parts.join(" · ")}</span> : null;
}

function OrderTimeline({ orderId }: { orderId: number }) {
  const { t } = useTranslation(NS);
  const list = useQuery({
    queryKey: ["detail", "order", String(orderId), "timeline"],
    queryFn: ({ signal }) => api.get<{ items: OrderEvent[] }>(`/orders/${orderId}/timeline`, undefined, signal),
  });
  const events = (list.data?.items ?? []).map((event): TimelineEvent => {
    const code = eventCode(event.action);
    return {
      id: event.id,
      at: event.at,
      title: t(`event.${code}`, { defaultValue: code.replaceAll("_", " ") }),
      who: event.actor_kind === "system" ? null : event.actor,
      note: <EventNote event={event} />,
      tone: /hold_placed|held|short|cancel/.test(code) ? "orange" : /shipped|approved|filled|released/.test(code) ? "green" : "grey",
    };
  });
  return <Timeline events={events} />;
}

function useOrder(id: string) {
  return useQuery({
    queryKey: ["detail", "order", id],
    queryFn: ({ signal }) => api.get<OrderDetail>(`/orders/${id}`, undefined, signal),
  });
}

function useOrderContent(order: OrderDetail | undefined): { content: DetailContent | null; dialog: React.ReactNode } {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const ask = useAsk();
  const report = useReportProblem();
  const now = useNow();
  const [busy, setBusy] = useState<string | null>(null);
  const [changing, setChanging] = useState(false);
  const [linking, setLinking] = useState(false);

  const refresh = () => Promise.all([client.invalidateQueries({ queryKey: ["detail", "order"] }), client.invalidateQueries({ queryKey: ["list"] })]);

  const run = async (code: string, body: Record<string, unknown> = {}) => {
    if (!order) return;
    setBusy(code);
    try {
      const answer = await api.post<OrderDetail>(`/orders/${order.id}/${code}`, body);
      await refresh();
      // Approving an order that its customer's credit does not cover holds it.
      if (code === "approve" && answer.is_held) void message.warning(t("hold.credit"));
      else void message.success(t(`done.${code}`, { number: order.number }));
    } catch (error) {
      report(error);
      // It may not be any more what it was when it was shown.
      await refresh();
    } finally {
      setBusy(null);
    }
  };

  const moves = useMoves(order, refresh);
  const facts = useOrderFacts(order);

  if (!order) return { content: null, dialog: null };

  const release = async (hold?: OrderHold) => {
    const answer = await ask({ title: t("action.releaseHold"), okText: t("action.releaseHold"), note: { name: "note", label: t("ask.releaseNote") } });
    if (!answer) return;
    if (hold?.code === "credit") await run("credit-override", answer);
    else await run("release-hold", { ...answer, ...(hold ? { codes: [hold.code] } : {}) });
  };
  const standing = order.holds.filter((hold) => hold.released_at === null);
  const mayRelease = (code: string) => can(code === "credit" ? "partners.credit.override" : "orders.order.release");

  const actions: (DetailAction & { permission: string })[] = [
    { code: "approve", permission: "orders.order.approve", label: t("action.approve"), primary: order.state === "pending", run: () => void run("approve") },
    {
      code: "hold", permission: "orders.order.hold", label: t("action.hold"),
      run: () =>
        void ask({ title: t("action.hold"), okText: t("action.hold"), text: t("ask.holdText"), note: { name: "note", label: t("ask.holdReason"), required: true } }).then((answer) => (answer ? run("hold", answer) : undefined)),
    },
    { code: "change", permission: "orders.order.change", label: t("action.change"), run: () => setChanging(true) },
    {
      code: "cancel", permission: "orders.order.cancel", label: t("action.cancel"), danger: true,
      run: () =>
        void ask({
          title: t("action.cancel"), okText: t("action.cancel"), danger: true,
          text: t("ask.cancelText", { number: order.number, units: order.unit_count }),
          note: { name: "reason", label: t("ask.cancelReason"), required: true },
        }).then((answer) => (answer ? run("cancel", answer) : undefined)),
    },
    ...moves.actions,
    { code: "tracking-link", permission: "portal.link.create", label: t("action.buyerPage"), run: () => setLinking(true) },
  ];

  const content: DetailContent = {
    kind: t("title"),
    number: order.number,
    state: (
      <>
        <StateTag state={order.state} ns={NS} {...(orderTone(order.state) ? { tone: "orange" as const } : {})} />
        {order.is_short ? <ToneTag tone="orange">{t("flag.short")}</ToneTag> : null}
        {order.is_cancelling ? <ToneTag tone="orange">{t("flag.cancelling")}</ToneTag> : null}
        <MoveTags order={order} />
        {isLate(order, now) ? <ToneTag tone="red">{t("flag.late")}</ToneTag> : null}
      </>
    ),
    holds: standing.map((hold) => ({
      id: hold.id,
      reason: t(`hold.${hold.code}`, { defaultValue: hold.code }),
      note: <HoldEvidence hold={hold} />,
      who: hold.placed_by,
      at: hold.placed_at,
      action: mayRelease(hold.code) ? <Button size="small" loading={busy === "release-hold" || busy === "credit-override"} onClick={() => void release(hold)}>{t("action.releaseHold")}</Button> : null,
    })),
    actions: actions.filter((action) => can(action.permission)).map((action) => ({ ...action, loading: busy === action.code })),
    permits: order.actions,
    facts,
    tabs: [
      { key: "lines", label: t("detail.lines"), count: order.lines.length, children: <Lines order={order} /> },
      { key: "sourcing", label: t("tab", { ns: SOURCING }), children: <Sourcing orderId={order.id} /> },
      { key: "decisions", label: t("decisions:tab"), children: <Decisions orderId={order.id} /> },
      ...(can("outbound.fulfilment.view") ? [{ key: "fulfilments", label: t("detail.fulfilments"), children: <Fulfilments orderId={order.id} /> }] : []),
      ...(can("outbound.parcel.view") ? [{ key: "parcels", label: t("detail.parcels"), children: <Parcels orderId={order.id} /> }] : []),
      ...(can("tickets.ticket.view") ? [{ key: "tickets", label: t("detail.tickets"), children: <TicketsOfOrder orderId={order.id} number={order.number} shopId={Number(order.shop.id)} /> }] : []),
      { key: "timeline", label: t("detail.timeline"), children: <OrderTimeline orderId={order.id} /> },
    ],
  };
  return {
    content,
    dialog: changing ? (
      <ChangeOrder order={order} onClose={() => setChanging(false)} onSaved={() => void refresh()} />
    ) : linking ? (
      <BuyerPageDialog order={order} onClose={() => setLinking(false)} />
    ) : (
      moves.dialog
    ),
  };
}

export function OrderDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useOrder(id);
  const { content, dialog } = useOrderContent(query.data);
  return (
    <>
      <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/orders/${id}`} />
      {dialog}
    </>
  );
}

export function OrderFullPage({ id }: { id: string }) {
  const query = useOrder(id);
  const { content, dialog } = useOrderContent(query.data);
  return (
    <>
      <DetailPage query={query} content={content} />
      {dialog}
    </>
  );
}
