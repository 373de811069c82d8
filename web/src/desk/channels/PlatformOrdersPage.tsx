import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DateTime } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListTab } from "@/shared/list/types";
import { StateTag } from "@/shared/ui/StateTag";
import { ChannelTabs } from "./ChannelTabs";
import { OrderLink, originColumns, originFilters } from "./columns";
import NS from "./locale";
import type { PlatformOrder } from "./types";

const TABS = ["failed", "unmapped", "remembered", "imported", "ignored"] as const;

/** Orders as platforms know them: what came in, what waits, what failed and why. */
export default function PlatformOrdersPage() {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<PlatformOrder>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 190, fixed: "left", render: (row) => <span className="hc-num">{row.number}</span> },
      ...originColumns<PlatformOrder>(t),
      { key: "there", title: t("col.there"), width: 100, render: (row) => t(`there.${row.status}`, { defaultValue: row.status }) },
      { key: "state", title: t("col.state"), width: 130, render: (row) => <StateTag state={row.state} ns={NS} {...(row.state === "unmapped" ? { tone: "orange" as const } : row.state === "imported" ? { tone: "green" as const } : {})} /> },
      { key: "order", title: t("col.order"), width: 150, render: (row) => <OrderLink order={row.order} /> },
      {
        key: "problem", title: t("col.problem"), width: 420,
        render: (row) =>
          row.waits_for.length > 0 ? (
            <Link to={`/channels/products?q=${encodeURIComponent(row.waits_for[0]?.outer_sku ?? "")}`}>{row.waits_for.map((one) => `${one.outer_sku} ${one.title}`.trim()).join("；")}</Link>
          ) : (
            [row.message, ...row.problems.map((one) => one.message)].filter(Boolean).join(" ")
          ),
      },
      { key: "placed", title: t("col.placed"), width: 120, sort: "placed_at", render: (row) => <DateTime value={row.placed_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => TABS.map((key) => ({ key, label: t(`state.${key}`), query: { state: [key] }, attention: key === "failed" || key === "unmapped" })), [t]);
  const filters = useMemo(() => [...originFilters(t), { key: "number", label: t("col.number"), type: "text" as const, width: 150 }], [t]);
  const bulkActions = useMemo<BulkAction[]>(
    () => [
      { code: "retry", label: t("action.retry"), path: "/channel-orders/retry", permission: "integrations.order.retry", primary: true },
      { code: "ignore", label: t("action.ignore"), path: "/channel-orders/ignore", permission: "integrations.order.ignore", confirm: true },
    ],
    [t],
  );
  return (
    <ListPage<PlatformOrder>
      id="channel-orders"
      title={t("page.orders")}
      path="/channel-orders"
      countsPath="/channel-orders/counts"
      tabs={tabs}
      filters={filters}
      columns={columns}
      rowId={(row) => row.id}
      rowName={(row) => row.number}
      bulkActions={bulkActions}
      exportPath="/channel-orders/export"
      exportPermission="integrations.order.view"
      primaryAction={<ChannelTabs />}
      refreshEvery={15_000}
      rowTone={(row) => (row.state === "failed" ? "red" : undefined)}
      empty={{ title: t("empty.orders"), hint: t("empty.ordersHint") }}
    />
  );
}
