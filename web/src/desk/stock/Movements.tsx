import { ArrowRightOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Table } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Page } from "@/api";
import { DateTime, Quantity } from "@/shared/format/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import NS from "./locale";
import type { MovementRow } from "./types";

type Place = MovementRow["from_location"];

/** A place of the ledger: a location's code, or the outside world in words. */
export function PlaceName({ place }: { place: Place }) {
  const { t } = useTranslation(NS);
  const virtual = place.is_virtual ?? ["supplier", "customer", "adjustment", "scrap", "transit"].includes(place.kind ?? "");
  if (virtual) return <span className="hc-muted">{t(`place.${place.kind ?? ""}`, { defaultValue: place.code })}</span>;
  return <span className="hc-num">{place.code}</span>;
}

/** From where to where; with the condition where it changed. */
export function Way({ row }: { row: MovementRow }) {
  const { t } = useTranslation(NS);
  return (
    <span className="hc-row" style={{ gap: 6 }}>
      <PlaceName place={row.from_location} /> <ArrowRightOutlined aria-hidden style={{ fontSize: 10, opacity: 0.6 }} /> <PlaceName place={row.to_location} />
      {row.from_condition === row.to_condition ? null : (
        <span className="hc-faint">{`${t(`condition.${row.from_condition}`)} → ${t(`condition.${row.to_condition}`)}`}</span>
      )}
    </span>
  );
}

/** The latest ledger entries of one SKU. */
export function Movements({ skuId }: { skuId: string }) {
  const { t } = useTranslation(NS);
  const list = useQuery({
    queryKey: ["detail", "sku", skuId, "movements"],
    queryFn: ({ signal }) => api.get<Page<MovementRow>>("/movements", { sku: skuId, limit: 50 }, signal),
  });
  return (
    <div className="hc-stack">
      <Table<MovementRow>
        size="small"
        rowKey="id"
        pagination={false}
        loading={list.isLoading}
        dataSource={list.data?.items ?? []}
        scroll={{ x: 620 }}
        locale={{ emptyText: <EmptyState compact title={t("empty.ledgerTitle")} hint={t("empty.ledgerHint")} /> }}
        columns={[
          { title: t("col.at"), width: 130, render: (_, row) => <DateTime value={row.at} mode="absolute" /> },
          { title: t("col.reason"), width: 80, render: (_, row) => t(`reason.${row.reason}`, { defaultValue: row.reason }) },
          { title: t("col.quantity"), width: 80, align: "right", render: (_, row) => <Quantity value={row.quantity} /> },
          { title: `${t("col.from")} → ${t("col.to")}`, render: (_, row) => <Way row={row} /> },
          { title: t("col.lot"), width: 110, render: (_, row) => row.lot?.code },
          { title: t("col.actor"), width: 100, ellipsis: true, render: (_, row) => row.actor },
        ]}
      />
      {list.data?.next_cursor ? <Link to={`/stock/movements?sku=${skuId}`}>{t("ledgerTitle")} →</Link> : null}
    </div>
  );
}
