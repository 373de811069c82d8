import { PrinterOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DateTime, Quantity } from "@/shared/format/format";
import { PrintSettings } from "@/shared/print/PrintSettings";
import printWords from "@/shared/print/locale";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListTab } from "@/shared/list/types";
import { CopyText } from "@/shared/ui/CopyText";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { parcelTone } from "./words";
import { ParcelDrawer } from "./ParcelDetail";
import type { ParcelRow } from "./types";
import { Weight } from "./Weight";

const TABS = ["labelled", "open", "sealed", "shipped", "cancelled"] as const;

export default function ParcelsPage() {
  const { t } = useTranslation(NS);
  const [settings, setSettings] = useState(false);
  const columns = useMemo<ListColumn<ParcelRow>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 170, fixed: "left", render: (row) => <CopyText text={row.number} /> },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <StateTag ns={NS} group="parcel" state={row.state} {...parcelTone(row.state)} /> },
      { key: "waybill", title: t("col.waybill"), width: 180, render: (row) => (row.waybill ? <CopyText text={row.waybill.number} /> : <span className="hc-faint">{"—"}</span>) },
      { key: "order", title: t("col.order"), width: 170, render: (row) => <Link to={`/orders/${row.fulfilment.order.id}`}>{row.fulfilment.order.number}</Link> },
      { key: "service", title: t("col.service"), width: 130, render: (row) => row.waybill?.service.name },
      { key: "fulfilment", title: t("col.fulfilment"), width: 160, hidden: true, render: (row) => row.fulfilment.number },
      { key: "warehouse", title: t("col.warehouse"), width: 130, hidden: true, render: (row) => row.warehouse.name },
      { key: "carton", title: t("col.carton"), width: 110, render: (row) => row.carton?.code ?? <span className="hc-faint">{"—"}</span> },
      { key: "units", title: t("col.units"), width: 80, align: "right", render: (row) => <Quantity value={row.unit_count} /> },
      { key: "weight", title: t("col.weight"), width: 100, align: "right", render: (row) => <Weight grams={row.weight_g} /> },
      { key: "expected", title: t("col.expected"), width: 100, align: "right", render: (row) => <Weight grams={row.expected_weight_g} /> },
      { key: "packedBy", title: t("col.packedBy"), width: 120, render: (row) => row.packed_by },
      { key: "sealed", title: t("col.sealed"), width: 130, render: (row) => <DateTime value={row.sealed_at} /> },
      { key: "shipped", title: t("col.shipped"), width: 130, hidden: true, render: (row) => <DateTime value={row.shipped_at} /> },
      { key: "manifest", title: t("col.manifest"), width: 160, hidden: true, render: (row) => row.waybill?.manifest?.number },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(
    () => [{ key: "all", label: t("parcels.tab.all"), query: {} }, ...TABS.map((state) => ({ key: state, label: t(`parcels.tab.${state}`), query: { state }, attention: state === "sealed" }))],
    [t],
  );
  return (
    <>
    <ListPage<ParcelRow>
      id="parcels"
      title={t("parcels.title")}
      primaryAction={<Button icon={<PrinterOutlined />} onClick={() => setSettings(true)}>{t(`${printWords}:settings`)}</Button>}
      path="/parcels"
      countsPath="/parcels/counts"
      tabs={tabs}
      defaultTab="all"
      search={t("parcels.search")}
      columns={columns}
      rowId={(row) => row.id}
      rowName={(row) => row.number}
      defaultSort="-id"
      exportPath="/parcels/export"
      warehouseParam="warehouse_id"
      drawer={(id, close) => <ParcelDrawer id={id} onClose={close} />}
      rowTone={(row) => (row.fulfilment.is_stopped && row.state !== "shipped" ? "orange" : undefined)}
      refreshEvery={30_000}
      empty={{ title: t("parcels.empty"), hint: t("parcels.emptyHint") }}
    />
    {settings ? <PrintSettings onClose={() => setSettings(false)} /> : null}
    </>
  );
}
