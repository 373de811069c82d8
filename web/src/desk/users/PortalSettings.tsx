import { useQuery } from "@tanstack/react-query";
import { Form, Input, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { ErrorState } from "@/shared/ui/ErrorState";
import NS from "./locale";
import type { ShopRow } from "./types";

interface PortalPolicy {
  is_on: boolean;
  may_cancel: boolean;
  may_change_address: boolean;
  may_wish: boolean;
  contact: string;
}

const FLAGS = ["is_on", "may_wish", "may_change_address", "may_cancel"] as const;

/** What buyers of a shop may do on the page of their order. */
export function PortalDialog({ shop, onClose }: { shop: ShopRow; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const policy = useQuery({ queryKey: ["detail", "portal", shop.id], queryFn: ({ signal }) => api.get<PortalPolicy>(`/shops/${shop.id}/portal`, undefined, signal) });
  if (policy.error) return <ErrorState error={policy.error} onRetry={() => void policy.refetch()} />;
  if (!policy.data) return null;
  return (
    <RecordDialog<PortalPolicy>
      title={t("portal.title", { name: shop.name })}
      initialValues={policy.data}
      onClose={onClose}
      onSubmit={(values) => api.put(`/shops/${shop.id}/portal`, values)}
    >
      <FormSection title={t("portal.section")}>
        {FLAGS.map((name) => (
          <Form.Item key={name} name={name} label={t(`portal.${name}`)} extra={t(`portal.${name}_hint`)} valuePropName="checked"><Switch /></Form.Item>
        ))}
        <Form.Item name="contact" label={t("portal.contact")} extra={t("portal.contact_hint")}><Input maxLength={200} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}
