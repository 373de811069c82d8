import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, InputNumber, Select, Space } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { useOptions, useSearchOptions } from "@/desk/floor/options";
import { FormSection } from "@/shared/form/FormPattern";
import NS from "./locale";

interface NewTransferValues {
  from_warehouse_id: number;
  to_warehouse_id: number;
  owner_id: number;
  note?: string;
  lines: { sku_id: number; quantity: number }[];
}

function SkuField({ name }: { name: number }) {
  const { t } = useTranslation(NS);
  const skus = useSearchOptions("/skus");
  return (
    <Form.Item name={[name, "sku_id"]} rules={[{ required: true, message: t("form.sku") }]} style={{ width: 340, marginBottom: 8 }}>
      <Select aria-label={t("form.sku")} placeholder={t("form.sku")} options={skus.options} showSearch={{ filterOption: false, onSearch: skus.setText }} loading={skus.loading} />
    </Form.Item>
  );
}

/** Ask for goods of one owner to be brought from one warehouse to another. */
export function NewTransfer({ onClose, onMade }: { onClose: () => void; onMade: (id: number) => void }) {
  const { t } = useTranslation(NS);
  const warehouses = useOptions("/warehouses");
  const owners = useOptions("/owners");
  return (
    <RecordDialog<NewTransferValues>
      title={t("new")}
      submitLabel={t("form.submit")}
      initialValues={{ lines: [{} as { sku_id: number; quantity: number }] }}
      onClose={onClose}
      onSubmit={async (values) => {
        const made = await api.post<{ id: number }>("/transfers", values);
        onMade(made.id);
      }}
    >
      <FormSection title="">
        <Form.Item name="from_warehouse_id" label={t("form.from")} rules={[{ required: true }]}>
          <Select options={warehouses.options} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        <Form.Item name="to_warehouse_id" label={t("form.to")} rules={[{ required: true }]}>
          <Select options={warehouses.options} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        <Form.Item name="owner_id" label={t("form.owner")} rules={[{ required: true }]}>
          <Select options={owners.options} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        <Form.Item name="note" label={t("form.note")}>
          <Input maxLength={500} />
        </Form.Item>
      </FormSection>
      <Form.List name="lines">
        {(fields, { add, remove }) => (
          <>
            {fields.map((field) => (
              <Space key={field.key} align="start">
                <SkuField name={field.name} />
                <Form.Item name={[field.name, "quantity"]} rules={[{ required: true, message: t("form.quantity") }]} style={{ marginBottom: 8 }}>
                  <InputNumber aria-label={t("form.quantity")} placeholder={t("form.quantity")} min={1} style={{ width: 120 }} />
                </Form.Item>
                <Button type="text" icon={<DeleteOutlined />} disabled={fields.length === 1} aria-label={t("form.remove")} onClick={() => remove(field.name)} />
              </Space>
            ))}
            <Button icon={<PlusOutlined />} style={{ marginBottom: 16 }} onClick={() => add({})}>{t("form.add")}</Button>
          </>
        )}
      </Form.List>
    </RecordDialog>
  );
}
