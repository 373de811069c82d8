import { PlusOutlined, UploadOutlined } from "@ant-design/icons";
import { Button, Progress } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { byCode } from "@/desk/stock/options";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useListState } from "@/shared/list/useListState";
import { useSession } from "@/shared/session/session";
import { AsnDrawer } from "./AsnDetail";
import { NewAsnDialog, SupplierLinkButton } from "./AsnDialogs";
import NS from "./locale";
import type { AsnRow } from "./types";
import { Doc, State } from "./words";

const STATES = ["announced", "receiving", "received", "cancelled"];

export default function AsnsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const state = useListState();
  const [making, setMaking] = useState(false);
  const columns = useMemo<ListColumn<AsnRow>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 160, fixed: "left", render: (row) => <span className="hc-num">{row.number}</span> },
      { key: "state", title: t("col.state"), width: 120, render: (row) => <State state={row.state} /> },
      { key: "supplier", title: t("col.supplier"), width: 200, render: (row) => row.supplier?.name ?? t(`kind.${row.kind}`) },
      { key: "order", title: t("col.order"), width: 150, render: (row) => <Doc to="/purchase-orders" doc={row.purchase_order} /> },
      { key: "expected", title: t("col.expected"), width: 130, sort: "expected_at", render: (row) => <DateTime value={row.expected_at} /> },
      { key: "progress", title: t("col.progress"), width: 140, render: (row) => <Progress size="small" percent={Math.round((100 * Math.min(row.received_units, row.unit_count)) / Math.max(row.unit_count, 1))} /> },
      { key: "units", title: t("col.units"), width: 90, align: "right", render: (row) => <Quantity value={row.unit_count} /> },
      { key: "lines", title: t("col.lines"), width: 70, align: "right", render: (row) => <Quantity value={row.line_count} /> },
      { key: "pallets", title: t("col.pallets"), width: 70, align: "right", render: (row) => <Quantity value={row.pallet_count} /> },
      { key: "cartons", title: t("col.cartons"), width: 70, align: "right", render: (row) => <Quantity value={row.carton_count} /> },
      { key: "appointment", title: t("col.appointment"), width: 150, render: (row) => <Doc to="/appointments" doc={row.appointment} /> },
      { key: "external", title: t("col.external"), width: 130, render: (row) => row.external_number },
      { key: "owner", title: t("col.owner"), width: 110, render: (row) => row.owner.name },
      { key: "warehouse", title: t("col.warehouse"), width: 110, render: (row) => row.warehouse.name },
      { key: "origin", title: t("col.origin"), width: 110, render: (row) => t(`origin.${row.origin}`) },
      { key: "carrier", title: t("col.carrier"), width: 110, hidden: true, render: (row) => row.carrier_name },
      { key: "created", title: t("col.created"), width: 120, sort: "created_at", render: (row) => <DateTime value={row.created_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => [{ key: "all", label: t("tab.all"), query: {} }, ...STATES.map((key) => ({ key, label: t(`tab.${key}`), query: { state: key }, attention: key === "receiving" }))], [t]);
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "supplier_id", label: t("col.supplier"), type: "remote", path: "/suppliers", toOption: byCode },
      { key: "origin", label: t("col.origin"), type: "select", width: 120, options: ["desk", "api", "file", "supplier"].map((value) => ({ value, label: t(`origin.${value}`) })) },
    ],
    [t],
  );
  const create = can("inbound.asn.create") ? (
    <>
      {can("inbound.asn.link") ? <SupplierLinkButton /> : null}
      <Link to="/imports?kind=asns"><Button icon={<UploadOutlined />}>{t("asn.import")}</Button></Link>
      <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t("asn.new")}</Button>
    </>
  ) : null;
  return (
    <>
      <ListPage<AsnRow>
        id="asns" title={t("asn.title")} path="/asns" countsPath="/asns/counts" columns={columns} tabs={tabs} defaultTab="all" filters={filters} search={t("asn.search")} rowId={(row) => row.id} rowName={(row) => row.number}
        defaultSort="-id" warehouseParam="warehouse_id" exportPath="/asns/export" drawer={(id, close) => <AsnDrawer id={id} onClose={close} />} primaryAction={create} empty={{ title: t("asn.empty"), hint: t("asn.emptyHint"), action: create }}
      />
      {making ? <NewAsnDialog onClose={() => setMaking(false)} onMade={(id) => state.setOpen(String(id))} /> : null}
    </>
  );
}
