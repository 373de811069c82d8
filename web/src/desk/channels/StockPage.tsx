import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListFilter } from "@/shared/list/types";
import { ToneTag } from "@/shared/ui/StateTag";
import { ChannelTabs } from "./ChannelTabs";
import { originColumns, originFilters } from "./columns";
import NS from "./locale";
import type { ConnectionRef, Ref } from "./types";

interface Row {
  id: number;
  connection: ConnectionRef;
  shop: Ref;
  product: { outer_sku: string; title: string; sku: Ref | null };
  sent: number | null;
  sent_at: string | null;
  is_waiting: boolean;
  message: string;
}

/** What platforms were told may be sold. */
export default function StockPage() {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<Row>[]>(
    () => [
      { key: "outer", title: t("col.outer"), width: 150, fixed: "left", render: (row) => <span className="hc-num">{row.product.outer_sku}</span> },
      ...originColumns<Row>(t),
      { key: "product", title: t("col.product"), width: 260, render: (row) => row.product.title },
      { key: "sku", title: t("col.sku"), width: 140, render: (row) => <span className="hc-num">{row.product.sku?.code}</span> },
      { key: "told", title: t("col.told"), width: 90, align: "right", render: (row) => <Quantity value={row.sent} /> },
      { key: "waits", title: t("col.waits"), width: 100, render: (row) => (row.message ? <ToneTag tone="red">{t("filter.error")}</ToneTag> : row.is_waiting ? <ToneTag tone="blue">{t("filter.waiting")}</ToneTag> : null) },
      { key: "message", title: t("col.message"), width: 280, render: (row) => row.message },
      { key: "at", title: t("col.toldAt"), width: 120, sort: "sent_at", render: (row) => <DateTime value={row.sent_at} /> },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(() => [...originFilters(t), { key: "is_waiting", label: t("filter.waiting"), type: "bool" }, { key: "has_error", label: t("filter.error"), type: "bool" }], [t]);
  const bulkActions = useMemo<BulkAction[]>(() => [{ code: "push", label: t("action.push"), path: "/channel-stock/push", permission: "integrations.stock.push", primary: true }], [t]);
  return (
    <ListPage<Row>
      id="channel-stock" title={t("page.stock")} path="/channel-stock" filters={filters} search={t("search")} columns={columns} rowId={(row) => row.id} rowName={(row) => row.product.outer_sku}
      bulkActions={bulkActions} exportPath="/channel-stock/export" exportPermission="integrations.stock.view" primaryAction={<ChannelTabs />} refreshEvery={15_000}
      rowTone={(row) => (row.message ? "red" : undefined)} empty={{ title: t("empty.stock"), hint: t("empty.stockHint") }}
    />
  );
}
