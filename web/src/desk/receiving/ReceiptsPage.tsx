import { PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { byCode } from "@/desk/stock/options";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { NewReceiptDialog } from "./NewReceipt";
import { ReceiptDrawer } from "./ReceiptDetail";
import type { ReceiptRow } from "./types";
import { Doc, State } from "./words";

export default function ReceiptsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  const columns = useMemo<ListColumn<ReceiptRow>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 160, fixed: "left", render: (row) => <span className="hc-num">{row.number}</span> },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <State state={row.state} /> },
      { key: "supplier", title: t("col.supplier"), width: 200, render: (row) => row.supplier?.name ?? t(`kind.${row.kind}`) },
      { key: "document", title: t("col.document"), width: 160, render: (row) => (row.asn ? <Doc to="/asns" doc={row.asn} /> : row.purchase_order ? <Doc to="/purchase-orders" doc={row.purchase_order} /> : <span className="hc-faint">{t("rec.bySource.none")}</span>) },
      { key: "units", title: t("col.units"), width: 90, align: "right", render: (row) => <Quantity value={row.unit_count} /> },
      { key: "refused", title: t("col.refused"), width: 90, align: "right", render: (row) => (row.refused_units ? <ToneTag tone="red" icon={false}>{row.refused_units}</ToneTag> : 0) },
      { key: "differences", title: t("col.differences"), width: 90, align: "right", render: (row) => (row.discrepancy_count ? <ToneTag tone="orange" icon={false}>{row.discrepancy_count}</ToneTag> : 0) },
      { key: "lines", title: t("col.lines"), width: 70, align: "right", render: (row) => <Quantity value={row.line_count} /> },
      { key: "place", title: t("col.place"), width: 110, render: (row) => row.location.code },
      { key: "owner", title: t("col.owner"), width: 110, render: (row) => row.owner.name },
      { key: "warehouse", title: t("col.warehouse"), width: 110, render: (row) => row.warehouse.name },
      { key: "by", title: t("col.by"), width: 100, render: (row) => row.created_by },
      { key: "created", title: t("col.created"), width: 120, sort: "created_at", render: (row) => <DateTime value={row.created_at} /> },
      { key: "closed", title: t("col.closed"), width: 120, render: (row) => <DateTime value={row.closed_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => [{ key: "open", label: t("tab.open"), query: { state: "open" }, attention: true }, { key: "closed", label: t("tab.closed"), query: { state: "closed" } }, { key: "cancelled", label: t("tab.cancelled"), query: { state: "cancelled" } }, { key: "all", label: t("tab.all"), query: {} }], [t]);
  const filters = useMemo<ListFilter[]>(() => [{ key: "supplier_id", label: t("col.supplier"), type: "remote", path: "/suppliers", toOption: byCode }], [t]);
  const create = can("inbound.receipt.work") ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t("rec.new")}</Button> : null;
  return (
    <>
      <ListPage<ReceiptRow>
        id="receipts" title={t("rec.title")} path="/receipts" countsPath="/receipts/counts" columns={columns} tabs={tabs} defaultTab="open" filters={filters} search={t("rec.search")} rowId={(row) => row.id} rowName={(row) => row.number}
        defaultSort="-id" warehouseParam="warehouse_id" exportPath="/receipts/export" drawer={(id, close) => <ReceiptDrawer id={id} onClose={close} />} primaryAction={create} refreshEvery={30_000} empty={{ title: t("rec.empty"), hint: t("rec.emptyHint"), action: create }}
      />
      {making ? <NewReceiptDialog onClose={() => setMaking(false)} onMade={(id) => void navigate(`/receipts/${id}`)} /> : null}
    </>
  );
}
