import { PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, InputNumber, Switch } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { changed } from "@/desk/floor/changes";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { Money } from "@/shared/format/format";
import { formatNumber } from "@/shared/format/text";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { Carton } from "./types";
import { Weight } from "./Weight";

type Values = Omit<Carton, "id">;

function CartonDialog({ carton, onClose }: { carton: Carton | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const size = (name: keyof Values, label: string, min = 1) => (
    <Form.Item name={name} label={label} rules={[{ required: true, message: t("form.required", { label }) }]}>
      <InputNumber min={min} precision={0} style={{ width: "100%" }} />
    </Form.Item>
  );
  return (
    <RecordDialog<Values>
      title={carton ? t("cartons.edit", { code: carton.code }) : t("cartons.new")}
      initialValues={carton ?? ({ tare_g: 0, cost: "0", is_active: true })}
      onClose={onClose}
      onSubmit={({ code, is_active, ...rest }) =>
        carton ? api.patch(`/cartons/${carton.id}`, changed(carton, { ...rest, is_active })) : api.post("/cartons", { code, ...rest })
      }
    >
      <FormSection title={t("cartons.title")}>
        <Form.Item name="code" label={t("code")} rules={[{ required: true, message: t("form.required", { label: t("code") }) }]}>
          <Input maxLength={32} disabled={carton !== null} autoFocus={carton === null} />
        </Form.Item>
        <Form.Item name="name" label={t("name")} rules={[{ required: true, message: t("form.required", { label: t("name") }) }]}>
          <Input maxLength={100} />
        </Form.Item>
        {size("length_mm", t("cartons.length"))}
        {size("width_mm", t("cartons.width"))}
        {size("height_mm", t("cartons.height"))}
        {size("max_weight_g", t("cartons.maxWeight"))}
        {size("tare_g", t("cartons.tare"), 0)}
        <Form.Item name="cost" label={t("cartons.cost")}>
          <InputNumber<string> stringMode min="0" precision={2} style={{ width: "100%" }} />
        </Form.Item>
        {carton ? (
          <Form.Item name="is_active" label={t("isActive")} valuePropName="checked">
            <Switch />
          </Form.Item>
        ) : null}
      </FormSection>
    </RecordDialog>
  );
}

export default function CartonsPage() {
  const { t, i18n } = useTranslation(NS);
  const { can } = useSession();
  const [editing, setEditing] = useState<Carton | "new" | null>(null);
  const may = can("shipping.carton.manage");

  const columns = useMemo<ListColumn<Carton>[]>(
    () => [
      { key: "code", title: t("col.code"), width: 130, sort: "code", render: (row) => row.code },
      { key: "name", title: t("col.name"), width: 200, render: (row) => row.name },
      { key: "size", title: t("col.size"), width: 190, align: "right", sort: "length", render: (row) => `${row.length_mm} × ${row.width_mm} × ${row.height_mm} mm` },
      { key: "volume", title: t("col.volume"), width: 100, align: "right", render: (row) => t("litre", { value: formatNumber(Math.round((row.length_mm * row.width_mm * row.height_mm) / 1e5) / 10, i18n.language) }) },
      { key: "tare", title: t("col.tare"), width: 100, align: "right", render: (row) => <Weight grams={row.tare_g} /> },
      { key: "max", title: t("col.maxWeight"), width: 110, align: "right", render: (row) => <Weight grams={row.max_weight_g} /> },
      { key: "cost", title: t("col.cost"), width: 100, align: "right", render: (row) => <Money amount={row.cost} /> },
      { key: "active", title: t("col.active"), width: 100, render: (row) => <StateTag ns={NS} state={row.is_active ? "active" : "inactive"} /> },
    ],
    [t, i18n.language],
  );
  const filters = useMemo<ListFilter[]>(() => [{ key: "active", label: t("filter.active"), type: "bool" }], [t]);
  const create = may ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("cartons.new")}</Button> : null;

  return (
    <>
      <ListPage<Carton>
        id="cartons"
        title={t("cartons.title")}
        path="/cartons"
        columns={columns}
        filters={filters}
        rowId={(row) => row.id}
        defaultSort="code"
        exportPath="/cartons/export"
        primaryAction={create}
        {...(may ? { onOpen: (row: Carton) => setEditing(row) } : {})}
        empty={{ title: t("cartons.empty"), hint: t("cartons.emptyHint"), action: create }}
      />
      {editing === null ? null : <CartonDialog carton={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}
