import { CheckOutlined, CloudUploadOutlined, MergeOutlined, PauseOutlined, SplitCellsOutlined, StopOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Page } from "@/api";
import { DateTime, Money, Quantity, useNow } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import { useListState } from "@/shared/list/useListState";
import NS from "./locale";
import movesNS from "./moves/locale";
import { MoveTags } from "./moves/useMoves";
import { OrderDrawer } from "./OrderDetail";
import { OrderTags } from "./OrderTags";
import type { OrderRow, Ref } from "./types";
import { HOLD_CODES, isLate, KINDS, orderTone } from "./words";

const TABS: Pick<ListTab, "key" | "query" | "attention">[] = [
  { key: "all", query: {} },
  { key: "pending", attention: true },
  { key: "held", attention: true },
  { key: "short", attention: true },
  { key: "cancelling", attention: true },
  { key: "waiting" },
  { key: "approved" },
  { key: "fulfilling" },
  { key: "partially_shipped" },
  { key: "shipped" },
  { key: "cancelled" },
  { key: "merged" },
];

/** State and what stands in its way, side by side. */
function OrderState({ order }: { order: OrderRow }) {
  const { t } = useTranslation(NS);
  const now = useNow();
  return (
    <span className="hc-row" style={{ gap: 4 }}>
      <StateTag state={order.state} ns={NS} {...(orderTone(order.state) ? { tone: "orange" as const } : {})} />
      {order.is_held ? <ToneTag tone="orange">{t("flag.held")}</ToneTag> : null}
      {order.is_short ? <ToneTag tone="orange">{t("flag.short")}</ToneTag> : null}
      {order.is_cancelling ? <ToneTag tone="orange">{t("flag.cancelling")}</ToneTag> : null}
      {isLate(order, now) ? <ToneTag tone="red">{t("flag.late")}</ToneTag> : null}
      <MoveTags order={order} />
    </span>
  );
}

export default function OrdersPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const ask = useAsk();
  const now = useNow();
  const state = useListState();
  const shops = useQuery({
    queryKey: ["options", "/shops", "channels"],
    queryFn: ({ signal }) => api.get<Page<{ channel: { code: string; name: string } }>>("/shops", { limit: 200 }, signal),
    staleTime: 60_000,
    enabled: can("orders.shop.view"),
  });
  const channels = useMemo(() => {
    const named = new Map((shops.data?.items ?? []).map(({ channel }) => [channel.code, channel.name || channel.code]));
    return [...named].map(([value, label]) => ({ value, label }));
  }, [shops.data]);

  const columns = useMemo<ListColumn<OrderRow>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 150, fixed: "left", sort: "number", render: (row) => <span className="hc-num">{row.number}</span> },
      { key: "state", title: t("col.state"), width: 168, render: (row) => <OrderState order={row} /> },
      { key: "shop", title: t("col.shop"), width: 110, render: (row) => row.shop.name },
      { key: "external", title: t("col.external"), width: 160, render: (row) => <span className="hc-num">{row.external_number}</span> },
      { key: "recipient", title: t("col.recipient"), width: 150, render: (row) => row.recipient_masked },
      { key: "region", title: t("col.region"), width: 130, hidden: true, render: (row) => row.region_name ?? row.region_code },
      { key: "units", title: t("col.units"), width: 66, align: "right", render: (row) => <Quantity value={row.unit_count} /> },
      { key: "lines", title: t("col.lines"), width: 80, align: "right", hidden: true, render: (row) => <Quantity value={row.line_count} /> },
      { key: "amount", title: t("col.amount"), width: 100, align: "right", sort: "total", render: (row) => <Money amount={row.total_amount} currency={row.currency} /> },
      { key: "placed", title: t("col.placed"), width: 104, sort: "placed_at", render: (row) => <DateTime value={row.placed_at} /> },
      { key: "promised", title: t("col.promised"), width: 104, sort: "promised_at", render: (row) => <DateTime value={row.promised_at} /> },
      { key: "tags", title: t("col.tags"), width: 160, hidden: true, render: (row) => <OrderTags tags={row.tags} /> },
      { key: "kind", title: t("col.kind"), width: 90, hidden: true, render: (row) => t(`${movesNS}:kind.${row.kind}`) },
      { key: "shipAfter", title: t("col.shipAfter"), width: 104, hidden: true, render: (row) => <DateTime value={row.ship_after} /> },
      { key: "remark", title: t("col.remark"), width: 180, hidden: true, render: (row) => row.seller_remark },
    ],
    [t],
  );

  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "shop", label: t("filter.shop"), type: "remote", width: 120, path: "/shops", toOption: ((shop: Ref) => ({ value: String(shop.id), label: shop.name })) },
      { key: "hold", label: t("filter.hold"), type: "select", width: 126, options: HOLD_CODES.map((code) => ({ value: code, label: t(`hold.${code}`) })) },
      { key: "sku", label: t("filter.sku"), type: "text", width: 104 },
      { key: "tag", label: t("filter.tag"), type: "text", width: 104 },
      { key: "kind", label: t("filter.kind"), type: "select", width: 110, options: KINDS.map((kind) => ({ value: kind, label: t(`${movesNS}:kind.${kind}`) })) },
      { key: "channel", label: t("filter.channel"), type: "select", width: 110, options: channels },
      { key: "several", label: t("filter.several"), type: "select", width: 126, options: [{ value: "true", label: t("filter.severalYes") }] },
      { key: "placed", label: t("filter.placed"), type: "dates", fromKey: "placed_from", toKey: "placed_to" },
    ],
    [t, channels],
  );

  const bulkActions = useMemo<BulkAction[]>(
    () => [
      { code: "approve", label: t("action.approve"), path: "/orders/bulk-approve", permission: "orders.order.approve", primary: true, icon: <CheckOutlined /> },
      {
        code: "hold", label: t("action.hold"), path: "/orders/bulk-hold", permission: "orders.order.hold", icon: <PauseOutlined />,
        ask: () => ask({ title: t("action.hold"), okText: t("action.hold"), text: t("ask.holdText"), note: { name: "note", label: t("ask.holdReason"), required: true } }),
      },
      {
        code: "merge", label: t(`${movesNS}:action.merge`), path: "/orders/bulk-merge", permission: "orders.order.merge", icon: <MergeOutlined />,
        ask: () => ask({ title: t(`${movesNS}:action.merge`), okText: t(`${movesNS}:action.merge`), text: t(`${movesNS}:merge.many`) }),
      },
      {
        code: "split", label: t(`${movesNS}:action.split`), path: "/orders/bulk-split", permission: "orders.order.split", icon: <SplitCellsOutlined />,
        ask: () => ask({ title: t(`${movesNS}:action.split`), okText: t(`${movesNS}:action.split`), text: t(`${movesNS}:bulkSplit`) }),
      },
      {
        code: "cancel", label: t("action.cancel"), path: "/orders/bulk-cancel", permission: "orders.order.cancel", danger: true, icon: <StopOutlined />,
        ask: () => ask({ title: t("action.cancel"), okText: t("action.cancel"), danger: true, text: t("ask.cancelManyText"), note: { name: "reason", label: t("ask.cancelReason"), required: true } }),
      },
    ],
    [t, ask],
  );

  const tabs = useMemo<ListTab[]>(() => TABS.map((tab) => ({ ...tab, label: t(`tab.${tab.key}`) })), [t]);
  const tab = state.tab ?? "all";
  const cleared = ["pending", "short", "held", "cancelling", "waiting"].includes(tab);

  return (
    <ListPage<OrderRow>
      id="orders"
      title={t("title")}
      path="/orders"
      countsPath="/orders/counts"
      tabs={tabs}
      search={t("search")}
      filters={filters}
      columns={columns}
      rowId={(row) => row.id}
      rowName={(row) => row.number}
      defaultSort="-placed_at"
      bulkActions={bulkActions}
      exportPath="/orders/export"
      exportPermission="orders.order.export"
      rowTone={(row) => (isLate(row, now) ? "red" : undefined)}
      drawer={(id, close) => <OrderDrawer id={id} onClose={close} />}
      refreshEvery={30_000}
      primaryAction={
        can("kernel.import.create") ? (
          <Link to="/imports/new?kind=sales_order">
            <Button icon={<CloudUploadOutlined />} type="primary">{t("action.import")}</Button>
          </Link>
        ) : null
      }
      empty={
        cleared
          ? { title: t(`empty.${tab}`), hint: t(`empty.${tab}Hint`) }
          : { title: t("empty.title"), hint: t("empty.hint"), action: <Link to="/imports/new?kind=sales_order"><Button type="primary">{t("action.import")}</Button></Link> }
      }
    />
  );
}
