import { Form, Input, InputNumber, Modal, Select, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { FormPattern, FormSection } from "@/shared/form/FormPattern";
import { Money } from "@/shared/format/format";
import { useScope } from "@/shared/session/scope";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { Weight } from "./Weight";

interface Quote {
  service_id: number;
  service_code: string;
  rate_id: number;
  charged_weight_g: number;
  price: string;
  currency: string;
  lead_days: number;
}

interface Ask {
  warehouse_id: number;
  region_code?: string;
  weight_g: number;
}

/** What one parcel would cost with each service, best first: why a service is chosen. */
export function QuoteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { warehouses, warehouse } = useScope();
  const [quotes, setQuotes] = useState<Quote[] | null>(null);
  const required = (label: string) => [{ required: true, message: t("form.required", { label }) }];
  return (
    <Modal open width={680} title={t("carriers.quoteTitle")} footer={null} onCancel={onClose}>
      <FormPattern<Ask>
        guard={false}
        submitLabel={t("carriers.quoteRun")}
        initialValues={{ weight_g: 1000, ...(warehouse ? { warehouse_id: Number(warehouse.id) } : {}) }}
        onSubmit={async (values) => {
          const answer = await api.post<{ quotes: Quote[][] }>("/rates/quote", { parcels: [{ ...values, region_code: values.region_code ?? "" }] });
          setQuotes(answer.quotes[0] ?? []);
        }}
      >
        <FormSection title="">
          <Form.Item name="warehouse_id" label={t("col.warehouse")} rules={required(t("col.warehouse"))}>
            <Select options={warehouses.map((one) => ({ value: Number(one.id), label: `${one.code} ${one.name}` }))} />
          </Form.Item>
          <Form.Item name="region_code" label={t("carriers.quoteRegion")} rules={required(t("carriers.quoteRegion"))}>
            <Input maxLength={6} inputMode="numeric" autoFocus />
          </Form.Item>
          <Form.Item name="weight_g" label={t("carriers.quoteWeight")} rules={required(t("carriers.quoteWeight"))}>
            <InputNumber min={1} precision={0} style={{ width: "100%" }} />
          </Form.Item>
        </FormSection>
      </FormPattern>
      {quotes === null ? null : quotes.length === 0 ? (
        <EmptyState compact title={t("carriers.quoteNone")} hint={t("carriers.quoteNoneHint")} />
      ) : (
        <Table<Quote>
          size="small" rowKey="service_id" pagination={false} style={{ marginTop: 16 }} dataSource={quotes}
          columns={[
            { title: t("col.service"), render: (_, row, index) => <span className="hc-row">{row.service_code}{index === 0 ? <ToneTag tone="green">{t("carriers.best")}</ToneTag> : null}</span> },
            { title: t("col.charged"), align: "right", render: (_, row) => <Weight grams={row.charged_weight_g} /> },
            { title: t("col.freight"), align: "right", render: (_, row) => <Money amount={row.price} currency={row.currency} /> },
            { title: t("col.lead"), align: "right", render: (_, row) => t("carriers.days", { count: row.lead_days }) },
          ]}
        />
      )}
    </Modal>
  );
}
