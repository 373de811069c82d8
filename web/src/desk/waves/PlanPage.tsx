import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Collapse, DatePicker, Form, Input, InputNumber, Select, Switch } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api";
import { useWarehouseMap } from "@/desk/floor/map";
import { useOptions, type Option } from "@/desk/floor/options";
import { FormPattern, FormSection } from "@/shared/form/FormPattern";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { PageHeader } from "@/shared/ui/PageHeader";
import { BatchWalks } from "./BatchWalks";
import { ChoiceResult } from "./ChoiceResult";
import { toCriteria, type PlanForm } from "./criteria";
import NS from "./locale";
import { PlanResult } from "./PlanResult";
import type { WavePlan } from "./types";
import css from "./waves.module.css";

function Many({ name, label, hint, data }: { name: keyof PlanForm; label: string; hint?: string; data: { options: Option[]; loading: boolean } }) {
  const { t } = useTranslation(NS);
  return (
    <Form.Item name={name} label={label} extra={hint}>
      <Select mode="multiple" allowClear maxTagCount="responsive" placeholder={t("plan.anyOf")} options={data.options} loading={data.loading} showSearch={{ optionFilterProp: "label" }} />
    </Form.Item>
  );
}

/** Conditions on the left, the plan that explains itself on the right; nothing is decided until released or kept. */
export default function PlanPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { warehouses, warehouse } = useScope();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const client = useQueryClient();
  const report = useReportProblem();
  const [plan, setPlan] = useState<{ asked: PlanForm; result: WavePlan } | null>(null);
  const [busy, setBusy] = useState<"save" | "release" | null>(null);
  const home = warehouse ?? warehouses[0];
  const [warehouseId, setWarehouseId] = useState<number | null>(null);
  const chosen = warehouseId ?? (home ? Number(home.id) : null);
  const map = useWarehouseMap(chosen);
  const carriers = useOptions("/carriers", { permission: "shipping.carrier.view" });
  const services = useOptions("/carrier-services", { permission: "shipping.carrier.view" });
  const owners = useOptions("/owners", { permission: "partners.owner.view" });
  const shops = useOptions("/shops", { permission: "orders.shop.view" });
  const zones = (map.data?.zones ?? []).filter((zone) => zone.kind === "storage").map((zone) => ({ value: Number(zone.id), label: zone.name ?? zone.code }));
  const words = (group: string, keys: readonly string[]) => keys.map((value) => ({ value, label: t(`plan.${group}.${value}`) }));

  const ask = (form: PlanForm, save: boolean) => api.post<WavePlan>("/waves/plan", { warehouse_id: form.warehouse_id, criteria: toCriteria(form), save });

  const decide = async (step: "save" | "release") => {
    if (!plan) return;
    setBusy(step);
    try {
      const kept = await ask(plan.asked, true);
      if (step === "release") {
        await api.post(`/waves/${String(kept.id)}/release`);
        void message.success(t("result.released", { number: kept.number ?? "", count: kept.batches.length }));
      } else void message.success(t("result.saved", { number: kept.number ?? "" }));
      await client.invalidateQueries({ queryKey: ["list"] });
      void navigate(`/waves/${String(kept.id)}`);
    } catch (error) {
      report(error);
    } finally {
      setBusy(null);
    }
  };

  const nothing = plan?.result.batches.length === 0;
  if (!home) return null;
  return (
    <div className={css.page}>
      <PageHeader title={t("plan.title")} hint={t("plan.hint")} />
      <div className={css.plan}>
        <div className={`hc-card ${css.form ?? ""}`}>
          <FormPattern<PlanForm>
            guard={false}
            submitLabel={t(plan ? "plan.again" : "plan.run")}
            initialValues={{ warehouse_id: Number(home.id), size: "any", policy: "fefo", max_orders: 500 }}
            onSubmit={async (form) => setPlan({ asked: form, result: await ask(form, false) })}
          >
            {(form) => (
              <>
                <div className={css.presets}>
                  <Button size="small" onClick={() => form.setFieldsValue({ size: "any", ship_before: null })}>{t("plan.preset.all")}</Button>
                  <Button size="small" onClick={() => form.setFieldsValue({ ship_before: dayjs().add(3, "hour").startOf("hour") })}>{t("plan.preset.cutoff")}</Button>
                  <Button size="small" onClick={() => form.setFieldsValue({ size: "single" })}>{t("plan.preset.single")}</Button>
                  <Button size="small" onClick={() => form.setFieldsValue({ size: "multi" })}>{t("plan.preset.multi")}</Button>
                </div>
                <FormSection title={t("plan.which")}>
                  <Form.Item name="warehouse_id" label={t("plan.warehouse")} rules={[{ required: true, message: t("form.required", { label: t("plan.warehouse") }) }]}>
                    <Select options={warehouses.map((one) => ({ value: Number(one.id), label: `${one.code} ${one.name}` }))} onChange={(id: number) => setWarehouseId(id)} />
                  </Form.Item>
                  <Form.Item name="ship_before" label={t("plan.before")}>
                    <DatePicker showTime={{ format: "HH:mm", minuteStep: 30 }} format="MM-DD HH:mm" style={{ width: "100%" }} />
                  </Form.Item>
                  <Many name="carrier_ids" label={t("plan.carrier")} data={carriers} />
                  <Many name="zone_ids" label={t("plan.zone")} data={{ options: zones, loading: map.isLoading }} />
                  <Form.Item name="size" label={t("plan.size")}><Select options={words("sizes", ["any", "single", "multi"])} /></Form.Item>
                  <Form.Item name="choose" label={t("plan.choose")} valuePropName="checked" extra={t("plan.chooseHint")}><Switch /></Form.Item>
                  <Form.Item noStyle dependencies={["choose"]}>
                    {({ getFieldValue }) =>
                      getFieldValue("choose") ? (
                        <>
                          <Form.Item name="pickers" label={t("plan.pickers")}><InputNumber min={1} max={10000} precision={0} placeholder={t("plan.pickersNow")} style={{ width: "100%" }} /></Form.Item>
                          <Form.Item name="next_wave_minutes" label={t("plan.nextWave")}><InputNumber min={1} max={1440} precision={0} placeholder="60" style={{ width: "100%" }} /></Form.Item>
                        </>
                      ) : null
                    }
                  </Form.Item>
                  <Form.Item name="max_orders" label={t("plan.maxOrders")}><InputNumber min={1} max={5000} precision={0} style={{ width: "100%" }} /></Form.Item>
                </FormSection>
                <Collapse
                  ghost size="small" style={{ margin: "0 -12px 8px" }}
                  items={[
                    {
                      key: "more", label: t("plan.more"), forceRender: true,
                      children: (
                        <FormSection title={t("plan.how")}>
                          <Form.Item name="policy" label={t("plan.policy")}><Select options={words("policies", ["fefo", "fifo", "lifo", "fewest_locations"])} /></Form.Item>
                          <Form.Item name="slots" label={t("plan.slots")}><InputNumber min={1} max={100} precision={0} placeholder="12" style={{ width: "100%" }} /></Form.Item>
                          <Form.Item name="singles" label={t("plan.singles")}><InputNumber min={1} max={500} precision={0} placeholder="60" style={{ width: "100%" }} /></Form.Item>
                          <Form.Item name="max_lines" label={t("plan.maxLines")}><InputNumber min={1} precision={0} placeholder="10000" style={{ width: "100%" }} /></Form.Item>
                          <Many name="service_ids" label={t("plan.service")} data={services} />
                          <Many name="owner_ids" label={t("plan.owner")} data={owners} />
                          <Many name="shop_ids" label={t("plan.shop")} data={shops} />
                          <Form.Item name="temperature" label={t("plan.temperature")}><Select allowClear placeholder={t("plan.anyOf")} options={words("temperatures", ["ambient", "chilled", "frozen"])} /></Form.Item>
                          <Form.Item name="max_priority" label={t("plan.priority")}><InputNumber min={0} max={32767} precision={0} style={{ width: "100%" }} /></Form.Item>
                          <Form.Item name="region_prefix" label={t("plan.region")}><Input maxLength={6} inputMode="numeric" /></Form.Item>
                        </FormSection>
                      ),
                    },
                  ]}
                />
              </>
            )}
          </FormPattern>
        </div>
        <div className="hc-stack">
          {plan ? (
            <>
              <PlanResult
                plan={plan.result}
                batchCount={plan.result.batches.length}
                actions={
                  <>
                    <Button loading={busy === "save"} disabled={busy === "release" || nothing} onClick={() => void decide("save")}>{t("plan.save")}</Button>
                    {can("outbound.wave.release") ? <Button type="primary" loading={busy === "release"} disabled={busy === "save" || nothing} onClick={() => void decide("release")}>{t("plan.release")}</Button> : null}
                  </>
                }
              />
              {plan.result.choice ? <ChoiceResult choice={plan.result.choice} /> : null}
              {nothing ? null : <BatchWalks batches={plan.result.batches} warehouseId={plan.asked.warehouse_id} />}
            </>
          ) : (
            <div className="hc-card"><EmptyState title={t("plan.nothing")} hint={t("plan.nothingHint")} /></div>
          )}
        </div>
      </div>
    </div>
  );
}
