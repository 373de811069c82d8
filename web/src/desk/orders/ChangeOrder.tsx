import { App, Form, Input, InputNumber, Modal } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { FormPattern, FormSection } from "@/shared/form/FormPattern";
import NS from "./locale";
import type { OrderDetail } from "./types";

interface Change {
  recipient?: { name?: string; phone?: string; region_code?: string; address?: string };
  seller_remark?: string;
  quantities?: Record<string, number>;
}

/** Changes recipient, remark or quantities of an order; the server says what is still possible. */
export function ChangeOrder({ order, onClose, onSaved }: { order: OrderDetail; onClose: () => void; onSaved: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const submit = async (values: Change) => {
    const recipient = Object.fromEntries(Object.entries(values.recipient ?? {}).filter(([, value]) => value.trim() !== ""));
    const lines = order.lines.flatMap((line) => {
      const quantity = values.quantities?.[String(line.id)];
      return quantity !== undefined && quantity !== line.quantity ? [{ line_id: line.id, quantity }] : [];
    });
    await api.post(`/orders/${order.id}/change`, {
      ...(Object.keys(recipient).length > 0 ? { recipient } : {}),
      ...(values.seller_remark !== undefined && values.seller_remark !== (order.seller_remark ?? "") ? { seller_remark: values.seller_remark } : {}),
      ...(lines.length > 0 ? { quantities: lines } : {}),
    });
    void message.success(t("done.change", { number: order.number }));
    onSaved();
    onClose();
  };
  return (
    <Modal open width={640} title={t("change.title", { number: order.number })} footer={null} onCancel={onClose} mask={{ closable: false }}>
      <p className="hc-muted">{t("change.hint")}</p>
      <FormPattern<Change>
        guard={false}
        onSubmit={submit}
        onCancel={onClose}
        initialValues={{ seller_remark: order.seller_remark ?? "", quantities: Object.fromEntries(order.lines.map((line) => [String(line.id), line.quantity])) }}
      >
        <FormSection title={t("change.recipient")}>
          <Form.Item name={["recipient", "name"]} label={t("change.name")}><Input maxLength={100} autoComplete="off" /></Form.Item>
          <Form.Item name={["recipient", "phone"]} label={t("change.phone")}><Input maxLength={32} autoComplete="off" /></Form.Item>
          <Form.Item name={["recipient", "region_code"]} label={t("change.region")}><Input maxLength={6} /></Form.Item>
          <Form.Item name={["recipient", "address"]} label={t("change.address")}><Input maxLength={200} autoComplete="off" /></Form.Item>
        </FormSection>
        <FormSection title={t("change.quantities")}>
          {order.lines.map((line) => (
            <Form.Item key={line.id} name={["quantities", String(line.id)]} label={`${line.sku.code} ${line.sku.name}`}>
              <InputNumber min={0} precision={0} style={{ width: 140 }} />
            </Form.Item>
          ))}
        </FormSection>
        <Form.Item name="seller_remark" label={t("change.remark")}><Input.TextArea rows={2} maxLength={500} /></Form.Item>
      </FormPattern>
    </Modal>
  );
}
