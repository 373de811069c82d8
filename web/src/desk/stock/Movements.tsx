import { ArrowRightOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Table } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "@/api";
import { DateTime, Quantity } from "@/shared/format/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { LedgerRow, MovementRow, SkuStock } from "./types";

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

interface Ledger {
  items: LedgerRow[];
  next_before: number | null;
}

/** The ledger of one SKU with its running balance; `lw`, `ll`, `lt` in the URL narrow it to one place. */
export function Movements({ skuId }: { skuId: string }) {
  const { t, i18n } = useTranslation(NS);
  const [params, setParams] = useSearchParams();
  const place = { warehouse: params.get("lw"), location: params.get("ll"), lot: params.get("lt") };
  const ledger = useInfiniteQuery({
    queryKey: ["detail", "sku", skuId, "ledger", place],
    queryFn: ({ signal, pageParam }) => api.get<Ledger>(`/skus/${skuId}/ledger`, { ...place, before: pageParam }, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_before,
  });
  const narrowed = place.warehouse !== null || place.location !== null || place.lot !== null;
  const stock = useQuery({
    queryKey: ["detail", "sku", skuId, "stock"],
    queryFn: ({ signal }) => api.get<SkuStock>(`/skus/${skuId}/stock`, undefined, signal),
    enabled: narrowed,
  });
  const rows = stock.data?.warehouses.flatMap((one) => one.locations.flatMap((spot) => spot.lots)) ?? [];
  const names = [
    stock.data?.warehouses.find((one) => String(one.warehouse.id) === place.warehouse)?.warehouse.name,
    rows.find((row) => String(row.location.id) === place.location)?.location.code,
    rows.find((row) => String(row.lot?.id) === place.lot)?.lot?.code,
  ].filter((name) => name !== undefined);
  const number = new Intl.NumberFormat(i18n.language, { signDisplay: "exceptZero" });
  return (
    <div className="hc-stack">
      {narrowed ? (
        <div className="hc-row">
          <ToneTag tone="blue" icon={false}>{t("ledger.only")} {names.join(" · ")}</ToneTag>
          <Button
            size="small"
            type="link"
            onClick={() =>
              setParams(
                (before) => {
                  const next = new URLSearchParams(before);
                  for (const key of ["lw", "ll", "lt"]) next.delete(key);
                  return next;
                },
                { replace: true },
              )
            }
          >
            {t("ledger.whole")}
          </Button>
        </div>
      ) : null}
      <Table<LedgerRow>
        size="small"
        rowKey="id"
        pagination={false}
        loading={ledger.isLoading}
        dataSource={ledger.data?.pages.flatMap((page) => page.items) ?? []}
        scroll={{ x: 700 }}
        locale={{ emptyText: <EmptyState compact title={t("empty.ledgerTitle")} hint={t("empty.ledgerHint")} /> }}
        columns={[
          { title: t("col.at"), width: 130, render: (_, row) => <DateTime value={row.at} mode="absolute" /> },
          { title: t("col.reason"), width: 76, render: (_, row) => t(`reason.${row.reason}`, { defaultValue: row.reason }) },
          { title: t("ledger.change"), width: 76, align: "right", render: (_, row) => <span className="hc-num">{number.format(row.change)}</span> },
          { title: t("ledger.balance"), width: 76, align: "right", render: (_, row) => <strong><Quantity value={row.balance} /></strong> },
          { title: `${t("col.from")} → ${t("col.to")}`, render: (_, row) => <Way row={row} /> },
          { title: t("col.lot"), width: 100, ellipsis: true, render: (_, row) => row.lot?.code },
          { title: t("col.actor"), width: 90, ellipsis: true, render: (_, row) => row.actor },
        ]}
      />
      {ledger.hasNextPage ? <div><Button loading={ledger.isFetchingNextPage} onClick={() => void ledger.fetchNextPage()}>{t("ledger.more")}</Button></div> : null}
    </div>
  );
}
