import { useQueryClient } from "@tanstack/react-query";
import { App, Progress, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { DetailDrawer, DetailPage, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { useAsk } from "@/shared/form/useAsk";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import { Timeline } from "@/shared/ui/Timeline";
import NS from "./locale";
import { useCount } from "./queries";
import type { CountDetail as Detail, PlaceRow, ZoneProgress } from "./types";
import { CountState, percent } from "./words";

function Zones({ count }: { count: Detail }) {
  const { t } = useTranslation(NS);
  return (
    <Table<ZoneProgress>
      size="small"
      rowKey="id"
      pagination={false}
      dataSource={count.zones}
      columns={[
        { title: t("col.zone"), render: (_, row) => (row.code === row.name ? row.code : `${row.code} ${row.name}`) },
        { title: t("col.progress"), width: 200, render: (_, row) => <Progress percent={Math.floor((row.done / Math.max(row.places, 1)) * 100)} size="small" format={() => `${row.done} / ${row.places}`} /> },
        { title: t("col.wrong"), align: "right", render: (_, row) => (row.wrong === null ? <span className="hc-faint">–</span> : <Quantity value={row.wrong} />) },
      ]}
    />
  );
}

function Places({ count }: { count: Detail }) {
  const { t } = useTranslation(NS);
  return (
    <ListPage<PlaceRow>
      id="stock-count-places"
      embedded
      title={t("part.places")}
      path="/stock-count-places"
      baseQuery={{ count: count.id }}
      rowId={(row) => row.id}
      defaultSort="sequence"
      exportPath="/stock-count-places/export"
      onOpen={() => undefined}
      columns={[
        { key: "location", title: t("col.location"), width: 120, render: (row) => <span className="hc-num">{row.location.code}</span> },
        { key: "state", title: t("col.state"), width: 120, render: (row) => <CountState state={row.state} /> },
        { key: "round", title: t("col.round"), width: 80, align: "right", render: (row) => <Quantity value={row.round} /> },
        { key: "chosen", title: t("col.chosen"), width: 100, render: (row) => t(`chosen.${row.chosen}`, { defaultValue: row.chosen }) },
        { key: "risk", title: t("col.risk"), width: 80, align: "right", render: (row) => <span className="hc-num">{percent(row.risk)}</span> },
        { key: "wrong", title: t("col.wrong"), width: 90, render: (row) => (row.is_wrong ? <ToneTag tone="red">{t("col.wrong")}</ToneTag> : null) },
        { key: "by", title: t("col.by"), width: 120, render: (row) => row.done_by },
        { key: "at", title: t("col.at"), width: 110, render: (row) => <DateTime value={row.done_at} /> },
        { key: "reason", title: t("col.reason"), width: 160, render: (row) => row.skip_reason },
      ]}
      empty={{ title: t("empty.title") }}
    />
  );
}

function useContent(count: Detail | undefined): DetailContent | null {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const client = useQueryClient();
  const report = useReportProblem();
  const { message } = App.useApp();
  const ask = useAsk();
  const [busy, setBusy] = useState<string | null>(null);
  if (!count) return null;
  const run = async (code: string, path: string, text: string, body?: Record<string, unknown>) => {
    const answer = await ask({ title: t(`action.${code}`), okText: t(`action.${code}`), text, danger: code === "cancel", ...(code === "cancel" ? { note: { name: "note", label: t("ask.note") } } : {}) });
    if (!answer) return;
    setBusy(code);
    try {
      await api.post(`/stock-counts/${count.id}/${path}`, { ...body, ...answer });
      void message.success(t(`done.${code}`));
      await Promise.all([client.invalidateQueries({ queryKey: ["detail", "count"] }), client.invalidateQueries({ queryKey: ["list"] })]);
    } catch (error) {
      report(error);
    } finally {
      setBusy(null);
    }
  };
  const posting = count.post_state === "queued" || count.post_state === "running";
  const actions: DetailAction[] = [
    ...(count.state === "draft" && can("stockkeeping.count.manage") ? [{ code: "release", label: t("action.release"), primary: true, loading: busy === "release", run: () => void run("release", "release", t("ask.release")) }] : []),
    ...(count.to_post_count > 0 && !posting && can("stockkeeping.count.post") ? [{ code: "post", label: t("action.post"), primary: true, loading: busy === "post", run: () => void run("post", "post", t("ask.post")) }] : []),
    ...(posting && can("stockkeeping.count.post") ? [{ code: "stop", label: t("action.stop"), loading: busy === "stop", run: () => void run("stop", "post-stop", t("done.stop")) }] : []),
    ...(["draft", "open"].includes(count.state) && can("stockkeeping.count.manage") ? [{ code: "cancel", label: t("action.cancel"), danger: true, loading: busy === "cancel", run: () => void run("cancel", "cancel", t("ask.cancel")) }] : []),
  ];
  return {
    kind: t("one"),
    number: count.number,
    subtitle: count.reason ? `${t(`kind.${count.kind}`)} · ${t(`reason.${count.reason}`)}` : t(`kind.${count.kind}`),
    state: <CountState state={count.state} />,
    actions,
    facts: [
      { label: t("fact.warehouse"), value: `${count.warehouse.code} ${count.warehouse.name}` },
      { label: t("fact.blind"), value: t(count.is_blind ? "fact.isBlind" : "fact.isShown") },
      { label: t("fact.progress"), value: t("fact.places", { done: count.place_done, all: count.place_count }) },
      { label: t("fact.differences"), value: <Link to={`/stock/counts/lines?count=${count.id}&differs=true`}><Quantity value={count.difference_count} /></Link> },
      { label: t("fact.value"), value: count.value_difference === null ? <span className="hc-faint">{t("fact.hidden")}</span> : <Money amount={count.value_difference} /> },
      ...(count.skipped > 0 ? [{ label: t("fact.skipped"), value: <Quantity value={count.skipped} /> }] : []),
      ...(posting ? [{ label: t("fact.posting"), value: <Progress percent={count.post_total ? Math.floor((count.post_done / count.post_total) * 100) : 0} size="small" format={() => t("fact.postingNow", { done: count.post_done, all: count.post_total })} />, wide: true }] : []),
      { label: t("fact.made"), value: <><DateTime value={count.created_at} /> · {count.created_by}</> },
      ...(count.closed_at ? [{ label: t("fact.closed"), value: <DateTime value={count.closed_at} /> }] : []),
      ...(count.note ? [{ label: t("fact.note"), value: count.note, wide: true }] : []),
    ],
    tabs: [
      { key: "progress", label: t("part.progress"), children: <Zones count={count} /> },
      { key: "places", label: t("part.places"), count: count.place_count, children: <Places count={count} /> },
      {
        key: "history", label: t("part.history"),
        children: <Timeline events={[...count.events].reverse().map((event, index) => ({ id: index, at: event.at, who: event.actor, title: t(`event.${event.action.split(".").at(-1) ?? ""}`, { ...event.data, defaultValue: event.action }), tone: "grey" as const, note: null }))} />,
      },
    ],
  };
}

export function CountDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useCount(id);
  const content = useContent(query.data);
  return <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/stock/counts/${id}`} />;
}

export function CountFullPage({ id }: { id: string }) {
  const query = useCount(id);
  const content = useContent(query.data);
  return <DetailPage query={query} content={content} />;
}
