import { useQuery } from "@tanstack/react-query";
import { App, Checkbox, Form, Input, Modal, Radio } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { FormPattern } from "@/shared/form/FormPattern";
import { EmptyState } from "@/shared/ui/EmptyState";
import type { OrderDetail, Ref } from "../types";
import NS from "./locale";

interface Option {
  line_id: number;
  line_no: number;
  backordered: number;
  substitute: Ref;
  ratio: number;
  needs_consent: boolean;
  free: number;
}

interface Values {
  choice: string;
  has_consent?: boolean;
  note?: string;
}

/** Sends something else for what is short in an order. */
export function SubstituteLine({ order, onClose, onSaved }: { order: OrderDetail; onClose: () => void; onSaved: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const options = useQuery({
    queryKey: ["detail", "order", String(order.id), "substitutes"],
    queryFn: ({ signal }) => api.get<{ items: Option[] }>(`/orders/${order.id}/substitutes`, undefined, signal),
  });
  const items = options.data?.items ?? [];
  const key = (one: Option) => `${one.line_id}:${one.substitute.code}`;
  const submit = async (values: Values) => {
    const chosen = items.find((one) => key(one) === values.choice);
    if (!chosen) return;
    await api.post(`/orders/${order.id}/substitute`, { line_id: chosen.line_id, substitute: chosen.substitute.code, has_consent: values.has_consent ?? false, note: values.note ?? "" });
    void message.success(t("substitute.done", { number: order.number }));
    onSaved();
    onClose();
  };
  return (
    <Modal open width={560} title={t("substitute.title", { number: order.number })} footer={null} loading={options.isLoading} onCancel={onClose} mask={{ closable: false }}>
      {items.length === 0 ? (
        <EmptyState compact title={t("substitute.empty")} hint={t("substitute.emptyHint")} />
      ) : (
        <>
          <p className="hc-muted">{t("substitute.hint")}</p>
          <FormPattern<Values> guard={false} onSubmit={submit} onCancel={onClose} submitLabel={t("action.substitute")} initialValues={items[0] ? { choice: key(items[0]) } : {}}>
            <Form.Item name="choice">
              <Radio.Group style={{ display: "grid", gap: 8 }}>
                {items.map((one) => (
                  <Radio key={key(one)} value={key(one)}>
                    {t("substitute.line", { line: one.line_no, count: one.backordered })} → <strong>{one.substitute.code}</strong> {one.substitute.name}{" "}
                    <span className="hc-muted">
                      {[t("substitute.ratio", { ratio: one.ratio }), t("substitute.free", { count: one.free }), one.needs_consent ? t("substitute.needsConsent") : ""].filter(Boolean).join(" · ")}
                    </span>
                  </Radio>
                ))}
              </Radio.Group>
            </Form.Item>
            <Form.Item name="has_consent" valuePropName="checked"><Checkbox>{t("substitute.consent")}</Checkbox></Form.Item>
            <Form.Item name="note" label={t("note")}><Input maxLength={200} /></Form.Item>
          </FormPattern>
        </>
      )}
    </Modal>
  );
}
