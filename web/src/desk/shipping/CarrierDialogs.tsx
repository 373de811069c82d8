import { Form, Input, InputNumber, Select, Switch } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { changed } from "@/desk/floor/changes";
import { useOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { useScope } from "@/shared/session/scope";
import NS from "./locale";
import type { Carrier, Pool, Rate, Service } from "./types";

interface FieldProps {
  name: string;
  label: string;
  required?: boolean;
  hint?: ReactNode;
}

function useRules() {
  const { t } = useTranslation();
  return (label: string, required = true) => [{ required, message: t("form.required", { label }) }];
}

function TextField({ name, label, required = true, hint, max, disabled = false, focus = false }: FieldProps & { max: number; disabled?: boolean; focus?: boolean }) {
  const rules = useRules();
  return (
    <Form.Item name={name} label={label} extra={hint} rules={rules(label, required)}>
      <Input maxLength={max} disabled={disabled} autoFocus={focus} />
    </Form.Item>
  );
}

function WholeField({ name, label, required = true, hint, min = 0, disabled = false }: FieldProps & { min?: number; disabled?: boolean }) {
  const rules = useRules();
  return (
    <Form.Item name={name} label={label} extra={hint} rules={rules(label, required)}>
      <InputNumber min={min} precision={0} disabled={disabled} style={{ width: "100%" }} />
    </Form.Item>
  );
}

function PriceField({ name, label }: FieldProps) {
  const rules = useRules();
  return (
    <Form.Item name={name} label={label} rules={rules(label)}>
      <InputNumber<string> stringMode min="0" precision={2} style={{ width: "100%" }} />
    </Form.Item>
  );
}

function ActiveField({ shown }: { shown: boolean }) {
  const { t } = useTranslation(NS);
  return shown ? (
    <Form.Item name="is_active" label={t("isActive")} valuePropName="checked">
      <Switch />
    </Form.Item>
  ) : null;
}

export function CarrierDialog({ carrier, onClose }: { carrier: Carrier | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  return (
    <RecordDialog<{ code: string; name: string; is_active?: boolean }>
      title={carrier ? t("carriers.edit", { code: carrier.code }) : t("carriers.new")}
      {...(carrier ? { initialValues: carrier } : {})}
      onClose={onClose}
      onSubmit={({ code, ...rest }) => (carrier ? api.patch(`/carriers/${carrier.id}`, changed(carrier, rest)) : api.post("/carriers", { code, name: rest.name }))}
    >
      <FormSection title={t("carriers.tab.carriers")}>
        <TextField name="code" label={t("code")} max={16} disabled={carrier !== null} focus={carrier === null} />
        <TextField name="name" label={t("name")} max={100} />
        <ActiveField shown={carrier !== null} />
      </FormSection>
    </RecordDialog>
  );
}

interface ServiceValues {
  carrier_id: number;
  code: string;
  name: string;
  volumetric_divisor: number;
  max_weight_g: number;
  lead_days: number;
  priority: number;
  source: string;
  product: string;
  is_active?: boolean;
}

export function ServiceDialog({ service, onClose }: { service: Service | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const rules = useRules();
  const carriers = useOptions("/carriers");
  return (
    <RecordDialog<ServiceValues>
      title={service ? t("carriers.editService", { code: service.code }) : t("carriers.newService")}
      initialValues={service ? { ...service, carrier_id: service.carrier.id } : { volumetric_divisor: 6000, max_weight_g: 30_000, lead_days: 3, priority: 100, source: "pool", product: "" }}
      onClose={onClose}
      onSubmit={({ carrier_id, code, is_active, ...rest }) =>
        service ? api.patch(`/carrier-services/${service.id}`, changed(service, { ...rest, is_active })) : api.post("/carrier-services", { carrier_id, code, ...rest })
      }
    >
      <FormSection title={t("carriers.tab.services")}>
        <Form.Item name="carrier_id" label={t("col.carrier")} rules={rules(t("col.carrier"))}>
          <Select options={carriers.options} loading={carriers.loading} disabled={service !== null} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        <TextField name="code" label={t("code")} max={32} disabled={service !== null} />
        <TextField name="name" label={t("name")} max={100} />
        <WholeField name="lead_days" label={t("carriers.leadDays")} />
        <WholeField name="max_weight_g" label={t("carriers.maxWeightG")} />
        <WholeField name="volumetric_divisor" label={t("col.divisor")} hint={t("carriers.divisorHint")} />
        <WholeField name="priority" label={t("col.priority")} hint={t("carriers.priorityHint")} />
        <Form.Item name="source" label={t("col.source")}><Select options={["pool", "carrier"].map((value) => ({ value, label: t(`state.source.${value}`) }))} /></Form.Item>
        <TextField name="product" label={t("col.product")} max={40} required={false} hint={t("carriers.productHint")} />
        <ActiveField shown={service !== null} />
      </FormSection>
    </RecordDialog>
  );
}

interface RateValues {
  service_id: number;
  warehouse_id?: number | null;
  region_prefix?: string;
  first_weight_g: number;
  first_price: string;
  step_weight_g: number;
  step_price: string;
}

export function RateDialog({ rate, onClose }: { rate: Rate | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const rules = useRules();
  const { warehouses } = useScope();
  const services = useOptions("/carrier-services");
  const fixed = rate !== null;
  return (
    <RecordDialog<RateValues>
      title={fixed ? t("carriers.editRate") : t("carriers.newRate")}
      initialValues={rate ? { ...rate, service_id: rate.service.id, warehouse_id: rate.warehouse?.id ?? null } : { first_weight_g: 1000, step_weight_g: 1000 }}
      onClose={onClose}
      onSubmit={({ service_id, warehouse_id, region_prefix, ...prices }) =>
        rate ? api.patch(`/rates/${rate.id}`, changed(rate, prices)) : api.post("/rates", { service_id, warehouse_id: warehouse_id ?? null, region_prefix: region_prefix ?? "", ...prices })
      }
    >
      <FormSection title={t("carriers.tab.rates")}>
        <Form.Item name="service_id" label={t("col.service")} rules={rules(t("col.service"))}>
          <Select options={services.options} loading={services.loading} disabled={fixed} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        <Form.Item name="warehouse_id" label={t("col.warehouse")}>
          <Select allowClear disabled={fixed} placeholder={t("carriers.allWarehouses")} options={warehouses.map((one) => ({ value: Number(one.id), label: `${one.code} ${one.name}` }))} />
        </Form.Item>
        <Form.Item name="region_prefix" label={t("col.region")} extra={t("carriers.regionHint")}>
          <Input maxLength={6} inputMode="numeric" disabled={fixed} />
        </Form.Item>
        <WholeField name="first_weight_g" label={t("carriers.firstWeight")} min={1} />
        <PriceField name="first_price" label={t("carriers.firstPrice")} />
        <WholeField name="step_weight_g" label={t("carriers.stepWeight")} min={1} />
        <PriceField name="step_price" label={t("carriers.stepPrice")} />
      </FormSection>
    </RecordDialog>
  );
}

interface PoolValues {
  service_id: number;
  prefix?: string;
  first_number: number;
  last_number: number;
  digits: number;
  alert_below: number;
  is_active?: boolean;
}

export function PoolDialog({ pool, onClose }: { pool: Pool | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const rules = useRules();
  const services = useOptions("/carrier-services");
  const fixed = pool !== null;
  return (
    <RecordDialog<PoolValues>
      title={fixed ? t("carriers.editPool") : t("carriers.newPool")}
      initialValues={pool ? { ...pool, service_id: pool.service.id } : { digits: 12, alert_below: 500 }}
      onClose={onClose}
      onSubmit={({ alert_below, is_active, ...rest }) =>
        pool ? api.patch(`/waybill-pools/${pool.id}`, changed(pool, { alert_below, is_active })) : api.post("/waybill-pools", { ...rest, prefix: rest.prefix ?? "", alert_below })
      }
    >
      <FormSection title={t("carriers.tab.pools")}>
        <Form.Item name="service_id" label={t("col.service")} rules={rules(t("col.service"))}>
          <Select options={services.options} loading={services.loading} disabled={fixed} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        <TextField name="prefix" label={t("col.prefix")} max={16} required={false} disabled={fixed} />
        <WholeField name="first_number" label={t("carriers.firstNumber")} disabled={fixed} />
        <WholeField name="last_number" label={t("carriers.lastNumber")} disabled={fixed} />
        <WholeField name="digits" label={t("carriers.digits")} min={1} disabled={fixed} />
        <WholeField name="alert_below" label={t("col.alertBelow")} />
        <ActiveField shown={fixed} />
      </FormSection>
    </RecordDialog>
  );
}
