import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Checkbox, Form, Input, InputNumber, Modal, Radio, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useScope } from "@/shared/session/scope";
import { useReportProblem } from "@/shared/ui/ErrorState";
import NS from "./locale";
import { useZones } from "./queries";
import { CLASSES, LOCATION_KINDS } from "./words";

interface Values {
  warehouse_id: number;
  kind: "full" | "zone" | "sample" | "cycle" | "risk";
  zone_ids?: number[];
  location_kinds?: string[];
  abc_classes?: string[];
  limit?: number | null;
  confidence?: number;
  precision?: number;
  explore_percent?: number;
  include_empty: boolean;
  is_blind: boolean;
  note?: string;
}

const MADE = ["full", "zone", "sample", "cycle", "risk"] as const;

function bodyOf(values: Values) {
  return {
    warehouse_id: values.warehouse_id,
    kind: values.kind,
    is_blind: values.is_blind,
    note: values.note ?? "",
    scope: {
      zone_ids: values.zone_ids ?? [],
      location_kinds: values.location_kinds ?? [],
      abc_classes: values.abc_classes ?? [],
      include_empty: values.include_empty,
      ...(values.limit ? { limit: values.limit } : {}),
      ...(values.kind === "sample" ? { confidence: (values.confidence ?? 95) / 100, precision: (values.precision ?? 2) / 100 } : {}),
      ...(values.kind === "risk" ? { explore_percent: values.explore_percent ?? 10 } : {}),
    },
  };
}

/** Make a count: what is looked at, how many places that is, and on the floor with it. */
export function NewCount({ onClose, onMade }: { onClose: () => void; onMade: (id: number) => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const { warehouse, warehouses } = useScope();
  const client = useQueryClient();
  const report = useReportProblem();
  const zones = useZones();
  const [form] = Form.useForm<Values>();
  const [busy, setBusy] = useState(false);
  const values = Form.useWatch([], { form, preserve: true }) as Partial<Values> | undefined;
  const kind = values?.kind ?? "cycle";
  const ready = values?.warehouse_id !== undefined && (kind !== "zone" || (values.zone_ids ?? []).length > 0);
  const body = ready && values.warehouse_id !== undefined ? bodyOf({ ...values, kind, warehouse_id: values.warehouse_id, include_empty: values.include_empty ?? true, is_blind: values.is_blind ?? true }) : null;
  const preview = useQuery({
    queryKey: ["options", "/stock-counts/preview", body],
    queryFn: () => api.post<{ places: number; stretches: number }>("/stock-counts/preview", body ?? {}),
    enabled: body !== null,
    staleTime: 10_000,
  });
  const make = async (release: boolean) => {
    const given = await form.validateFields();
    setBusy(true);
    try {
      const made = await api.post<{ id: number }>("/stock-counts", bodyOf(given));
      if (release) await api.post(`/stock-counts/${made.id}/release`);
      void message.success(t(release ? "done.release" : "done.saved"));
      await client.invalidateQueries({ queryKey: ["list"] });
      onClose();
      onMade(made.id);
    } catch (error) {
      report(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      width={640}
      title={t("new")}
      onCancel={onClose}
      footer={[
        <Button key="draft" loading={busy} onClick={() => void make(false).catch(() => undefined)}>{t("create.draft")}</Button>,
        <Button key="go" type="primary" loading={busy} disabled={!preview.data?.places} onClick={() => void make(true).catch(() => undefined)}>{t("create.submit")}</Button>,
      ]}
    >
      <Form<Values> form={form} layout="vertical" initialValues={{ kind: "cycle", include_empty: true, is_blind: true, confidence: 95, precision: 2, explore_percent: 10, ...(warehouse ? { warehouse_id: Number(warehouse.id) } : {}) }}>
        <Form.Item name="kind" label={t("create.kind")} help={t(`create.hint.${kind}`)}>
          <Radio.Group optionType="button" options={MADE.map((value) => ({ value, label: t(`kind.${value}`) }))} />
        </Form.Item>
        <Form.Item name="warehouse_id" label={t("fact.warehouse")} rules={[{ required: true }]} style={{ marginTop: 16 }}>
          <Select options={warehouses.map((one) => ({ value: Number(one.id), label: `${one.code} ${one.name}` }))} />
        </Form.Item>
        <Form.Item name="zone_ids" label={t("create.zones")} rules={kind === "zone" ? [{ required: true }] : []} help={kind === "zone" ? undefined : t("create.zonesHint")}>
          <Select mode="multiple" allowClear options={(zones.data?.items ?? []).map((zone) => ({ value: zone.id, label: `${zone.code} ${zone.name}` }))} />
        </Form.Item>
        <div className="hc-row" style={{ alignItems: "flex-start", gap: 16, flexWrap: "wrap" }}>
          <Form.Item name="location_kinds" label={t("create.kinds")} style={{ flex: 1, minWidth: 200 }}>
            <Select mode="multiple" allowClear options={LOCATION_KINDS.map((value) => ({ value, label: t(`locationKind.${value}`) }))} />
          </Form.Item>
          <Form.Item name="abc_classes" label={t("create.classes")} style={{ flex: 1, minWidth: 160 }}>
            <Select mode="multiple" allowClear options={CLASSES.map((value) => ({ value, label: value }))} />
          </Form.Item>
          <Form.Item name="limit" label={t("create.limit")}><InputNumber min={1} max={1_000_000} /></Form.Item>
          {kind === "sample" ? <Form.Item name="confidence" label={t("create.confidence")}><InputNumber min={50} max={99.9} /></Form.Item> : null}
          {kind === "sample" ? <Form.Item name="precision" label={t("create.precision")}><InputNumber min={0.1} max={49} step={0.5} /></Form.Item> : null}
          {kind === "risk" ? <Form.Item name="explore_percent" label={t("create.explore")}><InputNumber min={0} max={100} /></Form.Item> : null}
        </div>
        <Form.Item name="note" label={t("create.note")}><Input maxLength={200} /></Form.Item>
        <Form.Item name="is_blind" valuePropName="checked" noStyle><Checkbox>{t("create.blind")}</Checkbox></Form.Item>
        <Form.Item name="include_empty" valuePropName="checked" noStyle><Checkbox>{t("create.empty")}</Checkbox></Form.Item>
      </Form>
      {preview.data ? <Alert style={{ marginTop: 16 }} type={preview.data.places ? "info" : "warning"} title={preview.data.places ? t("create.preview", { places: t("create.places", { count: preview.data.places }), tasks: t("create.tasks", { count: preview.data.stretches }) }) : t("create.none")} /> : null}
    </Modal>
  );
}
