import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import NS from "./locale";
import type { Ref } from "./types";

interface LeadTime {
  id: number;
  service: Ref;
  warehouse: Ref | null;
  region_prefix: string;
  source: string;
  hours: number;
  parcels: number;
  percentile: number;
}
interface Unreached {
  id: number;
  service: Ref;
  region_prefix: string;
  note: string;
}
interface LeadTimeValues {
  service_id: number;
  warehouse_id?: number | null;
  region_prefix?: string;
  hours: number;
}
interface UnreachedValues {
  service_id: number;
  region_prefix: string;
  note?: string;
}

const toOption = ((one: Ref) => ({ value: String(one.id), label: one.name })) as (item: never) => { value: string; label: string };

/** The main action of an embedded list. */
function Head({ label, onNew }: { label: string; onNew: () => void }) {
  return (
    <div style={{ position: "absolute", right: 24, top: 62, zIndex: 2 }}>
      <Button type="primary" icon={<PlusOutlined />} onClick={onNew}>{label}</Button>
    </div>
  );
}

function ServiceField({ disabled = false }: { disabled?: boolean }) {
  const { t } = useTranslation(NS);
  const services = useOptions("/carrier-services");
  return (
    <Form.Item name="service_id" label={t("col.service")} rules={[{ required: true, message: t("form.required", { ns: "common", label: t("col.service") }) }]}>
      <Select options={services.options} loading={services.loading} disabled={disabled} showSearch={{ optionFilterProp: "label" }} />
    </Form.Item>
  );
}

function useRemove(path: string, text: (service: string, region: string) => string) {
  const { t } = useTranslation(NS);
  const { modal } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  return (row: { id: number; service: Ref; region_prefix: string }) =>
    void modal.confirm({
      title: t("terms.remove"),
      content: text(row.service.name, row.region_prefix || t("carriers.allRegions")),
      okText: t("action.delete"), okButtonProps: { danger: true }, cancelText: t("action.cancel"),
      onOk: () => api.delete(`${path}/${row.id}`).then(() => client.invalidateQueries({ queryKey: ["list"] }), report),
    });
}

function useServiceFilters(): ListFilter[] {
  const { t } = useTranslation(NS);
  return useMemo(() => [{ key: "service_id", label: t("filter.service"), type: "remote", path: "/carrier-services", toOption }], [t]);
}

function LeadTimeDialog({ row, onClose }: { row: LeadTime | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { warehouses } = useScope();
  return (
    <RecordDialog<LeadTimeValues>
      title={row ? t("terms.editLead") : t("terms.newLead")}
      initialValues={row ? { service_id: row.service.id, warehouse_id: row.warehouse?.id ?? null, region_prefix: row.region_prefix, hours: row.hours } : {}}
      onClose={onClose}
      onSubmit={({ hours, ...place }) =>
        row ? api.patch(`/lead-times/${row.id}`, { hours }) : api.post("/lead-times", { service_id: place.service_id, warehouse_id: place.warehouse_id ?? null, region_prefix: place.region_prefix ?? "", hours })
      }
    >
      <FormSection title={t("carriers.tab.leads")}>
        <ServiceField disabled={row !== null} />
        <Form.Item name="warehouse_id" label={t("col.warehouse")}>
          <Select allowClear disabled={row !== null} placeholder={t("carriers.allWarehouses")} options={warehouses.map((one) => ({ value: Number(one.id), label: `${one.code} ${one.name}` }))} />
        </Form.Item>
        <Form.Item name="region_prefix" label={t("col.region")} extra={t("carriers.regionHint")}><Input maxLength={6} inputMode="numeric" disabled={row !== null} /></Form.Item>
        <Form.Item name="hours" label={t("terms.hours")} rules={[{ required: true, message: t("form.required", { ns: "common", label: t("terms.hours") }) }]}>
          <InputNumber min={1} precision={0} style={{ width: "100%" }} />
        </Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

/** How long services need, as entered and as measured. */
export function LeadTimeList() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const may = can("shipping.rate.manage");
  const [editing, setEditing] = useState<LeadTime | "new" | null>(null);
  const remove = useRemove("/lead-times", (service, region) => t("terms.removeLead", { service, region }));
  const filters = useServiceFilters();
  const columns: ListColumn<LeadTime>[] = [
    { key: "service", title: t("col.service"), width: 180, sort: "service", render: (row) => row.service.name },
    { key: "warehouse", title: t("col.warehouse"), width: 160, render: (row) => row.warehouse?.name ?? t("carriers.allWarehouses") },
    { key: "region", title: t("col.region"), width: 120, sort: "region", render: (row) => row.region_prefix || t("carriers.allRegions") },
    { key: "hours", title: t("terms.hours"), width: 110, align: "right", sort: "hours", render: (row) => <Quantity value={row.hours} /> },
    { key: "source", title: t("col.source"), width: 110, render: (row) => t(`terms.source.${row.source}`, { defaultValue: row.source }) },
    { key: "parcels", title: t("terms.parcels"), width: 110, align: "right", render: (row) => (row.parcels ? <Quantity value={row.parcels} /> : <span className="hc-faint">{"—"}</span>) },
    ...(may ? [{ key: "delete", title: "", label: t("action.delete"), width: 90, render: (row: LeadTime) => <Button size="small" danger type="text" onClick={(event) => { event.stopPropagation(); remove(row); }}>{t("action.delete")}</Button> }] : []),
  ];
  return (
    <>
      {may ? <Head label={t("terms.newLead")} onNew={() => setEditing("new")} /> : null}
      <ListPage<LeadTime>
        id="lead-times" embedded title={t("carriers.tab.leads")} path="/lead-times" columns={columns} filters={filters} rowId={(row) => row.id} defaultSort="service" exportPath="/lead-times/export"
        {...(may ? { onOpen: (row: LeadTime) => setEditing(row) } : {})}
        empty={{ title: t("terms.emptyLead"), hint: t("terms.emptyLeadHint") }}
      />
      {editing === null ? null : <LeadTimeDialog row={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}

/** Regions that services do not deliver to. */
export function UnreachedList() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const may = can("shipping.rate.manage");
  const [adding, setAdding] = useState(false);
  const remove = useRemove("/unreached-regions", (service, region) => t("terms.removeUnreached", { service, region }));
  const filters = useServiceFilters();
  const columns: ListColumn<Unreached>[] = [
    { key: "service", title: t("col.service"), width: 200, sort: "service", render: (row) => row.service.name },
    { key: "region", title: t("col.region"), width: 140, sort: "region", render: (row) => row.region_prefix },
    { key: "note", title: t("terms.note"), width: 320, render: (row) => row.note },
    ...(may ? [{ key: "delete", title: "", label: t("action.delete"), width: 90, render: (row: Unreached) => <Button size="small" danger type="text" onClick={() => remove(row)}>{t("action.delete")}</Button> }] : []),
  ];
  return (
    <>
      {may ? <Head label={t("terms.newUnreached")} onNew={() => setAdding(true)} /> : null}
      <ListPage<Unreached>
        id="unreached-regions" embedded title={t("carriers.tab.unreached")} path="/unreached-regions" columns={columns} filters={filters} rowId={(row) => row.id} defaultSort="service" exportPath="/unreached-regions/export"
        empty={{ title: t("terms.emptyUnreached"), hint: t("terms.emptyUnreachedHint") }}
      />
      {adding ? (
        <RecordDialog<UnreachedValues> title={t("terms.newUnreached")} onClose={() => setAdding(false)} onSubmit={(values) => api.post("/unreached-regions", { note: "", ...values })}>
          <FormSection title={t("carriers.tab.unreached")}>
            <ServiceField />
            <Form.Item name="region_prefix" label={t("col.region")} extra={t("terms.regionHint")} rules={[{ required: true, pattern: /^[0-9]{1,6}$/, message: t("form.required", { ns: "common", label: t("col.region") }) }]}><Input maxLength={6} inputMode="numeric" /></Form.Item>
            <Form.Item name="note" label={t("terms.note")}><Input maxLength={100} /></Form.Item>
          </FormSection>
        </RecordDialog>
      ) : null}
    </>
  );
}
