import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Checkbox, Collapse, Form, Input, InputNumber, Select } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { api } from "@/api";
import { toPlan, useWarehouseMap, type MapAnswer } from "@/desk/floor/map";
import { FormPattern, FormSection } from "@/shared/form/FormPattern";
import { formatNumber } from "@/shared/format/text";
import { WarehouseMap } from "@/shared/map/WarehouseMap";
import { cx } from "@/shared/ui/cx";
import { ErrorState } from "@/shared/ui/ErrorState";
import { problemText } from "@/shared/ui/problemText";
import { PageHeader } from "@/shared/ui/PageHeader";
import css from "./facility.module.css";
import NS from "./locale";
import type { WarehouseRow } from "./types";

interface ZoneForm {
  code: string;
  name?: string;
  temperature: string;
  aisles: number;
  blocks: number;
  bays_per_block: number;
  levels: number;
  pick_levels: number;
  bay_width_mm: number;
  rack_depth_mm: number;
  aisle_width_mm: number;
  cross_aisle_width_mm: number;
  level_height_mm: number;
}

interface LayoutForm {
  zones: ZoneForm[];
  front_depth_mm: number;
  docks: number;
  staging: number;
  pack_stations: number;
  replace: boolean;
}

interface LayoutAnswer {
  counts: Record<string, number>;
  map: MapAnswer;
}

const ZONE: ZoneForm = { code: "A", name: "", temperature: "ambient", aisles: 8, blocks: 2, bays_per_block: 12, levels: 4, pick_levels: 2, bay_width_mm: 1200, rack_depth_mm: 1000, aisle_width_mm: 2500, cross_aisle_width_mm: 3000, level_height_mm: 1500 };
const INITIAL: LayoutForm = { zones: [ZONE], front_depth_mm: 12_000, docks: 2, staging: 2, pack_stations: 4, replace: false };
const PAUSE_MS = 350;

const nextCode = (zones: readonly { code?: string }[]): string => {
  const taken = new Set(zones.map((zone) => zone.code));
  return Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at)).find((code) => !taken.has(code)) ?? `Z${zones.length + 1}`;
};

/** The last whole set of parameters, a moment after the typing stops. */
function useSettled(values: LayoutForm): LayoutForm {
  const [settled, setSettled] = useState(values);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    timer.current = setTimeout(() => setSettled(values), PAUSE_MS);
    return () => clearTimeout(timer.current);
  }, [values]);
  return settled;
}

function Preview({ warehouseId, values }: { warehouseId: string; values: LayoutForm }) {
  const { t, i18n } = useTranslation(NS);
  const settled = useSettled(values);
  const preview = useQuery({
    queryKey: ["layout-preview", warehouseId, settled],
    // Nothing is written: it may be asked as often as one likes.
    queryFn: ({ signal }) => api.post<LayoutAnswer>(`/warehouses/${warehouseId}/layout`, { ...settled, dry_run: true }, { signal }),
    placeholderData: (before) => before,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const number = (value: number) => formatNumber(value, i18n.language);
  const plan = useMemo(() => (preview.data ? toPlan(preview.data.map) : null), [preview.data]);
  // New zones stand beside what is there; both are shown, unless it is to be replaced.
  const before = useWarehouseMap(settled.replace ? null : warehouseId).data;
  const both = useMemo(
    () => (plan && before && !settled.replace ? { ...plan, width_mm: Math.max(plan.width_mm, before.width_mm), depth_mm: Math.max(plan.depth_mm, before.depth_mm), zones: [...before.zones, ...plan.zones], aisles: [...before.aisles, ...plan.aisles], locations: [...before.locations, ...plan.locations] } : plan),
    [plan, before, settled.replace],
  );
  const counts = Object.entries(preview.data?.counts ?? {}).filter(([kind]) => t(`locationKind.${kind}`, { defaultValue: "" }) !== "");
  return (
    <div className={css.preview}>
      <div className={cx("hc-card", css.counts)} aria-live="polite">
        {plan ? (
          <>
            <strong>{t("layout.total", { n: number(plan.locations.length) })}</strong>
            <span className="hc-muted hc-num">{t("layout.size", { width: number(Math.round(plan.width_mm / 1000)), depth: number(Math.round(plan.depth_mm / 1000)) })}</span>
            {counts.map(([kind, count]) => <span key={kind} className="hc-muted">{t(`locationKind.${kind}`)} <span className="hc-num">{number(count)}</span></span>)}
          </>
        ) : (
          <span className="hc-muted">{t("layout.previewing")}</span>
        )}
      </div>
      {preview.error ? <Alert type="error" showIcon title={t("layout.problem")} description={problemText(preview.error, t).why} /> : null}
      <div className="hc-card">{both ? <WarehouseMap geometry={both} colour="none" /> : null}</div>
    </div>
  );
}

/** A layout from parameters, with a preview that follows every change. */
export default function LayoutPage() {
  const { id = "" } = useParams();
  const { t } = useTranslation(NS);
  const { modal, message } = App.useApp();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [values, setValues] = useState<LayoutForm | null>(null);
  const warehouse = useQuery({ queryKey: ["detail", "warehouse", id], queryFn: ({ signal }) => api.get<WarehouseRow & { zones: { code: string; kind: string }[] }>(`/warehouses/${id}`, undefined, signal) });
  const taken = warehouse.data?.zones ?? [];
  const required = [{ required: true, message: "" }];
  const whole = (name: (string | number)[] | string, label: string, { min = 1, max = 1000, hint }: { min?: number; max?: number; hint?: string } = {}) => (
    <Form.Item name={name} label={label} tooltip={hint} rules={required}><InputNumber min={min} max={max} precision={0} style={{ width: "100%" }} /></Form.Item>
  );

  const write = async (form: LayoutForm) => {
    if (form.replace) {
      const yes = await modal.confirm({ title: t("layout.replace"), content: t("layout.confirmReplace"), okText: t("layout.write"), okButtonProps: { danger: true }, cancelText: t("action.cancel") });
      if (!yes) return;
    }
    const done = await api.post<LayoutAnswer>(`/warehouses/${id}/layout`, { ...form, dry_run: false });
    await Promise.all([client.invalidateQueries({ queryKey: ["detail", "warehouse"] }), client.invalidateQueries({ queryKey: ["list"] })]);
    void message.success(t("layout.written", { count: done.map.locations.code.length }));
    void navigate(`/map?wh=${id}`);
  };

  if (warehouse.error && !warehouse.data) return <ErrorState error={warehouse.error} onRetry={() => void warehouse.refetch()} />;
  if (!warehouse.data) return null;
  const initial: LayoutForm = { ...INITIAL, zones: [{ ...ZONE, code: nextCode(taken) }] };
  return (
    <div className={css.page}>
      <PageHeader title={t("layout.title")} hint={t("layout.subtitle", { name: `${warehouse.data.code} ${warehouse.data.name}` })} />
      <div className={css.layout}>
        <div className={cx("hc-card", css.form)}>
          <FormPattern<LayoutForm> guard={false} initialValues={initial} submitLabel={t("layout.write")} onSubmit={write} onCancel={() => void navigate(-1)}>
            {(form) => (
              <>
                <Follow form={form} onChange={setValues} />
                <Form.List name="zones">
                  {(fields, { add, remove }) => (
                    <>
                      {fields.map((field, index) => (
                        <div key={field.key} className={css.zone}>
                          <div className={css.zoneHead}>
                            <span>{t("layout.zone", { index: index + 1 })}</span>
                            {fields.length > 1 ? <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t("layout.removeZone", { index: index + 1 })} onClick={() => remove(field.name)} /> : null}
                          </div>
                          <div className={css.three}>
                            <Form.Item name={[field.name, "code"]} label={t("layout.code")} rules={required}><Input maxLength={8} /></Form.Item>
                            <Form.Item name={[field.name, "name"]} label={t("layout.name")}><Input maxLength={100} /></Form.Item>
                            <Form.Item name={[field.name, "temperature"]} label={t("layout.temperature")}><Select options={["ambient", "chilled", "frozen"].map((one) => ({ value: one, label: t(`temperature.${one}`) }))} /></Form.Item>
                            {whole([field.name, "aisles"], t("layout.aisles"), { max: 500 })}
                            {whole([field.name, "blocks"], t("layout.blocks"), { max: 50, hint: t("layout.blocksHint") })}
                            {whole([field.name, "bays_per_block"], t("layout.bays"), { max: 500 })}
                            {whole([field.name, "levels"], t("layout.levels"), { max: 50 })}
                            {whole([field.name, "pick_levels"], t("layout.pickLevels"), { min: 0, max: 50, hint: t("layout.pickHint") })}
                          </div>
                          <Collapse
                            ghost size="small"
                            items={[{
                              key: "size", label: t("layout.dimensions"), forceRender: true,
                              children: (
                                <div className={css.three}>
                                  {whole([field.name, "bay_width_mm"], t("layout.bayWidth"), { min: 100, max: 50_000 })}
                                  {whole([field.name, "rack_depth_mm"], t("layout.rackDepth"), { min: 100, max: 50_000 })}
                                  {whole([field.name, "aisle_width_mm"], t("layout.aisleWidth"), { min: 100, max: 50_000 })}
                                  {whole([field.name, "cross_aisle_width_mm"], t("layout.crossWidth"), { min: 100, max: 50_000 })}
                                  {whole([field.name, "level_height_mm"], t("layout.levelHeight"), { min: 100, max: 50_000 })}
                                </div>
                              ),
                            }]}
                          />
                        </div>
                      ))}
                      <Button block type="dashed" icon={<PlusOutlined />} style={{ marginBottom: 14 }} onClick={() => add({ ...ZONE, code: nextCode([...taken, ...((form.getFieldValue("zones") as ZoneForm[] | undefined) ?? [])]) })}>{t("layout.addZone")}</Button>
                    </>
                  )}
                </Form.List>
{taken.some((zone) => zone.kind === "storage") ? <p className="hc-muted">{t("layout.floorOnce")}</p> : (
                <FormSection title={t("layout.floor")}>
                  {whole("docks", t("layout.docks"), { min: 0 })}
                  {whole("staging", t("layout.staging"))}
                  {whole("pack_stations", t("layout.stations"), { min: 0 })}
                  {whole("front_depth_mm", t("layout.front"), { min: 3000, max: 200_000 })}
                </FormSection>)}
                <Form.Item name="replace" valuePropName="checked" extra={t("layout.replaceHint")}><Checkbox>{t("layout.replace")}</Checkbox></Form.Item>
              </>
            )}
          </FormPattern>
        </div>
        {values ? <Preview warehouseId={id} values={values} /> : null}
      </div>
    </div>
  );
}

/** Hands every complete set of parameters to the preview. */
function Follow({ form, onChange }: { form: Parameters<typeof Form.useWatch>[1] & object; onChange: (values: LayoutForm) => void }) {
  const values = Form.useWatch([], form as never) as LayoutForm | undefined;
  const text = JSON.stringify(values ?? null);
  useEffect(() => {
    const next = JSON.parse(text) as Partial<LayoutForm> | null;
    const isWhole = next?.zones?.every((zone) => zone.code && Object.values(zone).every((value) => (value as unknown) !== null)) === true && [next.docks, next.staging, next.pack_stations, next.front_depth_mm].every((value) => typeof value === "number");
    if (isWhole) onChange({ ...INITIAL, ...next });
  }, [text, onChange]);
  return null;
}
