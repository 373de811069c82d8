import { Form, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { useScope } from "@/shared/session/scope";
import NS from "./locale";
import { useCandidates, useShifts, useSkills } from "./queries";
import type { WorkerRow } from "./types";
import { hoursOf, KINDS, nameOf } from "./words";

interface Values {
  user_id: number;
  warehouse_id: number;
  skills: string[];
  equipment: string[];
  kinds: string[];
  home_zone_id?: number | null;
  shift_id?: number | null;
}

/** What somebody can do, has with them, and where they are at home. */
export function WorkerDialog({ worker, onClose }: { worker: WorkerRow | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { warehouse, warehouses } = useScope();
  const people = useCandidates();
  const known = useSkills();
  const [at, setAt] = useState<number | undefined>(worker?.warehouse.id ?? (warehouse ? Number(warehouse.id) : undefined));
  const zones = useOptions("/zones", { query: at ? { warehouse_id: at } : {}, permission: "facility.zone.view" });
  const shifts = useShifts(at);
  const required = (label: string) => [{ required: true, message: t("form.required", { label }) }];
  const codes = (values: string[] | undefined) => (values ?? []).map((value) => ({ value, label: value }));
  const candidates = worker ? [worker.user] : (people.data?.items ?? []);
  return (
    <RecordDialog<Values>
      title={worker ? t("workers.edit", { name: nameOf(worker.user) }) : t("workers.add")}
      initialValues={
        worker
          ? { user_id: worker.user.id, warehouse_id: worker.warehouse.id, skills: worker.skills, equipment: worker.equipment, kinds: worker.kinds, home_zone_id: worker.home_zone?.id ?? null, shift_id: worker.shift?.id ?? null }
          : { skills: [], equipment: [], kinds: [], ...(at ? { warehouse_id: at } : {}) }
      }
      onClose={onClose}
      onSubmit={({ user_id, ...rest }) => api.put(`/workers/${user_id}`, { ...rest, home_zone_id: rest.home_zone_id ?? null, shift_id: rest.shift_id ?? null })}
    >
      <FormSection title={t("workers.who")}>
        <Form.Item name="user_id" label={t("col.worker")} rules={required(t("col.worker"))}>
          <Select disabled={worker !== null} showSearch={{ optionFilterProp: "label" }} options={candidates.map((one) => ({ value: one.id, label: nameOf(one) }))} />
        </Form.Item>
        <Form.Item name="warehouse_id" label={t("col.warehouse")} rules={required(t("col.warehouse"))}>
          <Select options={warehouses.map((one) => ({ value: Number(one.id), label: `${one.code} ${one.name}` }))} onChange={(id: number) => setAt(id)} />
        </Form.Item>
        <Form.Item name="home_zone_id" label={t("col.home")} extra={t("workers.homeHint")}>
          <Select allowClear options={zones.options} loading={zones.loading} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        <Form.Item name="shift_id" label={t("shifts.usual")} extra={t("shifts.usualHint")}>
          <Select allowClear loading={shifts.isLoading} options={(shifts.data?.items ?? []).map((one) => ({ value: one.id, label: `${one.name} ${hoursOf(one)}` }))} />
        </Form.Item>
      </FormSection>
      <FormSection title={t("workers.can")} hint={t("workers.canHint")}>
        <Form.Item name="skills" label={t("col.skills")}><Select mode="tags" options={codes(known.data?.skills)} tokenSeparators={[",", " "]} /></Form.Item>
        <Form.Item name="equipment" label={t("col.equipment")}><Select mode="tags" options={codes(known.data?.equipment)} tokenSeparators={[",", " "]} /></Form.Item>
        <Form.Item name="kinds" label={t("col.kinds")} extra={t("workers.kindsHint")}><Select mode="multiple" allowClear options={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}
