import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useOptions, useSearchOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import NS from "./locale";
import css from "./purchasing.module.css";
import type { PurchaseOrder } from "./types";

function useNeed() {
  const { t } = useTranslation();
  return (label: string) => [{ required: true, message: t("form.required", { label }) }];
}

interface NewLine {
  sku_id: number;
  quantity: number;
  unit_price?: string | null;
}

/** Lines to enter: article, quantity, price (empty: as the price list has it). */
function LineFields({ name }: { name: string }) {
  const { t } = useTranslation(NS);
  const need = useNeed();
  const skus = useSearchOptions("/skus", { permission: "catalog.sku.view" });
  return (
    <Form.List name={name}>
      {(fields, { add, remove }) => (
        <>
          <table className={css.editor}>
            <tbody>
              {fields.map((field) => (
                <tr key={field.key}>
                  <td><Form.Item noStyle name={[field.name, "sku_id"]} rules={need(t("col.sku"))}><Select aria-label={t("col.sku")} placeholder={t("col.sku")} style={{ width: 280 }} showSearch={{ filterOption: false, onSearch: skus.setText }} options={skus.options} loading={skus.loading} /></Form.Item></td>
                  <td><Form.Item noStyle name={[field.name, "quantity"]} rules={need(t("col.quantity"))}><InputNumber aria-label={t("col.quantity")} placeholder={t("col.quantity")} min={1} precision={0} /></Form.Item></td>
                  <td><Form.Item noStyle name={[field.name, "unit_price"]}><InputNumber<string> aria-label={t("col.price")} placeholder={t("col.listPrice")} stringMode min="0" precision={4} /></Form.Item></td>
                  <td><Button type="text" icon={<DeleteOutlined />} aria-label={t("orders.remove")} onClick={() => remove(field.name)} /></td>
                </tr>
              ))}
            </tbody>
          </table>
          <Button size="small" icon={<PlusOutlined />} onClick={() => add({})}>{t("orders.addLine")}</Button>
        </>
      )}
    </Form.List>
  );
}

export function NewOrderDialog({ onClose, onMade }: { onClose: () => void; onMade: (id: number) => void }) {
  const { t } = useTranslation(NS);
  const need = useNeed();
  const suppliers = useSearchOptions("/suppliers", { query: { active: true }, permission: "partners.supplier.view" });
  const owners = useOptions("/owners", { permission: "partners.owner.view" });
  const warehouses = useOptions("/warehouses", { permission: "facility.warehouse.view" });
  return (
    <RecordDialog<{ supplier_id: number; owner_id: number; warehouse_id: number; note?: string; lines: NewLine[] }>
      title={t("orders.new")}
      width={760}
      initialValues={{ lines: [{} as NewLine] }}
      onClose={onClose}
      onSubmit={async ({ note, ...rest }) => onMade((await api.post<{ id: number }>("/purchase-orders", { ...rest, note: note ?? "" })).id)}
    >
      <FormSection title={t("orders.kind")}>
        <Form.Item name="supplier_id" label={t("col.supplier")} rules={need(t("col.supplier"))}><Select showSearch={{ filterOption: false, onSearch: suppliers.setText }} options={suppliers.options} loading={suppliers.loading} /></Form.Item>
        <Form.Item name="warehouse_id" label={t("col.warehouse")} rules={need(t("col.warehouse"))}><Select options={warehouses.options} /></Form.Item>
        <Form.Item name="owner_id" label={t("col.owner")} rules={need(t("col.owner"))}><Select options={owners.options} /></Form.Item>
        <Form.Item name="note" label={t("col.note")}><Input maxLength={500} /></Form.Item>
      </FormSection>
      <h4>{t("orders.linesTitle")}</h4>
      <LineFields name="lines" />
    </RecordDialog>
  );
}

interface Edited {
  quantity: number;
  unit_price: string;
  expected_on: string | null;
}

/** New quantities, prices and days; cleared quantity of a line takes it out. */
export function ChangeDialog({ order, onClose }: { order: PurchaseOrder; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const lines = order.lines.filter((line) => line.quantity > line.cancelled);
  const before: Record<string, Edited> = Object.fromEntries(lines.map((line) => [String(line.id), { quantity: line.quantity - line.cancelled, unit_price: line.unit_price, expected_on: line.expected_on }]));
  return (
    <RecordDialog<{ edited: Record<string, Edited>; add?: NewLine[]; reason?: string; note?: string }>
      title={t("orders.changeTitle", { number: order.number })}
      width={820}
      initialValues={{ edited: before, add: [], note: order.note }}
      onClose={onClose}
      onSubmit={({ edited, add, reason, note }) => {
        const remove = lines.filter((line) => !edited[line.id]?.quantity).map((line) => line.id);
        const changes = lines
          .filter((line) => !remove.includes(line.id) && JSON.stringify(edited[line.id]) !== JSON.stringify(before[line.id]))
          .map((line) => ({ line_id: line.id, ...edited[line.id], expected_on: edited[line.id]?.expected_on ? edited[line.id]?.expected_on : null }));
        return api.patch(`/purchase-orders/${order.id}`, { lines: changes, add: add ?? [], remove, reason: reason ?? "", note: note ?? "" });
      }}
    >
      <p className="hc-muted">{t("orders.changeHint")}</p>
      <table className={css.editor}>
        <thead><tr><th>{t("col.sku")}</th><th>{t("col.quantity")}</th><th>{t("col.price")}</th><th>{t("col.expected")}</th></tr></thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.id}>
              <td>{line.number}. {line.sku.code} <span className="hc-muted">{line.sku.name}</span></td>
              <td><Form.Item noStyle name={["edited", String(line.id), "quantity"]}><InputNumber aria-label={`${t("col.quantity")} ${line.sku.code}`} min={Math.max(line.received, 1)} precision={0} /></Form.Item></td>
              <td><Form.Item noStyle name={["edited", String(line.id), "unit_price"]}><InputNumber<string> aria-label={`${t("col.price")} ${line.sku.code}`} stringMode min="0" precision={4} /></Form.Item></td>
              <td><Form.Item noStyle name={["edited", String(line.id), "expected_on"]}><Input aria-label={`${t("col.expected")} ${line.sku.code}`} type="date" /></Form.Item></td>
            </tr>
          ))}
        </tbody>
      </table>
      <LineFields name="add" />
      <FormSection title={t("col.note")}>
        <Form.Item name="reason" label={t("orders.reason")}><Input maxLength={200} /></Form.Item>
        <Form.Item name="note" label={t("col.note")}><Input maxLength={500} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

/** What the supplier says, line by line; it begins with what was asked for. */
export function ConfirmDialog({ order, onClose }: { order: PurchaseOrder; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const lines = order.lines.filter((line) => line.quantity > line.cancelled);
  return (
    <RecordDialog<{ said: Record<string, { quantity: number; on: string | null }>; supplier_number?: string }>
      title={t("orders.confirmTitle", { number: order.number })}
      width={720}
      submitLabel={t("action.confirm")}
      initialValues={{ supplier_number: order.supplier_number, said: Object.fromEntries(lines.map((line) => [String(line.id), { quantity: line.confirmed_quantity ?? line.quantity - line.cancelled, on: line.confirmed_on ?? line.expected_on }])) }}
      onClose={onClose}
      onSubmit={({ said, supplier_number }) => api.post(`/purchase-orders/${order.id}/confirm`, { supplier_number: supplier_number ?? "", lines: lines.map((line) => ({ line_id: line.id, quantity: said[line.id]?.quantity ?? 0, on: said[line.id]?.on ? said[line.id]?.on : null, unit_price: line.confirmed_price })) })}
    >
      <Form.Item name="supplier_number" label={t("col.theirNumber")}><Input maxLength={64} /></Form.Item>
      <table className={css.editor}>
        <thead><tr><th>{t("col.sku")}</th><th className="hc-right">{t("col.ordered")}</th><th>{t("col.confirmed")}</th><th>{t("col.confirmedOn")}</th></tr></thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.id}>
              <td>{line.number}. {line.sku.code} <span className="hc-muted">{line.sku.name}</span></td>
              <td className="hc-num hc-right">{line.quantity - line.cancelled}</td>
              <td><Form.Item noStyle name={["said", String(line.id), "quantity"]}><InputNumber aria-label={`${t("col.confirmed")} ${line.sku.code}`} min={line.received} precision={0} /></Form.Item></td>
              <td><Form.Item noStyle name={["said", String(line.id), "on"]}><Input aria-label={`${t("col.confirmedOn")} ${line.sku.code}`} type="date" /></Form.Item></td>
            </tr>
          ))}
        </tbody>
      </table>
    </RecordDialog>
  );
}
