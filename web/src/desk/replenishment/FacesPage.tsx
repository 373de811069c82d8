import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, InputNumber, Select, Space } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { useOptions, useSearchOptions } from "@/desk/floor/options";
import { FormSection } from "@/shared/form/FormPattern";
import { Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListFilter } from "@/shared/list/types";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { Done, Face } from "./types";

interface FaceValues {
  location_id: number;
  sku_id: number;
  owner_id: number;
  min_quantity: number;
  max_quantity: number;
  multiple: number;
}

function FaceDialog({ face, warehouseId, onClose }: { face: Face | null; warehouseId: number | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const places = useSearchOptions("/locations", { query: { kind: "pick_face", ...(warehouseId ? { warehouse: warehouseId } : {}) } });
  const skus = useSearchOptions("/skus");
  const owners = useOptions("/owners");
  return (
    <RecordDialog<FaceValues>
      title={face ? t("faces.edit") : t("faces.new")}
      submitLabel={t("form.save")}
      initialValues={face ? { location_id: face.location.id, sku_id: face.sku.id, owner_id: face.owner.id, min_quantity: face.min_quantity, max_quantity: face.max_quantity, multiple: face.multiple } : { min_quantity: 0, multiple: 1 }}
      onClose={onClose}
      onSubmit={(values) => api.put("/pick-faces", { faces: [values] })}
    >
      <FormSection title="">
        <Form.Item name="location_id" label={t("form.location")} rules={[{ required: true }]}>
          <Select disabled={face !== null} options={face ? [{ value: face.location.id, label: face.location.code }] : places.options} showSearch={{ filterOption: false, onSearch: places.setText }} loading={places.loading} />
        </Form.Item>
        <Form.Item name="sku_id" label={t("form.sku")} rules={[{ required: true }]}>
          <Select disabled={face !== null} options={face ? [{ value: face.sku.id, label: face.sku.code }] : skus.options} showSearch={{ filterOption: false, onSearch: skus.setText }} loading={skus.loading} />
        </Form.Item>
        <Form.Item name="owner_id" label={t("form.owner")} rules={[{ required: true }]}>
          <Select disabled={face !== null} options={owners.options} loading={owners.loading} />
        </Form.Item>
        <Form.Item name="multiple" label={t("form.multiple")} rules={[{ required: true }]}>
          <InputNumber min={1} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item name="min_quantity" label={t("form.min")} rules={[{ required: true }]}>
          <InputNumber min={0} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item name="max_quantity" label={t("form.max")} rules={[{ required: true }]}>
          <InputNumber min={1} style={{ width: "100%" }} />
        </Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

/** What is picked from where, and how full it is to be. */
export default function FacesPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { warehouse } = useScope();
  const client = useQueryClient();
  const report = useReportProblem();
  const { message } = App.useApp();
  const [editing, setEditing] = useState<Face | "new" | null>(null);
  const may = can("stockkeeping.pick_face.change");
  const run = async (path: string, text: string) => {
    if (!warehouse) return void message.warning(t("faces.pickWarehouse"));
    try {
      const done = await api.post<Done>(path, { warehouse_id: warehouse.id });
      void message.success(t(text, { count: done.count }));
      await client.invalidateQueries({ queryKey: ["list"] });
    } catch (error) {
      report(error);
    }
  };
  const columns = useMemo<ListColumn<Face>[]>(() => {
    const ask = async (face: Face) => {
      try {
        const done = await api.post<Done>("/replenishments/ask", { face_id: face.id });
        if (done.count > 0) void message.success(t("faces.asked", { count: done.count }));
        else void message.warning(t("faces.askNothing"));
        await client.invalidateQueries({ queryKey: ["list"] });
      } catch (error) {
        report(error);
      }
    };
    return [
      { key: "location", title: t("col.location"), width: 120, sort: "location", fixed: "left", render: (row) => <span className="hc-num">{row.location.code}</span> },
      { key: "sku", title: t("col.sku"), width: 200, sort: "sku", render: (row) => <><Link to={`/products/${row.sku.id}`}>{row.sku.code}</Link> <span className="hc-muted">{row.sku.name}</span></> },
      { key: "free", title: t("col.free"), width: 80, align: "right", render: (row) => <Quantity value={row.free} /> },
      { key: "coming", title: t("col.coming"), width: 90, align: "right", render: (row) => <Quantity value={row.coming} /> },
      { key: "min", title: t("col.min"), width: 90, align: "right", render: (row) => <Quantity value={row.min_quantity} /> },
      { key: "max", title: t("col.max"), width: 90, align: "right", render: (row) => <Quantity value={row.max_quantity} /> },
      { key: "demand", title: t("col.demand"), width: 90, align: "right", render: (row) => <Quantity value={row.demand} /> },
      { key: "reserve", title: t("col.reserve"), width: 80, align: "right", render: (row) => <Quantity value={row.reserve} /> },
      { key: "multiple", title: t("col.multiple"), width: 80, align: "right", hidden: true, render: (row) => <Quantity value={row.multiple} /> },
      { key: "suggested", title: t("col.suggested"), width: 130, align: "right", render: (row) => (row.suggested_max === null ? <span className="hc-faint">–</span> : <><Quantity value={row.suggested_min ?? 0} /> / <Quantity value={row.suggested_max} /></>) },
      { key: "outflow", title: t("col.outflow"), width: 110, align: "right", sort: "outflow", render: (row) => <Quantity value={Math.round(Number(row.daily_outflow) * 10) / 10} /> },
      { key: "fixed", title: t("col.fixed"), width: 90, render: (row) => <ToneTag tone={row.is_fixed ? "blue" : "grey"} icon={false}>{t(row.is_fixed ? "fixed.yes" : "fixed.no")}</ToneTag> },
      { key: "owner", title: t("col.owner"), width: 120, hidden: true, render: (row) => row.owner.name },
      ...(can("stockkeeping.replenishment.plan") ? [{ key: "ask", title: "", label: t("faces.ask"), width: 130, fixed: "right" as const, render: (row: Face) => <Button size="small" type="text" onClick={(event) => { event.stopPropagation(); void ask(row); }}>{t("faces.ask")}</Button> }] : []),
    ];
  }, [t, can, client, message, report]);
  const filters = useMemo<ListFilter[]>(() => [{ key: "is_fixed", label: t("filter.fixed"), type: "bool" }], [t]);
  const bulkActions = useMemo<BulkAction[]>(
    () => [
      { code: "take", label: t("faces.take"), path: "/pick-faces/take-suggestion", permission: "stockkeeping.pick_face.change", primary: true },
      { code: "drop", label: t("faces.drop"), path: "/pick-faces/drop", permission: "stockkeeping.pick_face.change", danger: true, confirm: t("faces.dropConfirm") },
    ],
    [t],
  );
  const create = may ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("faces.new")}</Button> : null;
  return (
    <>
      <ListPage<Face>
        id="pick-faces" title={t("faces.title")} hint={t("faces.hint")} path="/pick-faces" search={t("faces.search")} filters={filters} columns={columns} rowId={(row) => row.id} rowName={(row) => row.location.code}
        rowTone={(row) => (row.free === 0 && row.coming === 0 ? "red" : row.free < row.min_quantity ? "orange" : undefined)}
        defaultSort="location" warehouseParam="warehouse" exportPath="/pick-faces/export" bulkActions={bulkActions} refreshEvery={60_000} {...(may ? { onOpen: setEditing } : {})}
        primaryAction={may ? <Space><Button onClick={() => void run("/pick-faces/find", "faces.found")}>{t("faces.find")}</Button><Button onClick={() => void run("/pick-faces/suggest", "faces.suggested")}>{t("faces.suggest")}</Button>{create}</Space> : null}
        empty={{ title: t("faces.emptyTitle"), hint: t("faces.emptyHint"), action: create }}
      />
      {editing ? <FaceDialog face={editing === "new" ? null : editing} warehouseId={warehouse ? Number(warehouse.id) : null} onClose={() => setEditing(null)} /> : null}
    </>
  );
}
