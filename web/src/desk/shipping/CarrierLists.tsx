import { PlusOutlined } from "@ant-design/icons";
import { App, Button, Progress } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueryClient } from "@tanstack/react-query";
import { api } from "@/api";
import { Quantity } from "@/shared/format/format";
import { formatMoney } from "@/shared/format/text";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import { CarrierDialog, PoolDialog, RateDialog, ServiceDialog } from "./CarrierDialogs";
import NS from "./locale";
import type { Carrier, Pool, Rate, Ref, Service } from "./types";
import { Weight, weightText } from "./Weight";

const toOption = ((one: Ref) => ({ value: String(one.id), label: one.name })) as (item: never) => { value: string; label: string };

function useEditing<Row>(permission: string) {
  const { can } = useSession();
  const [editing, setEditing] = useState<Row | "new" | null>(null);
  const may = can(permission);
  return { editing, may, start: setEditing, close: () => setEditing(null), onOpen: may ? { onOpen: (row: Row) => setEditing(row) } : {} };
}

function NewButton({ label, onClick }: { label: string; onClick: () => void }) {
  return <Button type="primary" icon={<PlusOutlined />} onClick={onClick}>{label}</Button>;
}

export function CarrierList() {
  const { t } = useTranslation(NS);
  const edit = useEditing<Carrier>("shipping.carrier.manage");
  const columns = useMemo<ListColumn<Carrier>[]>(
    () => [
      { key: "code", title: t("col.code"), width: 140, sort: "code", render: (row) => row.code },
      { key: "name", title: t("col.name"), width: 240, sort: "name", render: (row) => row.name },
      { key: "active", title: t("col.active"), width: 110, render: (row) => <StateTag ns={NS} state={row.is_active ? "active" : "inactive"} /> },
    ],
    [t],
  );
  const create = edit.may ? <NewButton label={t("carriers.new")} onClick={() => edit.start("new")} /> : null;
  return (
    <>
      <Head>{create}</Head>
      <ListPage<Carrier>
        id="carriers" embedded title={t("carriers.tab.carriers")} path="/carriers" columns={columns} rowId={(row) => row.id} defaultSort="code" search={t("col.name")}
        {...edit.onOpen}
        empty={{ title: t("carriers.empty"), hint: t("carriers.emptyHint"), action: create }}
      />
      {edit.editing === null ? null : <CarrierDialog carrier={edit.editing === "new" ? null : edit.editing} onClose={edit.close} />}
    </>
  );
}

/** The main action of an embedded list. */
function Head({ children }: { children: React.ReactNode }) {
  return children ? <div style={{ position: "absolute", right: 24, top: 62, zIndex: 2 }}>{children}</div> : null;
}

export function ServiceList() {
  const { t } = useTranslation(NS);
  const edit = useEditing<Service>("shipping.carrier.manage");
  const columns = useMemo<ListColumn<Service>[]>(
    () => [
      { key: "code", title: t("col.code"), width: 140, sort: "code", render: (row) => row.code },
      { key: "name", title: t("col.name"), width: 200, render: (row) => row.name },
      { key: "carrier", title: t("col.carrier"), width: 140, render: (row) => row.carrier.name },
      { key: "lead", title: t("col.lead"), width: 90, align: "right", render: (row) => t("carriers.days", { count: row.lead_days }) },
      { key: "max", title: t("col.maxWeight"), width: 110, align: "right", render: (row) => <Weight grams={row.max_weight_g} /> },
      { key: "divisor", title: t("col.divisor"), width: 120, align: "right", render: (row) => (row.volumetric_divisor === 0 ? <span className="hc-faint">{"—"}</span> : <Quantity value={row.volumetric_divisor} />) },
      { key: "priority", title: t("col.priority"), width: 90, align: "right", sort: "priority", render: (row) => <Quantity value={row.priority} /> },
      { key: "source", title: t("col.source"), width: 130, render: (row) => t(`state.source.${row.source}`) },
      { key: "active", title: t("col.active"), width: 110, render: (row) => <StateTag ns={NS} state={row.is_active ? "active" : "inactive"} /> },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "carrier_id", label: t("filter.carrier"), type: "remote", path: "/carriers", toOption },
      { key: "active", label: t("filter.active"), type: "bool" },
    ],
    [t],
  );
  const create = edit.may ? <NewButton label={t("carriers.newService")} onClick={() => edit.start("new")} /> : null;
  return (
    <>
      <Head>{create}</Head>
      <ListPage<Service>
        id="carrier-services" embedded title={t("carriers.tab.services")} path="/carrier-services" columns={columns} filters={filters} rowId={(row) => row.id} defaultSort="code"
        {...edit.onOpen}
        empty={{ title: t("carriers.emptyServices"), hint: t("carriers.emptyHint"), action: create }}
      />
      {edit.editing === null ? null : <ServiceDialog service={edit.editing === "new" ? null : edit.editing} onClose={edit.close} />}
    </>
  );
}

export function RateList() {
  const { t, i18n } = useTranslation(NS);
  const { modal } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const edit = useEditing<Rate>("shipping.rate.manage");
  const columns = useMemo<ListColumn<Rate>[]>(
    () => [
      { key: "service", title: t("col.service"), width: 180, sort: "service", render: (row) => row.service.name },
      { key: "warehouse", title: t("col.warehouse"), width: 140, render: (row) => row.warehouse?.name ?? t("carriers.allWarehouses") },
      { key: "region", title: t("col.region"), width: 120, sort: "region", render: (row) => row.region_prefix || t("carriers.allRegions") },
      { key: "first", title: t("col.first"), width: 180, align: "right", sort: "first_price", render: (row) => t("carriers.rateText", { weight: weightText(row.first_weight_g, i18n.language), price: formatMoney(row.first_price, row.currency, i18n.language) }) },
      { key: "step", title: t("col.step"), width: 180, align: "right", render: (row) => t("carriers.stepText", { weight: weightText(row.step_weight_g, i18n.language), price: formatMoney(row.step_price, row.currency, i18n.language) }) },
      ...(edit.may
        ? [
            {
              key: "delete", title: "", label: t("action.delete"), width: 90,
              render: (row: Rate) => (
                <Button
                  size="small" danger type="text"
                  onClick={() =>
                    void modal.confirm({
                      title: t("carriers.deleteRate"),
                      content: t("carriers.deleteRateText", { service: row.service.name, region: row.region_prefix || t("carriers.allRegions") }),
                      okText: t("action.delete"), okButtonProps: { danger: true }, cancelText: t("action.cancel"),
                      onOk: () => api.delete(`/rates/${row.id}`).then(() => client.invalidateQueries({ queryKey: ["list"] }), report),
                    })
                  }
                >
                  {t("action.delete")}
                </Button>
              ),
            },
          ]
        : []),
    ],
    [t, i18n.language, edit.may, modal, client, report],
  );
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "service_id", label: t("filter.service"), type: "remote", path: "/carrier-services", toOption },
      { key: "region", label: t("col.region"), type: "text" },
    ],
    [t],
  );
  const create = edit.may ? <NewButton label={t("carriers.newRate")} onClick={() => edit.start("new")} /> : null;
  return (
    <>
      <Head>{create}</Head>
      <ListPage<Rate>
        id="rates" embedded title={t("carriers.tab.rates")} path="/rates" columns={columns} filters={filters} rowId={(row) => row.id} defaultSort="service" exportPath="/rates/export"
        {...edit.onOpen}
        empty={{ title: t("carriers.emptyRates"), hint: t("carriers.emptyRatesHint"), action: create }}
      />
      {edit.editing === null ? null : <RateDialog rate={edit.editing === "new" ? null : edit.editing} onClose={edit.close} />}
    </>
  );
}

export function PoolList() {
  const { t } = useTranslation(NS);
  const edit = useEditing<Pool>("shipping.carrier.manage");
  const columns = useMemo<ListColumn<Pool>[]>(
    () => [
      { key: "service", title: t("col.service"), width: 180, render: (row) => row.service.name },
      { key: "prefix", title: t("col.prefix"), width: 100, render: (row) => row.prefix || <span className="hc-faint">{"—"}</span> },
      { key: "next", title: t("col.next"), width: 160, align: "right", render: (row) => <span className="hc-mono">{String(row.next_number).padStart(row.digits, "0")}</span> },
      { key: "last", title: t("col.last"), width: 160, align: "right", render: (row) => <span className="hc-mono">{String(row.last_number).padStart(row.digits, "0")}</span> },
      {
        key: "remaining", title: t("col.remaining"), width: 220, sort: "remaining",
        render: (row) => (
          <span className="hc-row">
            <Progress percent={Math.round((100 * row.remaining) / Math.max(1, row.last_number - row.first_number + 1))} showInfo={false} size="small" style={{ width: 80 }} status={row.remaining < row.alert_below ? "exception" : "normal"} aria-label={t("col.remaining")} />
            {row.remaining < row.alert_below ? <ToneTag tone="orange"><Quantity value={row.remaining} /></ToneTag> : <Quantity value={row.remaining} />}
          </span>
        ),
      },
      { key: "active", title: t("col.active"), width: 110, render: (row) => <StateTag ns={NS} state={row.is_active ? "active" : "inactive"} /> },
    ],
    [t],
  );
  const create = edit.may ? <NewButton label={t("carriers.newPool")} onClick={() => edit.start("new")} /> : null;
  return (
    <>
      <Head>{create}</Head>
      <ListPage<Pool>
        id="waybill-pools" embedded title={t("carriers.tab.pools")} path="/waybill-pools" columns={columns} rowId={(row) => row.id} defaultSort="id"
        {...edit.onOpen}
        empty={{ title: t("carriers.emptyPools"), hint: t("carriers.emptyPoolsHint"), action: create }}
      />
      {edit.editing === null ? null : <PoolDialog pool={edit.editing === "new" ? null : edit.editing} onClose={edit.close} />}
    </>
  );
}
