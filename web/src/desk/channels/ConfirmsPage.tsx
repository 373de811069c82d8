import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListTab } from "@/shared/list/types";
import { StateTag } from "@/shared/ui/StateTag";
import { ChannelTabs } from "./ChannelTabs";
import { OrderLink, originColumns, originFilters } from "./columns";
import NS from "./locale";
import type { ConnectionRef, Ref } from "./types";

interface Row {
  id: number;
  connection: ConnectionRef;
  shop: Ref;
  order: { id: number; number: string } | null;
  order_number: string;
  carrier: string;
  waybill: string;
  shipped_at: string;
  state: string;
  tries: number;
  message: string;
  done_at: string | null;
}

/** What platforms were told of parcels that have left. */
export default function ConfirmsPage() {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<Row>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 190, fixed: "left", render: (row) => <span className="hc-num">{row.order_number}</span> },
      ...originColumns<Row>(t),
      { key: "order", title: t("col.order"), width: 150, render: (row) => <OrderLink order={row.order} /> },
      { key: "carrier", title: t("col.carrier"), width: 90, render: (row) => row.carrier },
      { key: "waybill", title: t("col.waybill"), width: 170, render: (row) => <span className="hc-num">{row.waybill}</span> },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <StateTag state={row.state} ns={NS} /> },
      { key: "tries", title: t("col.tries"), width: 70, align: "right", render: (row) => <Quantity value={row.tries} /> },
      { key: "message", title: t("col.message"), width: 300, render: (row) => row.message },
      { key: "shipped", title: t("col.shipped"), width: 120, sort: "shipped_at", render: (row) => <DateTime value={row.shipped_at} /> },
      { key: "done", title: t("col.done"), width: 120, render: (row) => <DateTime value={row.done_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => ["refused", "pending", "done"].map((key) => ({ key, label: t(`state.${key}`), query: { state: [key] }, attention: key === "refused" })), [t]);
  const filters = useMemo(() => originFilters(t), [t]);
  const bulkActions = useMemo<BulkAction[]>(() => [{ code: "resend", label: t("action.resend"), path: "/channel-confirms/resend", permission: "integrations.order.resend", primary: true }], [t]);
  return (
    <ListPage<Row>
      id="channel-confirms" title={t("page.confirms")} path="/channel-confirms" countsPath="/channel-confirms/counts" tabs={tabs} filters={filters} search={t("searchConfirm")} columns={columns}
      rowId={(row) => row.id} rowName={(row) => row.order_number} bulkActions={bulkActions} exportPath="/channel-confirms/export" exportPermission="integrations.order.view" primaryAction={<ChannelTabs />}
      refreshEvery={15_000} empty={{ title: t("empty.confirms"), hint: t("empty.confirmsHint") }}
    />
  );
}
