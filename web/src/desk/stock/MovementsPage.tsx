import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import NS from "./locale";
import { Way } from "./Movements";
import { byCode } from "./options";
import type { MovementRow } from "./types";

const REASONS = ["opening", "receipt", "putaway", "move", "pick", "putback", "ship", "adjustment", "count", "condition", "scrap", "return", "transfer"];

export default function MovementsPage() {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<MovementRow>[]>(
    () => [
      { key: "at", title: t("col.at"), width: 140, render: (row) => <DateTime value={row.at} mode="absolute" /> },
      { key: "reason", title: t("col.reason"), width: 90, render: (row) => t(`reason.${row.reason}`, { defaultValue: row.reason }) },
      { key: "sku", title: t("col.sku"), width: 150, render: (row) => <Link to={`/products/${row.sku.id}`}>{row.sku.code}</Link> },
      { key: "name", title: t("col.name"), width: 200, render: (row) => row.sku.name },
      { key: "quantity", title: t("col.quantity"), width: 90, align: "right", render: (row) => <Quantity value={row.quantity} /> },
      { key: "way", title: `${t("col.from")} → ${t("col.to")}`, width: 260, render: (row) => <Way row={row} /> },
      { key: "lot", title: t("col.lot"), width: 130, render: (row) => row.lot?.code },
      { key: "owner", title: t("col.owner"), width: 120, hidden: true, render: (row) => row.owner.name },
      { key: "source", title: t("col.source"), width: 150, hidden: true, render: (row) => (row.source_kind ? `${row.source_kind} ${row.source_id ?? ""}` : "") },
      { key: "actor", title: t("col.actor"), width: 120, render: (row) => row.actor },
      { key: "note", title: t("col.note"), width: 200, render: (row) => row.note },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "sku", label: t("filter.sku"), type: "remote", path: "/skus", toOption: byCode, width: 180 },
      { key: "location", label: t("filter.location"), type: "remote", path: "/locations", toOption: byCode, width: 140 },
      { key: "lot", label: t("filter.lot"), type: "remote", path: "/lots", toOption: byCode, width: 120 },
      { key: "reason", label: t("filter.reason"), type: "select", width: 110, options: REASONS.map((value) => ({ value, label: t(`reason.${value}`) })) },
      { key: "at", label: t("filter.at"), type: "dates", fromKey: "from", toKey: "to" },
    ],
    [t],
  );
  return (
    <ListPage<MovementRow>
      id="movements"
      title={t("ledgerTitle")}
      hint={t("ledgerHint")}
      path="/movements"
      columns={columns}
      filters={filters}
      rowId={(row) => row.id}
      warehouseParam="warehouse"
      exportPath="/movements/export"
      empty={{ title: t("empty.ledgerTitle"), hint: t("empty.ledgerHint") }}
    />
  );
}
