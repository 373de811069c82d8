import { Checkbox, Form, Segmented, Select } from "antd";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, newKey, type Page } from "@/api";
import { useOptions, useSearchOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { useScope } from "@/shared/session/scope";
import { useNeed } from "./AsnDialogs";
import NS from "./locale";
import type { Numbered, Ref } from "./types";

type Source = "asn" | "order" | "none";

/** Documents that can be received, by number. */
function useDocuments(path: string, states: string[], enabled: boolean) {
  const { warehouse } = useScope();
  const [text, setText] = useState("");
  const list = useQuery({
    queryKey: ["options", path, states, text, warehouse?.id],
    queryFn: ({ signal }) => api.get<Page<Numbered & { supplier: Ref | null }>>(path, { q: text, state: states, limit: 50 }, signal),
    enabled,
    placeholderData: keepPreviousData,
  });
  return { options: (list.data?.items ?? []).map((one) => ({ value: one.id, label: [one.number, one.supplier?.name].filter(Boolean).join(" · ") })), setText, loading: list.isFetching };
}

/** Begin to receive: of an announcement, of an order, or without a document. */
export function NewReceiptDialog({ onClose, onMade }: { onClose: () => void; onMade: (id: number) => void }) {
  const { t } = useTranslation(NS);
  const need = useNeed();
  const { warehouse } = useScope();
  const [source, setSource] = useState<Source>("asn");
  const [key] = useState(() => newKey());
  const asns = useDocuments("/asns", ["announced", "receiving"], source === "asn");
  const orders = useDocuments("/purchase-orders", ["approved", "sent", "confirmed", "receiving"], source === "order");
  const owners = useOptions("/owners", { permission: "partners.owner.view" });
  const warehouses = useOptions("/warehouses", { permission: "facility.warehouse.view" });
  const suppliers = useSearchOptions("/suppliers", { permission: "partners.supplier.view" });
  return (
    <RecordDialog<Record<string, unknown>>
      title={t("rec.new")}
      submitLabel={t("rec.new")}
      initialValues={warehouse ? { warehouse_id: Number(warehouse.id) } : {}}
      onClose={onClose}
      onSubmit={async (values) => onMade((await api.post<{ id: number }>("/receipts", { ...values, is_blind: values.is_blind ? true : null, key })).id)}
    >
      <FormSection title={t("rec.source")}>
        <Segmented<Source> aria-label={t("rec.source")} value={source} onChange={setSource} options={(["asn", "order", "none"] as const).map((value) => ({ value, label: t(`rec.bySource.${value}`) }))} />
        {source === "asn" ? <Form.Item name="asn_id" label={t("asn.one")} rules={need(t("asn.one"))}><Select showSearch={{ filterOption: false, onSearch: asns.setText }} options={asns.options} loading={asns.loading} /></Form.Item> : null}
        {source === "order" ? <Form.Item name="purchase_order_id" label={t("col.order")} rules={need(t("col.order"))}><Select showSearch={{ filterOption: false, onSearch: orders.setText }} options={orders.options} loading={orders.loading} /></Form.Item> : null}
        {source === "none" ? (
          <>
            <Form.Item name="warehouse_id" label={t("col.warehouse")} rules={need(t("col.warehouse"))}><Select options={warehouses.options} /></Form.Item>
            <Form.Item name="owner_id" label={t("col.owner")} rules={need(t("col.owner"))}><Select options={owners.options} /></Form.Item>
            <Form.Item name="supplier_id" label={t("col.supplier")}><Select allowClear showSearch={{ filterOption: false, onSearch: suppliers.setText }} options={suppliers.options} loading={suppliers.loading} /></Form.Item>
          </>
        ) : null}
        <Form.Item name="is_blind" valuePropName="checked"><Checkbox>{t("rec.blind")} <span className="hc-muted">{t("rec.blindHint")}</span></Checkbox></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}
