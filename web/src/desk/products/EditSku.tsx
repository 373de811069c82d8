import { useQueryClient } from "@tanstack/react-query";
import { App, Modal } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { FormPattern } from "@/shared/form/FormPattern";
import { changedOnly } from "./changes";
import NS from "./locale";
import { SkuFields } from "./SkuFields";
import type { SkuDetail } from "./types";

const FIELDS = [
  "name", "name_en", "kind", "kit_mode", "status", "base_unit", "abc_class", "weight_g", "length_mm", "width_mm", "height_mm", "is_estimated",
  "temperature", "hazard", "is_lot_tracked", "is_expiry_tracked", "is_serial_tracked", "shelf_life_days", "min_remaining_days",
] as const;

/** Changes a product; only what changed is sent. */
export function EditSku({ sku, onClose }: { sku: SkuDetail; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const before: Record<string, unknown> = { ...Object.fromEntries(FIELDS.map((field) => [field, sku[field]])), category: sku.category?.code ?? "" };
  const submit = async (values: Record<string, unknown>) => {
    await api.patch(`/skus/${sku.id}`, changedOnly(before, values));
    await Promise.all([client.invalidateQueries({ queryKey: ["detail", "sku"] }), client.invalidateQueries({ queryKey: ["list"] })]);
    void message.success(t("done.changed", { code: sku.code }));
    onClose();
  };
  return (
    <Modal open width={760} footer={null} title={t("editTitle", { code: sku.code })} onCancel={onClose} mask={{ closable: false }}>
      <FormPattern<Record<string, unknown>> guard={false} onSubmit={submit} onCancel={onClose} initialValues={before}>
        <SkuFields create={false} />
      </FormPattern>
    </Modal>
  );
}
