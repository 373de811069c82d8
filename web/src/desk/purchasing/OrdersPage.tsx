import { PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { byCode } from "@/desk/stock/options";
import { Money, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useListState } from "@/shared/list/useListState";
import { useSession } from "@/shared/session/session";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { OrderDrawer } from "./OrderDetail";
import { NewOrderDialog } from "./OrderDialogs";
import type { OrderRow } from "./types";
import { PurchaseState } from "./words";

const STATES = ["draft", "submitted", "approved", "sent", "confirmed", "receiving", "received"];

export default function OrdersPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const state = useListState();
  const [making, setMaking] = useState(false);
  const columns = useMemo<ListColumn<OrderRow>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 160, fixed: "left", render: (row) => <span className="hc-num">{row.number}</span> },
      { key: "state", title: t("col.state"), width: 170, render: (row) => <><PurchaseState state={row.state} /> {row.sent_revision !== null && row.sent_revision < row.revision && !["closed", "cancelled"].includes(row.state) ? <ToneTag tone="orange" icon={false}>{t("orders.needsSending")}</ToneTag> : null}</> },
      { key: "supplier", title: t("col.supplier"), width: 220, render: (row) => `${row.supplier.code} ${row.supplier.name}` },
      { key: "amount", title: t("col.amount"), width: 130, align: "right", sort: "amount", render: (row) => <Money amount={row.amount} currency={row.currency} /> },
      { key: "lines", title: t("col.lines"), width: 70, align: "right", render: (row) => <Quantity value={row.line_count} /> },
      { key: "units", title: t("col.units"), width: 90, align: "right", render: (row) => <Quantity value={row.unit_count} /> },
      { key: "ordered", title: t("col.ordered"), width: 110, render: (row) => row.ordered_on ?? "" },
      { key: "expected", title: t("col.expected"), width: 110, sort: "expected_on", render: (row) => row.expected_on ?? "" },
      { key: "warehouse", title: t("col.warehouse"), width: 110, render: (row) => row.warehouse.name },
      { key: "owner", title: t("col.owner"), width: 110, render: (row) => row.owner.name },
      { key: "theirs", title: t("col.theirNumber"), width: 130, render: (row) => row.supplier_number },
      { key: "external", title: t("col.external"), width: 120, hidden: true, render: (row) => row.external_number },
      { key: "by", title: t("col.by"), width: 100, hidden: true, render: (row) => row.created_by },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(
    () => [
      { key: "all", label: t("orders.tab.all"), query: {} },
      ...STATES.map((key) => ({ key, label: t(`orders.tab.${key}`), query: { state: key }, attention: key === "submitted" || key === "approved" })),
      { key: "late", label: t("orders.tab.late"), query: { late: true }, attention: true },
      ...["closed", "cancelled"].map((key) => ({ key, label: t(`orders.tab.${key}`), query: { state: key } })),
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "supplier", label: t("col.supplier"), type: "remote", path: "/suppliers", toOption: byCode },
      { key: "changed", label: t("orders.needsSending"), type: "bool" },
      { key: "expected", label: t("col.expected"), type: "dates", fromKey: "expected_from", toKey: "expected_to" },
    ],
    [t],
  );
  const bulk = useMemo<BulkAction[]>(
    () => [
      { code: "approve", label: t("action.approve"), path: "/purchase-orders/approve", permission: "purchasing.order.approve", primary: true },
      { code: "send", label: t("action.send"), path: "/purchase-orders/send", permission: "purchasing.order.send" },
      { code: "close", label: t("action.close"), path: "/purchase-orders/close", permission: "purchasing.order.close", confirm: true },
    ],
    [t],
  );
  const create = can("purchasing.order.create") ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t("orders.new")}</Button> : null;
  return (
    <>
      <ListPage<OrderRow>
        id="purchase-orders" title={t("orders.title")} path="/purchase-orders" countsPath="/purchase-orders/counts" columns={columns} tabs={tabs} defaultTab="all" filters={filters} search={t("orders.search")} rowId={(row) => row.id} rowName={(row) => row.number}
        defaultSort="-id" warehouseParam="warehouse" exportPath="/purchase-orders/export" bulkActions={bulk} drawer={(id, close) => <OrderDrawer id={id} onClose={close} />} primaryAction={create} empty={{ title: t("orders.empty"), hint: t("orders.emptyHint"), action: create }}
      />
      {making ? <NewOrderDialog onClose={() => setMaking(false)} onMade={(id) => state.setOpen(String(id))} /> : null}
    </>
  );
}
