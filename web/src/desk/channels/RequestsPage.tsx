import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DateTime, Money } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { StateTag } from "@/shared/ui/StateTag";
import { ChannelTabs } from "./ChannelTabs";
import { OrderLink, originColumns, originFilters } from "./columns";
import NS from "./locale";
import type { ConnectionRef, Ref } from "./types";

interface Row {
  id: number;
  connection: ConnectionRef;
  shop: Ref;
  kind: string;
  order_number: string;
  order: { id: number; number: string } | null;
  state: string;
  amount: string;
  reason: string;
  answer: string;
  message: string;
  requested_at: string;
}

/** What buyers asked for on the platforms, and what became of it. */
export default function RequestsPage() {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<Row>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 190, fixed: "left", render: (row) => <span className="hc-num">{row.order_number}</span> },
      ...originColumns<Row>(t),
      { key: "order", title: t("col.order"), width: 150, render: (row) => <OrderLink order={row.order} /> },
      { key: "kind", title: t("col.kind"), width: 100, render: (row) => t(`kind.${row.kind}`) },
      { key: "state", title: t("col.effect"), width: 130, render: (row) => <StateTag state={row.state} ns={NS} /> },
      { key: "answer", title: t("col.answer"), width: 130, render: (row) => t(`answer.${row.answer || "none"}`, { defaultValue: row.answer }) },
      { key: "amount", title: t("col.amount"), width: 100, align: "right", render: (row) => (Number(row.amount) > 0 ? <Money amount={row.amount} /> : null) },
      { key: "reason", title: t("col.reason"), width: 200, render: (row) => row.reason },
      { key: "message", title: t("col.message"), width: 240, render: (row) => row.message },
      { key: "at", title: t("col.requested"), width: 120, sort: "requested_at", render: (row) => <DateTime value={row.requested_at} /> },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(() => [...originFilters(t), { key: "kind", label: t("filter.kind"), type: "select", options: ["cancel", "address", "refund"].map((value) => ({ value, label: t(`kind.${value}`) })) }], [t]);
  return (
    <ListPage<Row>
      id="channel-requests" title={t("page.requests")} path="/channel-requests" filters={filters} columns={columns} rowId={(row) => row.id} exportPath="/channel-requests/export" exportPermission="integrations.order.view"
      primaryAction={<ChannelTabs />} refreshEvery={15_000} empty={{ title: t("empty.requests"), hint: t("empty.requestsHint") }}
    />
  );
}
