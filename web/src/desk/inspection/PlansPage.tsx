import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, InputNumber, Select, Switch, Table } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useSearchOptions, type Option } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { ChecklistItem, Plan, Ref, Sampling } from "./types";

interface Values extends Omit<Plan, "id" | "sku" | "supplier" | "category"> {
  sku_id: number | null;
  supplier_id: number | null;
  category_id: number | null;
}

/** A limit as the tables write it: 2.5, not 2.500. */
function limit(value: string): string {
  return String(Number(value));
}

function Chooser({ path, permission, chosen, ...rest }: { path: string; permission: string; chosen: Ref | null; value?: number | null; onChange?: (value: number | null) => void; id?: string }) {
  const found = useSearchOptions(path, { permission });
  const known: Option[] = chosen ? [{ value: chosen.id, label: `${chosen.code} ${chosen.name}` }] : [];
  return <Select allowClear showSearch={{ filterOption: false, onSearch: found.setText }} options={[...known, ...found.options.filter((one) => one.value !== chosen?.id)]} loading={found.loading} {...rest} onChange={(value: number | undefined) => rest.onChange?.(value ?? null)} />;
}

/** What the tables make of the choice, for lots of some sizes. */
function Preview() {
  const { t } = useTranslation(NS);
  const form = Form.useFormInstance<Values>();
  const values = Form.useWatch([], form) as Partial<Values> | undefined;
  const asked: Record<string, string | number> = { sampling: values?.sampling ?? "iso2859", level: values?.level ?? "II", aql_critical: values?.aql_critical ?? "0", aql_major: values?.aql_major ?? "2.5", aql_minor: values?.aql_minor ?? "4", ...(values?.fixed_size ? { fixed_size: values.fixed_size } : {}) };
  const answer = useQuery({ queryKey: ["options", "/inspection-sampling", asked], queryFn: ({ signal }) => api.get<Sampling>("/inspection-sampling", asked, signal), staleTime: 600_000 });
  return (
    <div style={{ marginBottom: 20 }}>
      <Table
        size="small"
        rowKey="lot_size"
        pagination={false}
        dataSource={answer.data?.preview ?? []}
        columns={[
          { title: t("plan.lot"), align: "right", dataIndex: "lot_size" },
          ...(["critical", "major", "minor"] as const).map((name) => ({
            title: `${t(`defect.${name}`)} · ${t("plan.sample")}`,
            align: "right" as const,
            render: (_: unknown, row: Sampling["preview"][number]) => {
              const one = row.limits[name];
              return one ? <span className="hc-num">{one.letter} {one.size} / {Math.min(one.accept, row.lot_size)} / {one.reject > row.lot_size ? t("none") : one.reject}</span> : "";
            },
          })),
        ]}
      />
      <p className="hc-faint">{t("plan.source", { source: answer.data?.source ?? "" })}</p>
    </div>
  );
}

/** The questions; limits and a unit only where something is measured. */
function Checklist() {
  const { t } = useTranslation(NS);
  const form = Form.useFormInstance<Values>();
  const items = Form.useWatch("checklist", form) as (Partial<ChecklistItem> | undefined)[] | undefined;
  const measured = (at: number) => items?.[at]?.kind === "measure";
  return (
    <Form.List name="checklist">
      {(fields, { add, remove }) => (
        <div style={{ gridColumn: "1 / -1" }}>
          {fields.map((field) => (
            <div key={field.key} style={{ display: "flex", gap: 6, marginBottom: 6, alignItems: "center" }}>
              <Form.Item noStyle name={[field.name, "code"]} rules={[{ required: true }]}><Input aria-label={t("col.code")} placeholder={t("col.code")} maxLength={32} style={{ width: 90 }} /></Form.Item>
              <Form.Item noStyle name={[field.name, "label"]} rules={[{ required: true }]}><Input aria-label={t("field.label")} placeholder={t("field.label")} maxLength={200} style={{ flex: 1, minWidth: 140 }} /></Form.Item>
              <Form.Item noStyle name={[field.name, "kind"]}><Select aria-label={t("field.kind")} style={{ width: 90 }} options={["yes_no", "measure", "photo", "text"].map((value) => ({ value, label: t(`itemKind.${value}`) }))} /></Form.Item>
              <Form.Item noStyle hidden={!measured(field.name)} name={[field.name, "low"]}><Input aria-label={t("field.low")} placeholder={t("field.low")} style={{ width: 64 }} /></Form.Item>
              <Form.Item noStyle hidden={!measured(field.name)} name={[field.name, "high"]}><Input aria-label={t("field.high")} placeholder={t("field.high")} style={{ width: 64 }} /></Form.Item>
              <Form.Item noStyle hidden={!measured(field.name)} name={[field.name, "unit"]}><Input aria-label={t("field.unit")} placeholder={t("field.unit")} style={{ width: 56 }} /></Form.Item>
              <Form.Item noStyle name={[field.name, "defect_class"]}><Select aria-label={t("field.class")} style={{ width: 90 }} options={["critical", "major", "minor"].map((value) => ({ value, label: t(`defect.${value}`) }))} /></Form.Item>
              <Form.Item noStyle name={[field.name, "required"]} valuePropName="checked"><Switch aria-label={t("field.required")} checkedChildren={t("field.required")} /></Form.Item>
              <Button type="text" danger icon={<DeleteOutlined />} aria-label={t("policy.remove")} onClick={() => remove(field.name)} />
            </div>
          ))}
          <Button icon={<PlusOutlined />} onClick={() => add({ kind: "yes_no", defect_class: "major", required: true, unit: "", low: "", high: "" })}>{t("plan.addItem")}</Button>
        </div>
      )}
    </Form.List>
  );
}

function PlanDialog({ plan, onClose }: { plan: Plan | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const tables = useQuery({ queryKey: ["options", "/inspection-sampling"], queryFn: ({ signal }) => api.get<Sampling>("/inspection-sampling", undefined, signal), staleTime: 600_000 });
  const limits = [{ value: "0", label: "0" }, ...(tables.data?.limits ?? []).map((value) => ({ value: limit(value), label: limit(value) }))];
  const initial: Partial<Values> = plan
    ? { ...plan, sku_id: plan.sku?.id ?? null, supplier_id: plan.supplier?.id ?? null, category_id: plan.category?.id ?? null, aql_critical: limit(plan.aql_critical), aql_major: limit(plan.aql_major), aql_minor: limit(plan.aql_minor) }
    : { sampling: "iso2859", level: "II", aql_critical: "0", aql_major: "2.5", aql_minor: "4", switches: true, checklist: [], is_active: true, instructions: "" };
  const send = (values: Values) => {
    const body = { ...values, sku_id: values.sku_id ?? null, supplier_id: values.supplier_id ?? null, category_id: values.category_id ?? null, fixed_size: values.fixed_size ?? null, skip_after: values.skip_after ?? null, skip_every: values.skip_every ?? null, checklist: values.checklist.map((item) => (item.kind === "measure" ? item : { ...item, low: "", high: "", unit: "" })) };
    return plan ? api.put(`/inspection-plans/${plan.id}`, body) : api.post("/inspection-plans", body);
  };
  const [sampling, setSampling] = useState(initial.sampling);
  const need = (label: string) => [{ required: true, message: t("form.required", { ns: "common", label }) }];
  return (
    <RecordDialog<Values> width={860} title={plan ? t("plan.edit", { code: plan.code }) : t("plan.new")} initialValues={initial} onClose={onClose} onSubmit={send}>
      <FormSection title="">
        <Form.Item name="code" label={t("col.code")} rules={need(t("col.code"))}><Input maxLength={32} autoFocus={plan === null} /></Form.Item>
        <Form.Item name="name" label={t("col.name")} rules={need(t("col.name"))}><Input maxLength={100} /></Form.Item>
      </FormSection>
      <FormSection title={t("plan.scope")} hint={t("plan.scopeHint")}>
        <Form.Item name="sku_id" label={t("col.sku")}><Chooser path="/skus" permission="catalog.sku.view" chosen={plan?.sku ?? null} /></Form.Item>
        <Form.Item name="supplier_id" label={t("col.supplier")}><Chooser path="/suppliers" permission="partners.supplier.view" chosen={plan?.supplier ?? null} /></Form.Item>
        <Form.Item name="category_id" label={t("field.category")}><Chooser path="/categories" permission="catalog.category.view" chosen={plan?.category ?? null} /></Form.Item>
        <Form.Item name="is_active" label={t("plan.active")} valuePropName="checked"><Switch /></Form.Item>
      </FormSection>
      <FormSection title={t("plan.sampling")} hint={t("plan.samplingHint")}>
        <Form.Item name="sampling" label={t("field.sampling")}><Select onChange={setSampling} options={["iso2859", "full", "fixed"].map((value) => ({ value, label: t(`sampling.${value}`) }))} /></Form.Item>
        <Form.Item name="level" hidden={sampling !== "iso2859"} label={t("field.level")}><Select options={(tables.data?.levels ?? ["II"]).map((value) => ({ value, label: value }))} /></Form.Item>
        <Form.Item name="aql_critical" label={t("field.aqlCritical")}><Select showSearch options={limits} /></Form.Item>
        <Form.Item name="aql_major" label={t("field.aqlMajor")}><Select showSearch options={limits} /></Form.Item>
        <Form.Item name="aql_minor" label={t("field.aqlMinor")}><Select showSearch options={limits} /></Form.Item>
        <Form.Item name="fixed_size" hidden={sampling !== "fixed"} label={t("field.fixed")} rules={sampling === "fixed" ? need(t("field.fixed")) : []}><InputNumber min={1} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="switches" label={t("plan.switches")} valuePropName="checked"><Switch /></Form.Item>
      </FormSection>
      <Preview />
      <FormSection title={t("plan.skip")} hint={t("plan.skipHint")}>
        <Form.Item name="skip_after" label={t("field.skipAfter")}><InputNumber min={1} max={1000} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="skip_every" label={t("field.skipEvery")}><InputNumber min={2} max={1000} style={{ width: "100%" }} /></Form.Item>
      </FormSection>
      <FormSection title={t("plan.checklist")}><Checklist /></FormSection>
      <FormSection title={t("plan.instructions")}>
        <Form.Item name="instructions" style={{ gridColumn: "1 / -1" }}><Input.TextArea rows={2} maxLength={1000} aria-label={t("plan.instructions")} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

export default function PlansPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const [editing, setEditing] = useState<Plan | "new" | null>(null);
  const may = can("inbound.inspection_plan.manage");
  const columns = useMemo<ListColumn<Plan>[]>(
    () => [
      { key: "code", title: t("col.code"), width: 100, sort: "code", render: (row) => row.code },
      { key: "name", title: t("col.name"), width: 120, render: (row) => row.name },
      { key: "scope", title: t("col.scope"), width: 190, render: (row) => [row.sku, row.supplier, row.category].filter((one) => one !== null).map((one) => `${one.code} ${one.name}`).join(" · ") || t("plan.all") },
      { key: "sampling", title: t("col.sampling"), width: 105, render: (row) => (row.sampling === "fixed" ? `${t("sampling.fixed")} ${row.fixed_size}` : t(`sampling.${row.sampling}`)) },
      { key: "level", title: t("col.level"), width: 75, render: (row) => (row.sampling === "iso2859" ? row.level : "") },
      { key: "aql", title: t("col.aql"), width: 195, align: "right", render: (row) => (row.sampling === "iso2859" ? <span className="hc-num">{limit(row.aql_critical)} / {limit(row.aql_major)} / {limit(row.aql_minor)}</span> : "") },
      { key: "skip", title: t("col.skip"), width: 165, render: (row) => (row.skip_every ? t("plan.every", { every: row.skip_every, after: row.skip_after }) : t("plan.never")) },
      { key: "items", title: t("col.items"), width: 65, align: "right", render: (row) => row.checklist.length },
      { key: "active", title: t("col.active"), width: 95, render: (row) => <StateTag ns={NS} state={row.is_active ? "active" : "inactive"} /> },
    ],
    [t],
  );
  const create = may ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("plan.new")}</Button> : null;
  return (
    <>
      <ListPage<Plan>
        id="inspection-plans"
        title={t("plan.title")}
        hint={t("plan.hint")}
        path="/inspection-plans"
        search={t("plan.search")}
        filters={[{ key: "is_active", label: t("plan.active"), type: "bool" }]}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.code}
        defaultSort="code"
        exportPath="/inspection-plans/export"
        primaryAction={create}
        {...(may ? { onOpen: (row: Plan) => setEditing(row) } : {})}
        empty={{ title: t("plan.empty"), hint: t("plan.emptyHint"), action: create }}
      />
      {editing === null ? null : <PlanDialog plan={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}
