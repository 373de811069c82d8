import { Checkbox, Form, Input, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import { FormSection } from "@/shared/form/FormPattern";
import NS from "./locale";
import { HAZARDS, KINDS, KIT_MODES, STATUSES, TEMPERATURES } from "./words";

/** What can be said of a product; `create` also asks for what never changes later. */
export function SkuFields({ create }: { create: boolean }) {
  const { t } = useTranslation(NS);
  const required = (name: string) => [{ required: true, message: t("form.required", { label: t(`field.${name}`) }) }];
  const options = (group: string, values: readonly string[]) => values.map((value) => ({ value, label: t(`${group}.${value}`) }));
  const number = (name: string, min = 0) => (
    <Form.Item name={name} label={t(`field.${name}`)}>
      <InputNumber min={min} precision={0} style={{ width: "100%" }} />
    </Form.Item>
  );
  return (
    <>
      <FormSection title={t("section.basic")}>
        {create ? <Form.Item name="code" label={t("field.code")} rules={required("code")}><Input maxLength={64} autoFocus /></Form.Item> : null}
        <Form.Item name="name" label={t("field.name")} rules={required("name")}><Input maxLength={255} /></Form.Item>
        <Form.Item name="name_en" label={t("field.name_en")}><Input maxLength={255} /></Form.Item>
        <Form.Item name="category" label={t("field.category")} extra={t("field.categoryHelp")}><Input maxLength={200} /></Form.Item>
        <Form.Item name="kind" label={t("field.kind")}><Select options={options("kind", KINDS)} /></Form.Item>
        <Form.Item noStyle shouldUpdate={(before: { kind?: string }, after: { kind?: string }) => before.kind !== after.kind}>
          {({ getFieldValue }) => (getFieldValue("kind") === "kit" ? <Form.Item name="kit_mode" label={t("field.kit_mode")}><Select options={options("kitMode", KIT_MODES)} /></Form.Item> : null)}
        </Form.Item>
        <Form.Item name="status" label={t("field.status")}><Select options={options("state", STATUSES)} /></Form.Item>
        <Form.Item name="base_unit" label={t("field.base_unit")}><Input maxLength={16} /></Form.Item>
        <Form.Item name="abc_class" label={t("field.abc_class")}><Select options={["A", "B", "C"].map((value) => ({ value, label: value }))} /></Form.Item>
      </FormSection>
      <FormSection title={t("section.physical")} hint={t("section.physicalHint")}>
        {number("weight_g")}
        {number("length_mm")}
        {number("width_mm")}
        {number("height_mm")}
        <Form.Item name="is_estimated" valuePropName="checked"><Checkbox>{t("field.is_estimated")}</Checkbox></Form.Item>
      </FormSection>
      <FormSection title={t("section.handling")} hint={t("section.handlingHint")}>
        <Form.Item name="temperature" label={t("field.temperature")}><Select options={options("temperature", TEMPERATURES)} /></Form.Item>
        <Form.Item name="hazard" label={t("field.hazard")}><Select options={options("hazard", HAZARDS)} /></Form.Item>
        <Form.Item name="is_lot_tracked" valuePropName="checked"><Checkbox>{t("field.is_lot_tracked")}</Checkbox></Form.Item>
        <Form.Item name="is_expiry_tracked" valuePropName="checked"><Checkbox>{t("field.is_expiry_tracked")}</Checkbox></Form.Item>
        <Form.Item name="is_serial_tracked" valuePropName="checked"><Checkbox>{t("field.is_serial_tracked")}</Checkbox></Form.Item>
        {number("shelf_life_days", 1)}
        {number("min_remaining_days")}
      </FormSection>
    </>
  );
}

export const SKU_DEFAULTS = { kind: "goods", status: "active", base_unit: "pcs", abc_class: "C", temperature: "ambient", hazard: "none", min_remaining_days: 0 };
