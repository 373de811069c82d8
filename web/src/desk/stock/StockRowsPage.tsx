import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { useListState } from "@/shared/list/useListState";
import { ToneTag } from "@/shared/ui/StateTag";
import { byCode } from "./options";
import NS from "./locale";
import { SkuStockDrawer } from "./SkuStock";
import { StockMenu } from "./StockMenu";
import type { StockRow } from "./types";

const CONDITIONS = ["good", "damaged", "quarantine", "returned", "expired"];

/** Stock by location and lot, one row for each. */
export default function StockRowsPage() {
  const { t } = useTranslation(NS);
  const state = useListState();
  const columns = useMemo<ListColumn<StockRow>[]>(
    () => [
      { key: "location", title: t("col.location"), width: 130, fixed: "left", sort: "location", render: (row) => <span className="hc-num">{row.location.code}</span> },
      { key: "sku", title: t("col.sku"), width: 140, sort: "sku", render: (row) => row.sku.code },
      { key: "name", title: t("col.name"), width: 200, render: (row) => row.sku.name },
      { key: "lot", title: t("col.lot"), width: 120, render: (row) => row.lot?.code },
      { key: "expires", title: t("col.expires"), width: 100, render: (row) => (row.lot?.expires_on ? <DateTime value={row.lot.expires_on} mode="date" /> : null) },
      { key: "condition", title: t("col.condition"), width: 110, render: (row) => <ToneTag tone={row.condition === "good" ? "green" : "orange"}>{t(`condition.${row.condition}`, { defaultValue: row.condition })}</ToneTag> },
      { key: "sellable", title: t("rows.sellable"), width: 80, render: (row) => (row.is_sellable ? t("rows.yes") : <span className="hc-faint">{t("rows.no")}</span>) },
      { key: "quantity", title: t("col.quantity"), width: 90, align: "right", sort: "quantity", render: (row) => <Quantity value={row.quantity} /> },
      { key: "allocated", title: t("col.allocated"), width: 90, align: "right", render: (row) => <Quantity value={row.allocated} /> },
      { key: "warehouse", title: t("col.warehouse"), width: 120, render: (row) => row.warehouse.name },
      { key: "owner", title: t("col.owner"), width: 120, hidden: true, render: (row) => row.owner.name },
      { key: "container", title: t("col.container"), width: 110, hidden: true, render: (row) => row.container?.code },
      { key: "received", title: t("col.received"), width: 110, hidden: true, render: (row) => <DateTime value={row.received_at} /> },
      { key: "menu", title: "", label: t("action.more"), width: 48, fixed: "right", render: (row) => <StockMenu row={row} /> },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "location", label: t("filter.location"), type: "remote", path: "/locations", toOption: byCode, width: 120 },
      { key: "condition", label: t("filter.condition"), type: "select", width: 120, options: CONDITIONS.map((value) => ({ value, label: t(`condition.${value}`) })) },
      { key: "is_sellable", label: t("rows.sellable"), type: "bool" },
    ],
    [t],
  );
  return (
    <ListPage<StockRow>
      id="stock-rows"
      title={t("rows.title")}
      hint={t("rows.hint")}
      path="/stock"
      columns={columns}
      filters={filters}
      search={t("rows.search")}
      rowId={(row) => row.id}
      warehouseParam="warehouse"
      exportPath="/stock/export"
      onOpen={(row) => state.setOpen(String(row.sku.id))}
      drawer={(id, close) => <SkuStockDrawer id={id} onClose={close} />}
      empty={{ title: t("rows.emptyTitle"), hint: t("rows.emptyHint") }}
    />
  );
}
