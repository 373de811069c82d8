import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { Supply } from "./types";

/** What orders wait for, and where to get it. */
export default function SupplyPage() {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<Supply>[]>(
    () => [
      { key: "sku", title: t("supply.sku"), width: 240, render: (row) => <><Link to={`/products/${row.sku.id}`}>{row.sku.code}</Link> <span className="hc-muted">{row.sku.name}</span></> },
      { key: "quantity", title: t("supply.quantity"), width: 110, align: "right", sort: "quantity", render: (row) => <Quantity value={row.quantity} /> },
      { key: "orders", title: t("supply.orders"), width: 110, align: "right", render: (row) => <Link to={`/orders?tab=short&sku=${encodeURIComponent(row.sku.code)}`}><Quantity value={row.order_count} /></Link> },
      { key: "source", title: t("supply.source"), width: 110, render: (row) => <ToneTag tone={row.source === "transfer" ? "blue" : "orange"} icon={false}>{t(`supply.${row.source}`)}</ToneTag> },
      { key: "from", title: t("supply.from"), width: 120, render: (row) => row.from_warehouse?.name ?? "" },
      { key: "warehouse", title: t("supply.warehouse"), width: 120, render: (row) => row.warehouse.name },
      { key: "owner", title: t("supply.owner"), width: 120, render: (row) => row.owner.name },
      { key: "since", title: t("supply.since"), width: 130, sort: "waiting_since", render: (row) => <DateTime value={row.waiting_since} /> },
      { key: "ticket", title: t("supply.ticket"), width: 90, render: (row) => (row.ticket_id ? <Link to={`/tickets?open=${row.ticket_id}`}>{t("one")}</Link> : null) },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => [{ key: "open", label: t("supply.open"), query: { open: true } }, { key: "settled", label: t("supply.settled"), query: { open: false } }], [t]);
  const filters = useMemo<ListFilter[]>(() => [{ key: "source", label: t("supply.source"), type: "select", width: 110, options: ["transfer", "purchase"].map((value) => ({ value, label: t(`supply.${value}`) })) }], [t]);
  const bulkActions = useMemo<BulkAction[]>(() => [{ code: "transfer", label: t("supply.makeTransfer"), path: "/transfers/from-suggestions", permission: "stockkeeping.transfer.create", primary: true }], [t]);
  return (
    <ListPage<Supply>
      id="supply" title={t("supply.title")} hint={t("supply.hint")} path="/supply-suggestions" tabs={tabs} filters={filters} columns={columns} rowId={(row) => row.id} rowName={(row) => row.sku.code}
      defaultSort="-quantity" warehouseParam="warehouse" bulkActions={bulkActions} exportPath="/supply-suggestions/export" refreshEvery={60_000} empty={{ title: t("supply.emptyTitle"), hint: t("supply.emptyHint") }}
    />
  );
}
