import type { TFunction } from "i18next";
import { Link } from "react-router";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import type { ConnectionRef, Ref } from "./types";

/** Where a row comes from: two columns that every list of channels begins with. */
export function originColumns<Row extends { connection: ConnectionRef; shop: Ref }>(t: TFunction): ListColumn<Row>[] {
  return [
    { key: "shop", title: t("col.shop"), width: 120, render: (row) => row.shop.name },
    { key: "connection", title: t("col.name"), width: 130, hidden: true, render: (row) => row.connection.name },
  ];
}

/** One connection's rows only. */
export function connectionFilter(t: TFunction): ListFilter {
  return { key: "connection", label: t("filter.connection"), type: "remote", width: 140, path: "/connections", toOption: (one: ConnectionRef) => ({ value: String(one.id), label: one.name }) };
}

/** Filters that every list of channels has. */
export function originFilters(t: TFunction): ListFilter[] {
  return [
    { key: "shop", label: t("col.shop"), type: "remote", width: 130, path: "/shops", toOption: (shop: Ref) => ({ value: String(shop.id), label: shop.name }) },
    connectionFilter(t),
  ];
}

/** The sales order that something became. */
export function OrderLink({ order }: { order: { id: number; number: string } | null }) {
  return order ? <Link to={`/orders/${order.id}`} className="hc-num">{order.number}</Link> : <span className="hc-faint">—</span>;
}
