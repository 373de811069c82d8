import { PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, InputNumber, Switch, TimePicker } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api } from "@/api";
import { changed } from "@/desk/floor/changes";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { WarehouseRow } from "./types";

interface Fields {
  code: string;
  name: string;
  region_code?: string | null;
  address?: string;
  contact?: string;
  phone?: string;
  latitude?: number | null;
  longitude?: number | null;
  timezone?: string;
  is_active?: boolean;
}
interface Values extends Fields {
  cutoff?: Dayjs | null;
}

const clock = (value: string | null) => (value ? value.slice(0, 5) : null);

function WarehouseDialog({ warehouse, onClose }: { warehouse: WarehouseRow | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const navigate = useNavigate();
  const required = (label: string) => [{ required: true, message: t("form.required", { label }) }];
  const before = warehouse ? { ...warehouse, region_code: warehouse.region?.code ?? null, cutoff_time: clock(warehouse.cutoff_time) } : null;
  return (
    <RecordDialog<Values>
      title={warehouse ? t("warehouses.edit", { code: warehouse.code }) : t("warehouses.new")}
      width={680}
      initialValues={before ? { ...before, cutoff: before.cutoff_time ? dayjs(before.cutoff_time, "HH:mm") : null } : { timezone: "Asia/Shanghai" }}
      onClose={onClose}
      onSubmit={async ({ cutoff, code, is_active, ...rest }) => {
        const values = { ...rest, region_code: rest.region_code === "" ? null : rest.region_code, cutoff_time: cutoff ? cutoff.format("HH:mm") : null };
        if (before) return api.patch(`/warehouses/${before.id}`, changed(before, { ...values, is_active }));
        const made = await api.post<{ id: number }>("/warehouses", { code, ...values });
        void navigate(`/warehouses/${made.id}/layout`);
        return made;
      }}
    >
      <FormSection title={t("warehouses.basics")}>
        <Form.Item name="code" label={t("col.code")} rules={required(t("col.code"))}><Input maxLength={16} disabled={warehouse !== null} autoFocus={warehouse === null} /></Form.Item>
        <Form.Item name="name" label={t("col.name")} rules={required(t("col.name"))}><Input maxLength={100} /></Form.Item>
        <Form.Item name="address" label={t("col.address")}><Input maxLength={200} /></Form.Item>
        <Form.Item name="region_code" label={t("warehouses.region")} extra={t("warehouses.regionHint")}><Input maxLength={6} inputMode="numeric" /></Form.Item>
        <Form.Item name="contact" label={t("warehouses.contact")} extra={t("warehouses.contactHint")}><Input maxLength={50} /></Form.Item>
        <Form.Item name="phone" label={t("warehouses.phone")}><Input maxLength={32} inputMode="tel" /></Form.Item>
      </FormSection>
      <FormSection title={t("warehouses.place")}>
        <Form.Item name="latitude" label={t("warehouses.latitude")}><InputNumber min={-90} max={90} step={0.01} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="longitude" label={t("warehouses.longitude")}><InputNumber min={-180} max={180} step={0.01} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="cutoff" label={t("col.cutoff")} extra={t("warehouses.cutoffHint")}><TimePicker format="HH:mm" minuteStep={5} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="timezone" label={t("col.timezone")}><Input maxLength={64} /></Form.Item>
        {warehouse ? <Form.Item name="is_active" label={t("warehouses.isActive")} valuePropName="checked"><Switch /></Form.Item> : null}
      </FormSection>
    </RecordDialog>
  );
}

export default function WarehousesPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const [editing, setEditing] = useState<WarehouseRow | "new" | null>(null);
  const mayChange = can("facility.warehouse.change");
  const columns = useMemo<ListColumn<WarehouseRow>[]>(
    () => [
      { key: "code", title: t("col.code"), width: 120, sort: "code", render: (row) => row.code },
      { key: "name", title: t("col.name"), width: 180, render: (row) => row.name },
      { key: "region", title: t("col.region"), width: 200, render: (row) => row.region?.name },
      { key: "address", title: t("col.address"), width: 240, render: (row) => row.address },
      { key: "cutoff", title: t("col.cutoff"), width: 100, render: (row) => clock(row.cutoff_time) ?? <span className="hc-faint">{"—"}</span> },
      { key: "timezone", title: t("col.timezone"), width: 140, hidden: true, render: (row) => row.timezone },
      { key: "active", title: t("col.active"), width: 100, render: (row) => <StateTag ns={NS} state={row.is_active ? "active" : "inactive"} /> },
      {
        key: "links", title: "", label: t("warehouses.map"), width: 180,
        render: (row) => (
          <span className="hc-row">
            <Link to={`/map?wh=${row.id}`}>{t("warehouses.map")}</Link>
            {can("facility.layout.manage") ? <Link to={`/warehouses/${row.id}/layout`}>{t("warehouses.layout")}</Link> : null}
          </span>
        ),
      },
    ],
    [t, can],
  );
  const filters = useMemo<ListFilter[]>(() => [{ key: "active", label: t("filter.active"), type: "bool" }], [t]);
  const create = can("facility.warehouse.create") ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("warehouses.new")}</Button> : null;
  return (
    <>
      <ListPage<WarehouseRow>
        id="warehouses" title={t("warehouses.title")} path="/warehouses" search={t("warehouses.search")} filters={filters} columns={columns} rowId={(row) => row.id} defaultSort="code" primaryAction={create}
        {...(mayChange ? { onOpen: (row: WarehouseRow) => setEditing(row) } : {})}
        empty={{ title: t("warehouses.empty"), hint: t("warehouses.emptyHint"), action: create }}
      />
      {editing === null ? null : <WarehouseDialog warehouse={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}
