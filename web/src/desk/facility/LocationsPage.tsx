import { EnvironmentOutlined, PoweroffOutlined, TagOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Select, Switch } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { changed } from "@/desk/floor/changes";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { weightText } from "@/desk/shipping/Weight";
import { FormSection } from "@/shared/form/FormPattern";
import { useAsk } from "@/shared/form/useAsk";
import { Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListFilter } from "@/shared/list/types";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { CopyText } from "@/shared/ui/CopyText";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { PHYSICAL_KINDS, type LocationRow, type Ref } from "./types";

type Values = Pick<LocationRow, "code" | "kind" | "is_active" | "pick_sequence" | "max_weight_g" | "x_mm" | "y_mm" | "width_mm" | "depth_mm" | "height_mm">;

function LocationDialog({ location, onClose }: { location: LocationRow; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const whole = (name: keyof Values, label: string, extra?: string, min = 0) => (
    <Form.Item name={name} label={label} extra={extra}><InputNumber min={min} precision={0} style={{ width: "100%" }} /></Form.Item>
  );
  return (
    <RecordDialog<Values> title={t("locations.edit", { code: location.code })} width={680} initialValues={location} onClose={onClose} onSubmit={(values) => api.patch(`/locations/${location.id}`, changed(location, values))}>
      <FormSection title={t("locations.basics")}>
        <Form.Item name="code" label={t("col.code")} rules={[{ required: true, message: t("form.required", { label: t("col.code") }) }]}><Input maxLength={32} /></Form.Item>
        <Form.Item name="kind" label={t("col.kind")}><Select options={PHYSICAL_KINDS.map((kind) => ({ value: kind, label: t(`locationKind.${kind}`) }))} /></Form.Item>
        {whole("pick_sequence", t("col.sequence"), t("locations.sequenceHint"))}
        {whole("max_weight_g", t("col.maxWeight"), t("locations.maxWeightHint"))}
        <Form.Item name="is_active" label={t("state.active")} valuePropName="checked"><Switch /></Form.Item>
      </FormSection>
      <FormSection title={t("locations.geometry")}>
        {whole("x_mm", t("locations.x"), undefined, -10_000_000)}
        {whole("y_mm", t("locations.y"), undefined, -10_000_000)}
        {whole("width_mm", t("locations.width"))}
        {whole("depth_mm", t("locations.depth"))}
        {whole("height_mm", t("locations.height"))}
      </FormSection>
    </RecordDialog>
  );
}

export default function LocationsPage() {
  const { t, i18n } = useTranslation(NS);
  const { can } = useSession();
  const { warehouse } = useScope();
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const ask = useAsk();
  const report = useReportProblem();
  const [editing, setEditing] = useState<LocationRow | null>(null);
  const mayChange = can("facility.location.change");

  const columns = useMemo<ListColumn<LocationRow>[]>(
    () => [
      { key: "code", title: t("col.code"), width: 150, sort: "code", render: (row) => <CopyText text={row.code} /> },
      { key: "kind", title: t("col.kind"), width: 110, render: (row) => t(`locationKind.${row.kind}`, { defaultValue: row.kind }) },
      { key: "warehouse", title: t("col.warehouse"), width: 130, render: (row) => row.warehouse.name },
      { key: "zone", title: t("col.zone"), width: 120, render: (row) => row.zone.name || row.zone.code },
      { key: "aisle", title: t("col.aisle"), width: 80, align: "right", render: (row) => (row.aisle ? <Quantity value={row.aisle.number} /> : null) },
      { key: "level", title: t("col.level"), width: 70, align: "right", render: (row) => <Quantity value={row.level} /> },
      { key: "sequence", title: t("col.sequence"), width: 110, align: "right", sort: "pick_sequence", render: (row) => <Quantity value={row.pick_sequence} /> },
      { key: "size", title: t("col.size"), width: 180, align: "right", render: (row) => <span className="hc-num">{`${row.width_mm} × ${row.depth_mm} × ${row.height_mm}`}</span> },
      { key: "weight", title: t("col.maxWeight"), width: 100, align: "right", render: (row) => (row.max_weight_g === null ? <span className="hc-faint">{"—"}</span> : weightText(row.max_weight_g, i18n.language)) },
      { key: "position", title: t("col.position"), width: 150, align: "right", hidden: true, render: (row) => <span className="hc-num">{`${row.x_mm}, ${row.y_mm}`}</span> },
      { key: "active", title: t("col.active"), width: 90, render: (row) => <StateTag ns={NS} state={row.is_active ? "active" : "inactive"} /> },
      { key: "map", title: "", label: t("locations.onMap"), width: 60, render: (row) => <Link to={`/map?wh=${row.warehouse.id}&location=${encodeURIComponent(row.code)}`} aria-label={`${t("locations.onMap")} ${row.code}`} title={t("locations.onMap")}><EnvironmentOutlined /></Link> },
    ],
    [t, i18n.language],
  );
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "kind", label: t("filter.kind"), type: "select", multiple: true, options: PHYSICAL_KINDS.map((kind) => ({ value: kind, label: t(`locationKind.${kind}`) })) },
      { key: "zone_id", label: t("filter.zone"), type: "remote", path: "/zones", toOption: ((zone: Ref) => ({ value: String(zone.id), label: zone.name || zone.code })) },
      { key: "level", label: t("filter.level"), type: "text", width: 80 },
      { key: "active", label: t("filter.active"), type: "bool" },
    ],
    [t],
  );
  const bulk = useMemo<BulkAction[]>(
    () => [
      {
        code: "kind", label: t("locations.setKind"), path: "/locations/bulk-change", permission: "facility.location.change", icon: <TagOutlined />,
        ask: () => ask({ title: t("locations.setKind"), okText: t("locations.setKind"), text: t("locations.setKindText"), choice: { name: "kind", label: t("locations.newKind"), required: true, options: PHYSICAL_KINDS.map((kind) => ({ value: kind, label: t(`locationKind.${kind}`) })) } }),
      },
      { code: "on", label: t("locations.activate"), path: "/locations/bulk-change", permission: "facility.location.change", ask: () => Promise.resolve({ is_active: true }) },
      {
        code: "off", label: t("locations.deactivate"), path: "/locations/bulk-change", permission: "facility.location.change", danger: true, icon: <PoweroffOutlined />,
        ask: async () => {
          const yes = await modal.confirm({ title: t("locations.deactivate"), content: t("locations.setKindText"), okText: t("locations.deactivate"), okButtonProps: { danger: true }, cancelText: t("action.cancel") });
          return yes ? { is_active: false } : null;
        },
      },
    ],
    [t, ask, modal],
  );
  const renumber = async () => {
    if (!warehouse) return;
    const yes = await modal.confirm({ title: t("locations.renumber"), content: t("locations.renumberText"), okText: t("locations.renumber"), cancelText: t("action.cancel") });
    if (!yes) return;
    try {
      const done = await api.post<{ locations: number }>(`/warehouses/${warehouse.id}/renumber`);
      void message.success(t("locations.renumbered", { count: done.locations }));
      await client.invalidateQueries({ queryKey: ["list"] });
    } catch (error) {
      report(error);
    }
  };
  return (
    <>
      <ListPage<LocationRow>
        id="locations" title={t("locations.title")} path="/locations" search={t("locations.search")} filters={filters} columns={columns} rowId={(row) => row.id} rowName={(row) => row.code} defaultSort="code"
        warehouseParam="warehouse_id" exportPath="/locations/export" exportPermission="facility.location.export" {...(mayChange ? { bulkActions: bulk, onOpen: (row: LocationRow) => setEditing(row) } : {})}
        primaryAction={warehouse && can("facility.layout.manage") ? <Button onClick={() => void renumber()}>{t("locations.renumber")}</Button> : null}
        empty={{ title: t("locations.empty"), hint: t("locations.emptyHint") }}
      />
      {editing ? <LocationDialog location={editing} onClose={() => setEditing(null)} /> : null}
    </>
  );
}
