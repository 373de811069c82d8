import { DeleteOutlined, LinkOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, InputNumber, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useSearchOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { useScope } from "@/shared/session/scope";
import { useCodes } from "./codes";
import { LinksDialog } from "./LinksDialog";
import NS from "./locale";
import type { Asn } from "./types";

/** What a field without which nothing works says. */
export function useNeed() {
  const { t } = useTranslation(NS);
  return (label: string) => [{ required: true, message: t("need", { label }) }];
}

interface NewAsn {
  warehouse: string;
  owner: string;
  supplier?: string;
  external_number?: string;
  expected?: string;
  carrier_name?: string;
  pallet_count?: number;
  note?: string;
  lines: { sku: string; quantity: number; lot_code?: string; container?: string }[];
}

export function NewAsnDialog({ onClose, onMade }: { onClose: () => void; onMade: (id: number) => void }) {
  const { t } = useTranslation(NS);
  const need = useNeed();
  const { warehouse } = useScope();
  const suppliers = useCodes("/suppliers", "partners.supplier.view");
  const owners = useCodes("/owners", "partners.owner.view");
  const warehouses = useCodes("/warehouses", "facility.warehouse.view");
  const skus = useCodes("/skus", "catalog.sku.view");
  return (
    <RecordDialog<NewAsn>
      title={t("asn.new")}
      width={820}
      initialValues={{ lines: [{} as NewAsn["lines"][number]], ...(warehouse ? { warehouse: warehouse.code } : {}) }}
      onClose={onClose}
      onSubmit={async ({ lines, expected, ...rest }) => {
        const containers = [...new Set(lines.map((line) => line.container).filter(Boolean))].map((code) => ({ code }));
        const body = { ...rest, lines, containers, ...(expected ? { expected_at: new Date(expected).toISOString() } : {}) };
        onMade((await api.post<{ id: number }>("/asns", body)).id);
      }}
    >
      <FormSection title={t("asn.one")}>
        <Form.Item name="warehouse" label={t("col.warehouse")} rules={need(t("col.warehouse"))}><Select options={warehouses.options} /></Form.Item>
        <Form.Item name="owner" label={t("col.owner")} rules={need(t("col.owner"))}><Select options={owners.options} /></Form.Item>
        <Form.Item name="supplier" label={t("col.supplier")}><Select allowClear showSearch={{ filterOption: false, onSearch: suppliers.setText }} options={suppliers.options} loading={suppliers.loading} /></Form.Item>
        <Form.Item name="external_number" label={t("col.external")}><Input maxLength={64} /></Form.Item>
        <Form.Item name="expected" label={t("col.expected")}><Input type="datetime-local" /></Form.Item>
        <Form.Item name="carrier_name" label={t("col.carrier")}><Input maxLength={100} /></Form.Item>
        <Form.Item name="pallet_count" label={t("col.pallets")}><InputNumber min={0} precision={0} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="note" label={t("col.note")}><Input maxLength={500} /></Form.Item>
      </FormSection>
      <h4>{t("asn.lines")}</h4>
      <Form.List name="lines">
        {(fields, { add, remove }) => (
          <>
            {fields.map((field) => (
              <div key={field.key} style={{ display: "flex", gap: 8, marginBottom: 8 }}>
                <Form.Item noStyle name={[field.name, "sku"]} rules={need(t("col.sku"))}><Select aria-label={t("col.sku")} placeholder={t("col.sku")} style={{ width: 260 }} showSearch={{ filterOption: false, onSearch: skus.setText }} options={skus.options} loading={skus.loading} /></Form.Item>
                <Form.Item noStyle name={[field.name, "quantity"]} rules={need(t("col.quantity"))}><InputNumber aria-label={t("col.quantity")} placeholder={t("col.quantity")} min={1} precision={0} /></Form.Item>
                <Form.Item noStyle name={[field.name, "lot_code"]}><Input aria-label={t("col.lot")} placeholder={t("col.lot")} style={{ width: 130 }} /></Form.Item>
                <Form.Item noStyle name={[field.name, "container"]}><Input aria-label={t("col.container")} placeholder={t("col.container")} style={{ width: 190 }} /></Form.Item>
                <Button type="text" icon={<DeleteOutlined />} aria-label={t("asn.remove")} onClick={() => remove(field.name)} />
              </div>
            ))}
            <Button size="small" icon={<PlusOutlined />} onClick={() => add({})}>{t("asn.addLine")}</Button>
          </>
        )}
      </Form.List>
    </RecordDialog>
  );
}

/** Links of the supplier that is chosen. */
export function SupplierLinkButton() {
  const { t } = useTranslation(NS);
  const { t: common } = useTranslation();
  const [choosing, setChoosing] = useState(false);
  const [chosen, setChosen] = useState<{ id: number; name: string } | null>(null);
  const suppliers = useSearchOptions("/suppliers", { permission: "partners.supplier.view" });
  return (
    <>
      <Button icon={<LinkOutlined />} onClick={() => setChoosing(true)}>{t("asn.supplierLink")}</Button>
      {choosing ? (
        <Modal open title={t("asn.supplierLink")} width={440} onCancel={() => setChoosing(false)} footer={<Button onClick={() => setChoosing(false)}>{common("action.cancel")}</Button>}>
          <Form layout="vertical">
            <Form.Item label={t("col.supplier")}>
              <Select autoFocus showSearch={{ filterOption: false, onSearch: suppliers.setText }} options={suppliers.options} loading={suppliers.loading} onChange={(id: number, option) => { setChosen({ id, name: (option as { label: string }).label }); setChoosing(false); }} />
            </Form.Item>
          </Form>
        </Modal>
      ) : null}
      {chosen ? <LinksDialog of={{ kind: "supplier", ...chosen }} onClose={() => setChosen(null)} /> : null}
    </>
  );
}

export function EditAsnDialog({ asn, onClose }: { asn: Asn; onClose: () => void }) {
  const { t } = useTranslation(NS);
  return (
    <RecordDialog<{ expected?: string; carrier_name: string; waybill_number: string; pallet_count: number; carton_count: number; note: string }>
      title={`${t("asn.edit")} ${asn.number}`}
      initialValues={{ carrier_name: asn.carrier_name, waybill_number: asn.waybill_number, pallet_count: asn.pallet_count, carton_count: asn.carton_count, note: asn.note }}
      onClose={onClose}
      onSubmit={({ expected, ...rest }) => api.patch(`/asns/${asn.id}`, { ...rest, ...(expected ? { expected_at: new Date(expected).toISOString() } : {}) })}
    >
      <FormSection title="">
        <Form.Item name="expected" label={t("col.expected")}><Input type="datetime-local" /></Form.Item>
        <Form.Item name="carrier_name" label={t("col.carrier")}><Input maxLength={100} /></Form.Item>
        <Form.Item name="waybill_number" label={t("col.waybill")}><Input maxLength={64} /></Form.Item>
        <Form.Item name="pallet_count" label={t("col.pallets")}><InputNumber min={0} precision={0} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="carton_count" label={t("col.cartons")}><InputNumber min={0} precision={0} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="note" label={t("col.note")}><Input maxLength={500} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}
