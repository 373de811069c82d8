import { App, Form, Input, InputNumber } from "antd";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { RegionField } from "@/shared/form/RegionField";
import NS from "./locale";
import type { Check, Fix } from "./types";

/** Asks for the values of a fix; resolves to the body of the call, or null when given up. */
export function useFix(): (check: Check, fix: Fix) => Promise<Record<string, unknown> | null> {
  const { modal } = App.useApp();
  const { t } = useTranslation(NS);
  const [form] = Form.useForm<Record<string, string | number | null>>();
  return useCallback(
    async (check, fix) => {
      form.resetFields();
      let values: Record<string, string | number | null> = {};
      const suggested = check.suggested > 0;
      const yes = await modal.confirm({
        title: fix.title,
        icon: null,
        width: 460,
        okText: fix.title,
        cancelText: t("action.cancel", { ns: "common" }),
        content: (
          <Form form={form} layout="vertical" preserve={false}>
            <p className="hc-muted">{t("fixText", { title: check.title })}</p>
            {fix.fields.map((field) => (
              <Form.Item
                key={field.name}
                name={field.name}
                label={field.title}
                {...(suggested ? { extra: t("fillIn") } : {})}
                rules={[{ required: !suggested, message: t("form.required", { ns: "common", label: field.title }) }]}
              >
                {field.kind === "integer" ? <InputNumber min={1} precision={0} style={{ width: 160 }} /> : field.kind === "region" ? <RegionField label={field.title} /> : <Input maxLength={64} />}
              </Form.Item>
            ))}
          </Form>
        ),
        onOk: async () => {
          values = await form.validateFields();
        },
      });
      return yes ? { fix: fix.code, values: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== "")) } : null;
    },
    [modal, form, t],
  );
}
