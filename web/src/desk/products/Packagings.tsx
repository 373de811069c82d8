import { DeleteOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, InputNumber, Modal, Select, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { Quantity } from "@/shared/format/format";
import { FormPattern } from "@/shared/form/FormPattern";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import NS from "./locale";
import css from "./products.module.css";
import { Size } from "./Size";
import type { Packaging, SkuDetail } from "./types";

const LEVELS = ["each", "inner", "case", "pallet"];
const SIDES = ["weight_g", "length_mm", "width_mm", "height_mm"] as const;

function Editor({ sku, onClose }: { sku: SkuDetail; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const client = useQueryClient();
  return (
    <Modal open width={860} footer={null} title={t("packaging.title", { code: sku.code })} onCancel={onClose} mask={{ closable: false }}>
      <FormPattern<{ packagings: Packaging[] }>
        guard={false}
        initialValues={{ packagings: sku.packagings }}
        onCancel={onClose}
        onSubmit={async ({ packagings }) => {
          await api.put(`/skus/${sku.id}/packagings`, { packagings });
          await client.invalidateQueries({ queryKey: ["detail", "sku"] });
          void message.success(t("done.changed", { code: sku.code }));
        }}
        onDone={onClose}
      >
        <Form.List name="packagings">
          {(fields, { add, remove }) => (
            <>
              {fields.map((field) => (
                <div key={field.key} className={css.packaging}>
                  <Form.Item name={[field.name, "level"]} label={t("col.level")} rules={[{ required: true, message: t("form.required", { label: t("col.level") }) }]}>
                    <Select style={{ width: 110 }} options={LEVELS.map((value) => ({ value, label: t(`level.${value}`) }))} />
                  </Form.Item>
                  <Form.Item name={[field.name, "quantity"]} label={t("packaging.quantity")} rules={[{ required: true, message: t("form.required", { label: t("packaging.quantity") }) }]}>
                    <InputNumber min={1} precision={0} style={{ width: 100 }} />
                  </Form.Item>
                  {SIDES.map((side) => (
                    <Form.Item key={side} name={[field.name, side]} label={t(`field.${side}`)}>
                      <InputNumber min={0} precision={0} style={{ width: 110 }} />
                    </Form.Item>
                  ))}
                  <Button type="text" danger icon={<DeleteOutlined />} aria-label={t("action.delete")} onClick={() => remove(field.name)} />
                </div>
              ))}
              <Form.Item>
                <Button icon={<PlusOutlined />} onClick={() => add({ level: LEVELS[Math.min(fields.length + 1, 3)], weight_g: null, length_mm: null, width_mm: null, height_mm: null })}>{t("packaging.add")}</Button>
              </Form.Item>
            </>
          )}
        </Form.List>
      </FormPattern>
    </Modal>
  );
}

/** Inner, case, pallet: how many base units, how heavy, how big. */
export function Packagings({ sku }: { sku: SkuDetail }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const [editing, setEditing] = useState(false);
  return (
    <div className="hc-stack">
      <Table<Packaging>
        size="small"
        rowKey="level"
        pagination={false}
        dataSource={sku.packagings}
        locale={{ emptyText: <EmptyState compact title={t("detail.noPackagings")} hint={t("detail.noPackagingsHint")} /> }}
        columns={[
          { title: t("col.level"), render: (_, row) => t(`level.${row.level}`, { defaultValue: row.level }) },
          { title: t("col.quantity"), align: "right", render: (_, row) => <Quantity value={row.quantity} unit={sku.base_unit} /> },
          { title: t("col.weight"), align: "right", render: (_, row) => <Quantity value={row.weight_g} unit="g" /> },
          { title: t("col.size"), align: "right", render: (_, row) => <Size of={row} /> },
        ]}
      />
      {can("catalog.packaging.change") ? <div><Button icon={<EditOutlined />} onClick={() => setEditing(true)}>{t("action.edit")}</Button></div> : null}
      {editing ? <Editor sku={sku} onClose={() => setEditing(false)} /> : null}
    </div>
  );
}
