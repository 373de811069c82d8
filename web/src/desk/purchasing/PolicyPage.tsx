import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Segmented, Select, Skeleton, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { mapText, textMap } from "@/shared/connector/ConnectorForm";
import { FormPattern, FormSection } from "@/shared/form/FormPattern";
import { useSession } from "@/shared/session/session";
import { PageHeader } from "@/shared/ui/PageHeader";
import NS from "./locale";
import css from "./purchasing.module.css";

interface Policy {
  choice: string;
  base_currency: string;
  rates: Record<string, string>;
  self_limit: string;
  quantity_tolerance: string;
  price_tolerance: string;
  amount_tolerance: string;
  announces_unconfirmed: boolean;
  steps: { from_amount: string; role: string }[];
}

const ROLES = ["purchaser", "warehouse_manager", "finance", "admin"];

/** Who approves what, how suppliers are chosen, what invoices may differ by. */
export default function PolicyPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const client = useQueryClient();
  const { message } = App.useApp();
  const policy = useQuery({ queryKey: ["detail", "purchase-policy"], queryFn: ({ signal }) => api.get<Policy>("/purchasing/policy", undefined, signal) });
  if (!policy.data) return <Skeleton active />;
  const money = (name: string, label: string) => <Form.Item name={name} label={label}><InputNumber<string> stringMode min="0" precision={2} style={{ width: "100%" }} disabled={!can("purchasing.policy.manage")} /></Form.Item>;
  return (
    <div className={css.column}>
      <PageHeader title={t("policy.title")} />
      <div className={css.body}>
        <FormPattern<Omit<Policy, "rates"> & { rates: string }>
          initialValues={{ ...policy.data, rates: mapText(policy.data.rates) }}
          onSubmit={async (values) => {
            await api.put("/purchasing/policy", { ...values, rates: textMap(values.rates) });
            void message.success(t("policy.saved"));
            await client.invalidateQueries({ queryKey: ["detail", "purchase-policy"] });
          }}
        >
          <FormSection title={t("policy.approval")} hint={t("policy.stepHint")}>
            {money("self_limit", t("policy.selfLimit"))}
            <Form.Item name="base_currency" label={t("policy.base")}><Input maxLength={3} /></Form.Item>
            <Form.Item label={t("policy.steps")}>
              <Form.List name="steps">
                {(fields, { add, remove }) => (
                  <>
                    {fields.map((field) => (
                      <div key={field.key} className={css.filters}>
                        <Form.Item noStyle name={[field.name, "from_amount"]} rules={[{ required: true }]}><InputNumber<string> aria-label={t("policy.from")} stringMode min="0" precision={2} style={{ width: 160 }} /></Form.Item>
                        <Form.Item noStyle name={[field.name, "role"]} rules={[{ required: true }]}><Select aria-label={t("policy.role")} style={{ width: 160 }} options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))} /></Form.Item>
                        <Button type="text" icon={<DeleteOutlined />} aria-label={t("orders.remove")} onClick={() => remove(field.name)} />
                      </div>
                    ))}
                    <Button size="small" icon={<PlusOutlined />} onClick={() => add({})}>{t("policy.addStep")}</Button>
                  </>
                )}
              </Form.List>
            </Form.Item>
            <Form.Item name="rates" label={t("policy.rates")} extra={t("policy.ratesHint")}><Input.TextArea rows={4} /></Form.Item>
          </FormSection>
          <FormSection title={t("policy.choice")}>
            <Form.Item name="choice" label={t("policy.choice")}><Segmented options={["cheapest", "fastest"].map((value) => ({ value, label: t(`plan.${value}`) }))} /></Form.Item>
            <Form.Item name="announces_unconfirmed" label={t("policy.announces")} valuePropName="checked"><Switch /></Form.Item>
          </FormSection>
          <FormSection title={t("policy.tolerance")}>
            {money("quantity_tolerance", t("policy.quantityTolerance"))}
            {money("price_tolerance", t("policy.priceTolerance"))}
            {money("amount_tolerance", t("policy.amountTolerance"))}
          </FormSection>
        </FormPattern>
      </div>
    </div>
  );
}
