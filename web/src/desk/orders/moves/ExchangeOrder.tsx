import { App, Form, Input, InputNumber, Modal, Radio } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { FormPattern } from "@/shared/form/FormPattern";
import type { OrderDetail } from "../types";
import NS from "./locale";

interface Values {
  kind: "exchange" | "resend";
  quantities?: Record<string, number | null>;
  note?: string;
}

/** Makes an order without price that makes good what went wrong with this one. */
export function ExchangeOrder({ order, onClose, onSaved }: { order: OrderDetail; onClose: () => void; onSaved: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const goods = [...new Map(order.lines.map((line) => [line.sku.code, line])).values()];
  const submit = async (values: Values) => {
    const lines = goods.flatMap((line) => {
      const quantity = values.quantities?.[String(line.id)] ?? 0;
      return quantity > 0 ? [{ sku: line.sku.code, quantity }] : [];
    });
    if (lines.length === 0) {
      void message.warning(t("exchange.none"));
      return false;
    }
    const made = await api.post<OrderDetail>(`/orders/${order.id}/exchange`, { kind: values.kind, lines, note: values.note ?? "" });
    void message.success(t("exchange.done", { number: made.number }));
    return true;
  };
  const done = (saved: boolean) => {
    if (!saved) return;
    onSaved();
    onClose();
  };
  return (
    <Modal open width={560} title={t("exchange.title", { number: order.number })} footer={null} onCancel={onClose} mask={{ closable: false }}>
      <p className="hc-muted">{t("exchange.hint")}</p>
      <FormPattern<Values, boolean> guard={false} onSubmit={submit} onDone={done} onCancel={onClose} submitLabel={t("action.exchange")} initialValues={{ kind: "exchange" }}>
        <Form.Item name="kind" label={t("exchange.kind")}>
          <Radio.Group options={(["exchange", "resend"] as const).map((value) => ({ value, label: t(`kind.${value}`) }))} />
        </Form.Item>
        {goods.map((line) => (
          <Form.Item key={line.id} name={["quantities", String(line.id)]} label={`${line.sku.code} ${line.sku.name}`}>
            <InputNumber min={0} precision={0} style={{ width: 140 }} />
          </Form.Item>
        ))}
        <Form.Item name="note" label={t("note")}><Input maxLength={200} /></Form.Item>
      </FormPattern>
    </Modal>
  );
}
