import { CheckOutlined, RedoOutlined, StopOutlined } from "@ant-design/icons";
import { Table } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DetailDrawer, type DetailContent } from "@/shared/detail/DetailDrawer";
import { useAsk } from "@/shared/form/useAsk";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { useLine } from "./queries";
import type { LineDetail, LineRow, Reading } from "./types";
import { CLASSES, CountState, KINDS, Signed } from "./words";

const TABS = ["approve", "recount", "accepted", "blocked", "posted", "dismissed"] as const;
const WAITING = new Set<string>(["approve", "blocked"]);

function Readings({ line }: { line: LineDetail }) {
  const { t } = useTranslation(NS);
  return (
    <>
      <p className="hc-muted">{t("line.story", { position: line.readings.at(-1)?.position ?? 0 })}</p>
      <Table<Reading>
        size="small"
        rowKey="round"
        pagination={false}
        dataSource={line.readings}
        columns={[
          { title: t("col.round"), dataIndex: "round", width: 70 },
          { title: t("col.counted"), align: "right", render: (_, row) => <Quantity value={row.counted} /> },
          { title: t("col.book"), align: "right", render: (_, row) => (row.book === null ? "–" : <Quantity value={row.book} />) },
          { title: t("col.difference"), align: "right", render: (_, row) => <Signed value={row.difference} /> },
          { title: t("col.by"), dataIndex: "counted_by" },
          { title: t("col.at"), render: (_, row) => <><DateTime value={row.counted_at} />{row.in_motion ? <> <ToneTag tone="orange">{t("fact.inMotion")}</ToneTag></> : null}</> },
        ]}
      />
    </>
  );
}

function Since({ line }: { line: LineDetail }) {
  const { t } = useTranslation(NS);
  if (line.since.length === 0) return <p className="hc-muted">{t("line.empty")}</p>;
  return (
    <Table
      size="small"
      rowKey="movement_id"
      pagination={false}
      dataSource={line.since}
      columns={[
        { title: t("line.movement"), dataIndex: "movement_id", width: 100 },
        { title: t("col.at"), render: (_, row) => <DateTime value={row.at} /> },
        { title: t("line.units"), align: "right", render: (_, row) => <Signed value={row.units} /> },
        { title: t("col.kind"), render: (_, row) => `${row.reason}${row.source_kind ? ` · ${row.source_kind} ${row.source_id ?? ""}` : ""}` },
      ]}
    />
  );
}

function LineDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const query = useLine(id);
  const line = query.data;
  const content: DetailContent | null = line
    ? {
        kind: t("part.lines"),
        number: `${line.sku.code} @ ${line.location.code}`,
        subtitle: line.sku.name,
        state: <><CountState state={line.state} />{line.cause ? <ToneTag tone="grey" icon={false}>{t(`cause.${line.cause}`, { defaultValue: line.cause })}</ToneTag> : null}</>,
        actions: [],
        facts: [
          { label: t("col.number"), value: <Link to={`/stock/counts?tab=${line.count.state === "closed" ? "closed" : "all"}&open=${line.count.id}`}>{line.count.number}</Link> },
          { label: t("col.counted"), value: <Quantity value={line.counted} unit={line.sku.base_unit} /> },
          { label: t("col.book"), value: line.book === null ? "–" : <Quantity value={line.book} unit={line.sku.base_unit} /> },
          { label: t("col.difference"), value: <Signed value={line.difference} unit={line.sku.base_unit} /> },
          { label: t("col.value"), value: line.value_difference === null ? "–" : <Money amount={line.value_difference} /> },
          { label: t("col.owner"), value: line.owner.name },
          { label: t("col.condition"), value: t(`condition.${line.condition}`) },
          ...(line.lot ? [{ label: t("col.lot"), value: line.lot.code }] : []),
          ...(line.container ? [{ label: t("col.container"), value: line.container.code }] : []),
          ...(line.serials_missing.length ? [{ label: t("line.missing"), value: line.serials_missing.join(", "), wide: true }] : []),
          ...(line.serials_found.length ? [{ label: t("line.found"), value: line.serials_found.join(", "), wide: true }] : []),
          ...(line.decided_by ? [{ label: t("col.decided"), value: `${line.decided_by}${line.decision_note ? `：${line.decision_note}` : ""}`, wide: true }] : []),
        ],
        tabs: [
          { key: "readings", label: t("part.readings"), count: line.readings.length, children: <Readings line={line} /> },
          { key: "since", label: t("part.since"), count: line.since.length, children: <Since line={line} /> },
        ],
      }
    : null;
  return <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/stock/counts/lines?open=${id}`} />;
}

export default function LinesPage() {
  const { t } = useTranslation(NS);
  const ask = useAsk();
  const columns = useMemo<ListColumn<LineRow>[]>(
    () => [
      { key: "location", title: t("col.location"), width: 110, fixed: "left", render: (row) => <span className="hc-num">{row.location.code}</span> },
      { key: "sku", title: t("col.sku"), width: 220, render: (row) => <><span className="hc-num">{row.sku.code}</span> <span className="hc-faint">{row.sku.name}</span></> },
      { key: "lot", title: t("col.lot"), width: 100, render: (row) => row.lot?.code },
      { key: "condition", title: t("col.condition"), width: 80, hidden: true, render: (row) => t(`condition.${row.condition}`) },
      { key: "owner", title: t("col.owner"), width: 110, hidden: true, render: (row) => row.owner.name },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <CountState state={row.state} /> },
      { key: "cause", title: t("col.cause"), width: 150, render: (row) => (row.cause ? t(`cause.${row.cause}`, { defaultValue: row.cause }) : null) },
      { key: "counted", title: t("col.counted"), width: 80, align: "right", render: (row) => <Quantity value={row.counted} /> },
      { key: "book", title: t("col.book"), width: 80, align: "right", render: (row) => (row.book === null ? <span className="hc-faint">–</span> : <Quantity value={row.book} />) },
      { key: "difference", title: t("col.difference"), width: 90, align: "right", sort: "difference", render: (row) => <Signed value={row.difference} /> },
      { key: "value", title: t("col.value"), width: 110, align: "right", sort: "value", render: (row) => (row.value_difference === null ? "–" : <Money amount={row.value_difference} />) },
      { key: "round", title: t("col.round"), width: 70, align: "right", render: (row) => <Quantity value={row.round} /> },
      { key: "by", title: t("col.by"), width: 110, render: (row) => row.counted_by },
      { key: "at", title: t("col.at"), width: 110, sort: "counted_at", render: (row) => <DateTime value={row.counted_at} /> },
      { key: "number", title: t("col.number"), width: 150, render: (row) => <span className="hc-num">{row.count.number}</span> },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "differs", label: t("filter.differs"), type: "bool" },
      { key: "kind", label: t("filter.kind"), type: "select", multiple: true, width: 150, options: KINDS.map((value) => ({ value, label: t(`kind.${value}`) })) },
      { key: "abc_class", label: t("filter.cls"), type: "select", multiple: true, width: 110, options: CLASSES.map((value) => ({ value, label: value })) },
      { key: "counted_by", label: t("filter.by"), type: "text", width: 120 },
      { key: "dates", label: t("filter.dates"), type: "dates", fromKey: "from", toKey: "to" },
      { key: "count", label: t("filter.count"), type: "remote", path: "/stock-counts", width: 150, toOption: (item: never) => ({ value: String((item as { id: number }).id), label: (item as { number: string }).number }) },
      { key: "zone", label: t("filter.zone"), type: "remote", path: "/zones", width: 120, toOption: (item: never) => ({ value: String((item as { id: number }).id), label: (item as { code: string }).code }) },
    ],
    [t],
  );
  const bulkActions = useMemo<BulkAction[]>(() => {
    const note = { name: "note", label: t("ask.note") };
    return [
      { code: "approve", label: t("action.approve"), path: "/stock-count-lines/approve", permission: "stockkeeping.count.approve", primary: true, icon: <CheckOutlined />, ask: () => ask({ title: t("action.approve"), okText: t("action.approve"), note }) },
      { code: "recount", label: t("action.recount"), path: "/stock-count-lines/recount", permission: "stockkeeping.count.manage", icon: <RedoOutlined />, ask: () => ask({ title: t("action.recount"), okText: t("action.recount"), note }) },
      { code: "dismiss", label: t("action.dismiss"), path: "/stock-count-lines/dismiss", permission: "stockkeeping.count.approve", danger: true, icon: <StopOutlined />, ask: () => ask({ title: t("action.dismiss"), okText: t("action.dismiss"), danger: true, text: t("ask.dismiss"), note: { ...note, required: true } }) },
    ];
  }, [t, ask]);
  const tabs = useMemo<ListTab[]>(
    () => [{ key: "all", label: t("lineTab.all"), query: {} }, ...TABS.map((key) => ({ key, label: t(`lineTab.${key}`), query: { state: key }, countKey: `lines:${key}`, attention: WAITING.has(key) }))],
    [t],
  );
  return (
    <ListPage<LineRow>
      id="stock-count-lines"
      title={t("lines")}
      path="/stock-count-lines"
      countsPath="/stock-counts/tabs"
      warehouseParam="warehouse"
      tabs={tabs}
      defaultTab="all"
      search={t("linesSearch")}
      filters={filters}
      columns={columns}
      rowId={(row) => row.id}
      rowName={(row) => `${row.sku.code} @ ${row.location.code}`}
      rowTone={(row) => (row.state === "blocked" ? "red" : row.state === "approve" ? "orange" : undefined)}
      defaultSort="-id"
      bulkActions={bulkActions}
      exportPath="/stock-count-lines/export"
      drawer={(id, close) => <LineDrawer id={id} onClose={close} />}
      empty={{ title: t("empty.lines"), hint: t("empty.linesHint") }}
    />
  );
}
