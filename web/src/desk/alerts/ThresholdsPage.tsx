import { PlusOutlined } from "@ant-design/icons";
import { Button, Form, InputNumber, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { useOptions, useSearchOptions } from "@/desk/floor/options";
import { FormSection } from "@/shared/form/FormPattern";
import { DateTime, Quantity } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListFilter } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { Threshold } from "./types";

const FIGURES = [["safety_stock", "safety"], ["reorder_point", "reorder"], ["max_stock", "max"], ["expiry_warning_days", "expiry"], ["slow_days", "slow"]] as const;

interface ThresholdValues {
  warehouse_id: number;
  sku_id: number | null;
  owner_id: number | null;
  safety_stock: number | null;
  reorder_point: number | null;
  max_stock: number | null;
  expiry_warning_days: number | null;
  slow_days: number | null;
}

function ThresholdDialog({ row, onClose }: { row: Threshold | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const warehouses = useOptions("/warehouses");
  const owners = useOptions("/owners");
  const skus = useSearchOptions("/skus");
  return (
    <RecordDialog<ThresholdValues>
      title={t(row ? "threshold.edit" : "threshold.new")} submitLabel={t("threshold.save")} onClose={onClose}
      initialValues={row ? { ...row, warehouse_id: row.warehouse.id, sku_id: row.sku?.id ?? null, owner_id: row.owner?.id ?? null } : {}}
      onSubmit={(values) => {
        const figures = Object.fromEntries(FIGURES.map(([name]) => [name, values[name] ?? null]));
        return api.put("/thresholds", { thresholds: [{ warehouse_id: values.warehouse_id, sku_id: values.sku_id ?? null, owner_id: values.owner_id ?? null, ...figures }] });
      }}
    >
      <FormSection title="">
        <Form.Item name="warehouse_id" label={t("threshold.warehouse")} rules={[{ required: true }]}>
          <Select disabled={row !== null} options={warehouses.options} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        <Form.Item name="sku_id" label={t("threshold.sku")}>
          <Select allowClear disabled={row !== null} placeholder={t("threshold.default")} options={row?.sku ? [{ value: row.sku.id, label: row.sku.code }] : skus.options} showSearch={{ filterOption: false, onSearch: skus.setText }} loading={skus.loading} />
        </Form.Item>
        <Form.Item name="owner_id" label={t("threshold.owner")}>
          <Select allowClear disabled={row !== null} options={owners.options} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        {FIGURES.map(([name, label]) => (
          <Form.Item key={name} name={name} label={t(`threshold.${label}`)}>
            <InputNumber min={0} style={{ width: "100%" }} />
          </Form.Item>
        ))}
      </FormSection>
    </RecordDialog>
  );
}

/** How much there should be, and when to warn. */
export default function ThresholdsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const ask = useAsk();
  const may = can("stockkeeping.threshold.change");
  const [editing, setEditing] = useState<Threshold | "new" | null>(null);
  const columns = useMemo<ListColumn<Threshold>[]>(
    () => [
      { key: "sku", title: t("threshold.sku"), width: 200, sort: "sku", fixed: "left", render: (row) => (row.sku ? <><Link to={`/products/${row.sku.id}`}>{row.sku.code}</Link> <span className="hc-muted">{row.sku.name}</span></> : <ToneTag tone="blue" icon={false}>{t("threshold.default")}</ToneTag>) },
      { key: "warehouse", title: t("threshold.warehouse"), width: 130, render: (row) => row.warehouse.name },
      ...FIGURES.map(([name, label]): ListColumn<Threshold> => ({ key: name, title: t(`threshold.${label}`), width: label === "expiry" ? 165 : 120, align: "right", render: (row) => (row[name] === null ? <span className="hc-faint">–</span> : <Quantity value={row[name]} />) })),
      { key: "source", title: t("threshold.source"), width: 90, render: (row) => t(`threshold.sources.${row.source}`) },
      { key: "updated", title: t("threshold.updated"), width: 130, sort: "updated_at", render: (row) => <DateTime value={row.updated_at} /> },
      { key: "owner", title: t("threshold.owner"), width: 120, hidden: true, render: (row) => row.owner?.name ?? "" },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(() => [{ key: "source", label: t("threshold.source"), type: "select", multiple: true, width: 120, options: ["manual", "import", "forecast"].map((value) => ({ value, label: t(`threshold.sources.${value}`) })) }], [t]);
  const bulkActions = useMemo<BulkAction[]>(
    () => [
      {
        code: "change", label: t("threshold.change"), path: "/thresholds/change", permission: "stockkeeping.threshold.change", primary: true,
        ask: async () => {
          const answer = await ask({ title: t("threshold.change"), okText: t("threshold.save"), choice: { name: "field", label: t("threshold.changeField"), required: true, options: FIGURES.map(([name, label]) => ({ value: name, label: t(`threshold.${label}`) })) }, note: { name: "value", label: t("threshold.changeValue") } });
          if (!answer?.field) return null;
          return { [answer.field]: answer.value ? Number(answer.value) : null };
        },
      },
      { code: "delete", label: t("threshold.delete"), path: "/thresholds/delete", permission: "stockkeeping.threshold.change", danger: true, confirm: t("threshold.deleteConfirm") },
    ],
    [t, ask],
  );
  const create = may ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("threshold.new")}</Button> : null;
  return (
    <>
      <ListPage<Threshold>
        id="thresholds" title={t("threshold.title")} hint={t("threshold.hint")} path="/thresholds" search={t("threshold.search")} filters={filters} columns={columns} rowId={(row) => row.id} rowName={(row) => row.sku?.code ?? t("threshold.default")}
        defaultSort="-id" warehouseParam="warehouse" exportPath="/thresholds/export" bulkActions={bulkActions} primaryAction={create} {...(may ? { onOpen: setEditing } : {})} empty={{ title: t("threshold.emptyTitle"), hint: t("threshold.emptyHint"), action: create }}
      />
      {editing ? <ThresholdDialog row={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
    </>
  );
}
