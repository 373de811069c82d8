import { PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, InputNumber, Radio, Select, Slider, Space, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Page } from "@/api";
import { useOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { useAsk } from "@/shared/form/useAsk";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { PageHeader, Section } from "@/shared/ui/PageHeader";
import css from "./shipping.module.css";
import NS from "./tracking/locale";
import type { ServicePolicy, TrackPolicy } from "./trackingTypes";
import type { Service } from "./types";

const RULES = ["cheapest_in_time", "fastest_under", "preferred", "weighted"] as const;
const KEYS = { policies: ["detail", "service-policies"], silence: ["detail", "track-policies"] };

interface PolicyValues {
  scope: "all" | "shop" | "owner";
  shop_id?: number | null;
  owner_id?: number | null;
  rule: string;
  max_price?: string | null;
  preferred?: string[];
  weight_price: number;
  weight_speed: number;
  weight_reliability: number;
}

function PolicyDialog({ policy, onClose }: { policy: ServicePolicy | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const shops = useOptions("/shops", { permission: "orders.shop.view" });
  const owners = useOptions("/owners", { permission: "partners.owner.view" });
  const services = useQuery({ queryKey: ["options", "/carrier-services", "codes"], queryFn: () => api.get<Page<Service>>("/carrier-services", { limit: 200 }) });
  const required = (label: string) => [{ required: true, message: t("form.required", { ns: "common", label }) }];
  const scope = policy?.shop_id ? "shop" : policy?.owner_id ? "owner" : "all";
  return (
    <RecordDialog<PolicyValues>
      title={policy ? t("policy.edit") : t("policy.new")}
      width={640}
      initialValues={policy ? { ...policy, scope } : { scope: "all", rule: "cheapest_in_time", weight_price: 60, weight_speed: 20, weight_reliability: 20 }}
      onClose={onClose}
      onSubmit={({ scope: wanted, ...values }) =>
        api.put("/service-policies", {
          shop_id: wanted === "shop" ? values.shop_id : null, owner_id: wanted === "owner" ? values.owner_id : null, rule: values.rule,
          max_price: values.rule === "fastest_under" ? values.max_price : null, preferred: values.rule === "preferred" ? (values.preferred ?? []) : [],
          weight_price: values.weight_price, weight_speed: values.weight_speed, weight_reliability: values.weight_reliability,
        })
      }
    >
      <FormSection title={t("policy.scope")}>
        <Form.Item name="scope" noStyle>
          <Radio.Group disabled={policy !== null} optionType="button" options={[{ value: "all", label: t("policy.all") }, { value: "shop", label: t("policy.shop") }, { value: "owner", label: t("policy.owner") }]} />
        </Form.Item>
        <Form.Item noStyle shouldUpdate>
          {({ getFieldValue }) =>
            getFieldValue("scope") === "shop" ? (
              <Form.Item name="shop_id" label={t("policy.shop")} rules={required(t("policy.shop"))}><Select disabled={policy !== null} options={shops.options} showSearch={{ optionFilterProp: "label" }} /></Form.Item>
            ) : getFieldValue("scope") === "owner" ? (
              <Form.Item name="owner_id" label={t("policy.owner")} rules={required(t("policy.owner"))}><Select disabled={policy !== null} options={owners.options} showSearch={{ optionFilterProp: "label" }} /></Form.Item>
            ) : null
          }
        </Form.Item>
      </FormSection>
      <FormSection title={t("policy.rule")}>
        <Form.Item name="rule" label={t("policy.rule")}><Select options={RULES.map((value) => ({ value, label: t(`policy.rules.${value}`) }))} /></Form.Item>
        <Form.Item noStyle shouldUpdate>
          {({ getFieldValue }) => {
            const rule = String(getFieldValue("rule"));
            return (
              <>
                <p className="hc-muted" style={{ gridColumn: "1 / -1" }}>{t(`policy.ruleHint.${rule}`)}</p>
                {rule === "fastest_under" ? <Form.Item name="max_price" label={t("policy.maxPrice")} rules={required(t("policy.maxPrice"))}><InputNumber<string> stringMode min="0" precision={2} style={{ width: "100%" }} /></Form.Item> : null}
                {rule === "preferred" ? <Form.Item name="preferred" label={t("policy.preferred")} rules={required(t("policy.preferred"))}><Select mode="multiple" options={(services.data?.items ?? []).map((one) => ({ value: one.code, label: `${one.code} ${one.name}` }))} /></Form.Item> : null}
                {rule === "weighted" ? (
                  <>
                    <Form.Item name="weight_price" label={t("policy.wPrice")}><Slider min={0} max={100} /></Form.Item>
                    <Form.Item name="weight_speed" label={t("policy.wSpeed")}><Slider min={0} max={100} /></Form.Item>
                    <Form.Item name="weight_reliability" label={t("policy.wReliability")}><Slider min={0} max={100} /></Form.Item>
                  </>
                ) : null}
              </>
            );
          }}
        </Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

function SilenceDialog({ policy, onClose }: { policy: TrackPolicy | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const services = useOptions("/carrier-services");
  const whole = (name: string, label: string, min: number, max: number, hint?: string) => (
    <Form.Item name={name} label={label} extra={hint} rules={[{ required: true, message: t("form.required", { ns: "common", label }) }]}><InputNumber min={min} max={max} precision={0} style={{ width: "100%" }} /></Form.Item>
  );
  return (
    <RecordDialog<Omit<TrackPolicy, "id">>
      title={t("policy.editSilence")}
      initialValues={policy ?? { service_id: null, stall_percent: 150, stall_least_hours: 24, stall_most_hours: 120, lost_days: 10 }}
      onClose={onClose}
      onSubmit={(values) => api.put("/track-policies", { ...values, service_id: values.service_id ?? null })}
    >
      <FormSection title={t("policy.silence")} hint={t("policy.silenceHint")}>
        <Form.Item name="service_id" label={t("policy.service")}><Select allowClear disabled={policy !== null} placeholder={t("policy.others")} options={services.options} showSearch={{ optionFilterProp: "label" }} /></Form.Item>
        {whole("stall_percent", t("policy.percent"), 100, 1000, t("policy.percentHint"))}
        {whole("stall_least_hours", t("policy.least"), 1, 720)}
        {whole("stall_most_hours", t("policy.most"), 1, 2000)}
        {whole("lost_days", t("policy.lostDays"), 1, 90)}
      </FormSection>
    </RecordDialog>
  );
}

/** How carrier services are chosen, and when a silent parcel is trouble. */
export default function PolicyPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const ask = useAsk();
  const report = useReportProblem();
  const client = useQueryClient();
  const [policy, setPolicy] = useState<ServicePolicy | "new" | null>(null);
  const [silence, setSilence] = useState<TrackPolicy | "new" | null>(null);
  const shops = useOptions("/shops", { permission: "orders.shop.view" });
  const owners = useOptions("/owners", { permission: "partners.owner.view" });
  const services = useOptions("/carrier-services");
  const policies = useQuery({ queryKey: KEYS.policies, queryFn: () => api.get<{ policies: ServicePolicy[] }>("/service-policies") });
  const bounds = useQuery({ queryKey: KEYS.silence, queryFn: () => api.get<{ policies: TrackPolicy[] }>("/track-policies") });
  const may = can("shipping.policy.manage");
  const named = (options: { value: number; label: string }[], id: number) => options.find((one) => one.value === id)?.label ?? String(id);
  const scopeText = (one: ServicePolicy) => (one.shop_id ? t("policy.ofShop", { name: named(shops.options, one.shop_id) }) : one.owner_id ? t("policy.ofOwner", { name: named(owners.options, one.owner_id) }) : t("policy.all"));
  const figures = (one: ServicePolicy) =>
    one.rule === "fastest_under" ? t("policy.upTo", { price: one.max_price }) : one.rule === "preferred" ? one.preferred.join(" › ") : one.rule === "weighted" ? t("policy.weights", { price: one.weight_price, speed: one.weight_speed, reliability: one.weight_reliability }) : "";
  const remove = async (path: string) => {
    if (!(await ask({ title: t("policy.remove"), okText: t("policy.remove"), text: t("policy.removeText"), danger: true }))) return;
    try {
      await api.delete(path);
      void message.success(t("links.saved"));
      await client.invalidateQueries({ queryKey: ["detail"] });
    } catch (error) {
      report(error);
    }
  };
  const actions = (edit: () => void, path: string) => (may ? <Space><Button size="small" type="link" onClick={edit}>{t("policy.edit")}</Button><Button size="small" type="link" danger onClick={() => void remove(path)}>{t("policy.remove")}</Button></Space> : null);
  return (
    <div className={css.column}>
      <PageHeader title={t("policy.title")} hint={t("policy.hint")} actions={may ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setPolicy("new")}>{t("policy.new")}</Button> : null} />
      <div className={css.body}>
        <Section title={t("policy.title")} flush>
          <Table<ServicePolicy>
            size="middle" rowKey="id" pagination={false} loading={policies.isLoading} dataSource={policies.data?.policies ?? []}
            locale={{ emptyText: <EmptyState compact title={t("policy.empty")} hint={t("policy.emptyHint")} /> }}
            columns={[
              { title: t("policy.scope"), width: 240, render: (_, one) => scopeText(one) },
              { title: t("policy.rule"), width: 260, render: (_, one) => t(`policy.rules.${one.rule}`) },
              { title: t("policy.detail"), render: (_, one) => figures(one) },
              { width: 180, align: "right", render: (_, one) => actions(() => setPolicy(one), `/service-policies/${one.id}`) },
            ]}
          />
        </Section>
        <Section title={t("policy.silence")} extra={may ? <Button size="small" onClick={() => setSilence("new")}>{t("policy.newSilence")}</Button> : null} flush>
          <p className="hc-muted" style={{ padding: "0 16px" }}>{t("policy.silenceHint")}</p>
          <Table<TrackPolicy>
            size="middle" rowKey="id" pagination={false} loading={bounds.isLoading}
            dataSource={(bounds.data?.policies ?? []).some((one) => one.service_id === null) ? (bounds.data?.policies ?? []) : [{ id: 0, service_id: null, stall_percent: 150, stall_least_hours: 24, stall_most_hours: 120, lost_days: 10 }, ...(bounds.data?.policies ?? [])]}
            columns={[
              { title: t("policy.service"), width: 240, render: (_, one) => (one.service_id === null ? t("policy.others") : named(services.options, one.service_id)) },
              { title: t("policy.percent"), align: "right", width: 120, render: (_, one) => t("percent", { value: one.stall_percent }) },
              { title: t("policy.least"), align: "right", width: 140, dataIndex: "stall_least_hours" },
              { title: t("policy.most"), align: "right", width: 140, dataIndex: "stall_most_hours" },
              { title: t("policy.lostDays"), align: "right", width: 160, dataIndex: "lost_days" },
              { align: "right", render: (_, one) => (one.id === 0 ? (may ? <Button size="small" type="link" onClick={() => setSilence({ ...one })}>{t("policy.edit")}</Button> : null) : actions(() => setSilence(one), `/track-policies/${one.id}`)) },
            ]}
          />
        </Section>
      </div>
      {policy ? <PolicyDialog policy={policy === "new" ? null : policy} onClose={() => setPolicy(null)} /> : null}
      {silence ? <SilenceDialog policy={silence === "new" ? null : silence} onClose={() => setSilence(null)} /> : null}
    </div>
  );
}
