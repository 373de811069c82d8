import { App, Checkbox, Form, Input, InputNumber, Modal, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { FormPattern } from "@/shared/form/FormPattern";
import type { OrderDetail } from "../types";
import NS from "./locale";

const POLICIES = ["stock", "temperature", "hazard", "supplier", "promise", "size"] as const;

interface Values {
  quantities?: Record<string, number | null>;
  by?: string[];
  note?: string;
}

/** Units of an order become one of their own: named line by line, or found by policies. */
export function SplitOrder({ order, onClose, onSaved }: { order: OrderDetail; onClose: () => void; onSaved: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const [mode, setMode] = useState<"hand" | "policy">("hand");
  const open = order.lines.filter((line) => line.reserved + line.backordered > 0);

  const submit = async (values: Values) => {
    const part = open.flatMap((line) => {
      const quantity = values.quantities?.[String(line.id)] ?? 0;
      return quantity > 0 ? [{ line_id: line.id, quantity }] : [];
    });
    if (mode === "hand" && part.length === 0) {
      void message.warning(t("split.none"));
      return false;
    }
    const after = await api.post<OrderDetail>(`/orders/${order.id}/split`, { ...(mode === "hand" ? { parts: [part] } : { by: values.by }), note: values.note ?? "" });
    const made = after.relatives.length > order.relatives.length;
    void message[made ? "success" : "info"](t(made ? "split.done" : "split.nothing", { number: order.number }));
    return true;
  };
  const done = (saved: boolean) => {
    if (!saved) return;
    onSaved();
    onClose();
  };
  return (
    <Modal open width={560} title={t("split.title", { number: order.number })} footer={null} onCancel={onClose} mask={{ closable: false }}>
      <Segmented block value={mode} onChange={setMode} options={[{ value: "hand", label: t("split.byHand") }, { value: "policy", label: t("split.byPolicy") }]} style={{ marginBottom: 12 }} />
      <p className="hc-muted">{t(mode === "hand" ? "split.hint" : "split.policyHint")}</p>
      <FormPattern<Values, boolean> guard={false} onSubmit={submit} onDone={done} onCancel={onClose} submitLabel={t("action.split")} initialValues={{ by: ["stock"] }}>
        {mode === "hand" ? (
          open.map((line) => (
            <Form.Item key={line.id} name={["quantities", String(line.id)]} label={`${line.sku.code} ${line.sku.name}`} extra={t("split.open", { count: line.reserved + line.backordered })}>
              <InputNumber min={0} max={line.reserved + line.backordered} precision={0} style={{ width: 140 }} />
            </Form.Item>
          ))
        ) : (
          <Form.Item name="by" rules={[{ required: true, message: t("split.how") }]}>
            <Checkbox.Group style={{ display: "grid", gap: 8 }} options={POLICIES.map((value) => ({ value, label: t(`split.policy.${value}`) }))} />
          </Form.Item>
        )}
        <Form.Item name="note" label={t("note")}><Input maxLength={200} /></Form.Item>
      </FormPattern>
    </Modal>
  );
}
