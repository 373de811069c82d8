import { LinkOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { byCode } from "@/desk/stock/options";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { AppointmentDrawer } from "./AppointmentDetail";
import { LinksDialog } from "./LinksDialog";
import NS from "./locale";
import type { Appointment } from "./types";
import { Minutes, State } from "./words";

const STATES = ["booked", "arrived", "docked", "left", "no_show", "cancelled"];

export default function AppointmentsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const [linking, setLinking] = useState(false);
  const columns = useMemo<ListColumn<Appointment>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 160, fixed: "left", render: (row) => <span className="hc-num">{row.number}</span> },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <State state={row.state} /> },
      { key: "planned", title: t("col.planned"), width: 150, sort: "planned_at", render: (row) => <DateTime value={row.planned_at} mode="absolute" /> },
      { key: "dock", title: t("col.dock"), width: 80, render: (row) => row.dock?.code ?? "" },
      { key: "plate", title: t("col.plate"), width: 110, render: (row) => row.plate },
      { key: "supplier", title: t("col.supplier"), width: 180, render: (row) => row.supplier?.name ?? (row.kind === "closure" ? t("kind.closure") : row.carrier_name) },
      { key: "pallets", title: t("col.pallets"), width: 80, align: "right", render: (row) => <Quantity value={row.pallet_count} /> },
      { key: "units", title: t("col.units"), width: 90, align: "right", render: (row) => <Quantity value={row.unit_count} /> },
      { key: "arrived", title: t("col.arrived"), width: 130, sort: "arrived_at", render: (row) => <DateTime value={row.arrived_at} /> },
      { key: "waited", title: t("col.waited"), width: 100, align: "right", render: (row) => <Minutes seconds={row.waiting_seconds} /> },
      { key: "unloaded", title: t("col.unloaded"), width: 100, align: "right", render: (row) => <Minutes seconds={row.unloading_seconds} /> },
      { key: "carrier", title: t("col.carrier"), width: 110, render: (row) => row.carrier_name },
      { key: "warehouse", title: t("col.warehouse"), width: 110, render: (row) => row.warehouse.name },
      { key: "self", title: t("col.origin"), width: 120, hidden: true, render: (row) => (row.is_self_booked ? t("app.self") : row.created_by) },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => [{ key: "all", label: t("tab.all"), query: {} }, ...STATES.map((key) => ({ key, label: t(`tab.${key}`), query: { state: key }, attention: key === "arrived" }))], [t]);
  const filters = useMemo<ListFilter[]>(() => [{ key: "supplier_id", label: t("col.supplier"), type: "remote", path: "/suppliers", toOption: byCode }, { key: "when", label: t("col.planned"), type: "dates", fromKey: "starts_from", toKey: "starts_to" }], [t]);
  const links = can("inbound.asn.link") ? <Button icon={<LinkOutlined />} onClick={() => setLinking(true)}>{t("link.carriers")}</Button> : null;
  return (
    <>
      <ListPage<Appointment>
        id="appointments" title={t("app.title")} path="/appointments" countsPath="/appointments/counts" columns={columns} tabs={tabs} defaultTab="all" filters={filters} search={t("app.search")} rowId={(row) => row.id} rowName={(row) => row.number}
        defaultSort="-id" warehouseParam="warehouse_id" exportPath="/appointments/export" drawer={(id, close) => <AppointmentDrawer id={id} onClose={close} />} empty={{ title: t("app.empty"), hint: t("app.emptyHint") }} primaryAction={links}
      />
      {linking ? <LinksDialog of={{ kind: "carriers" }} onClose={() => setLinking(false)} /> : null}
    </>
  );
}
