import { useQuery } from "@tanstack/react-query";
import { Form, Input, InputNumber, Select, Skeleton, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { useTeams } from "@/desk/tickets/queries";
import { FormSection } from "@/shared/form/FormPattern";
import NS from "./locale";
import type { FormFieldSpec, Target, TargetChoices } from "./types";

interface TargetValues {
  name: string;
  topics?: string[];
  team_id?: number;
  language: string;
  is_active?: boolean;
  settings: Record<string, unknown>;
}

function Field({ field, kept }: { field: FormFieldSpec; kept: boolean }) {
  const { t } = useTranslation(NS);
  const secret = field.kind === "secret";
  const help = secret && kept ? t("targets.kept") : field.help;
  return (
    <Form.Item
      name={["settings", field.name]}
      label={field.title}
      {...(help ? { extra: help } : {})}
      rules={[{ required: field.required && !(secret && kept), message: t("form.required", { label: field.title }) }]}
    >
      {secret ? <Input.Password autoComplete="off" /> : field.kind === "integer" ? <InputNumber style={{ width: "100%" }} /> : <Input {...(field.maximum ? { maxLength: field.maximum } : {})} />}
    </Form.Item>
  );
}

/** Make or change a shared target; the form of its settings comes from the server. */
export function TargetDialog({ target, onClose }: { target: Target | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const [way, setWay] = useState(target?.way ?? "dingtalk");
  const teams = useTeams();
  const choices = useQuery({ queryKey: ["options", "/notification-targets/choices"], queryFn: ({ signal }) => api.get<TargetChoices>("/notification-targets/choices", undefined, signal) });
  const stored = useQuery({
    queryKey: ["detail", "notification-target", target?.id],
    queryFn: ({ signal }) => api.get<{ settings: Record<string, unknown> }>(`/notification-targets/${target?.id ?? 0}/settings`, undefined, signal),
    enabled: target !== null,
  });
  if (!choices.data || (target && !stored.data)) return <Skeleton active />;
  const form = choices.data.ways.find((one) => one.way === way)?.form ?? [];
  const defaults = Object.fromEntries(form.filter((field) => field.default !== null).map((field) => [field.name, field.default]));
  return (
    <RecordDialog<TargetValues>
      key={way}
      title={target ? target.name : t("targets.new")}
      onClose={onClose}
      initialValues={{
        language: target?.language ?? "zh-hans", topics: target?.topics ?? ["tickets.opened", "tickets.escalated"], is_active: target?.is_active ?? true, settings: { ...defaults, ...stored.data?.settings },
        ...(target ? { name: target.name } : {}), ...(target?.team ? { team_id: target.team.id } : {}),
      }}
      onSubmit={async (values) => {
        const settings = Object.fromEntries(Object.entries(values.settings).filter(([, value]) => value !== null && value !== undefined && value !== ""));
        const body = { name: values.name, topics: values.topics ?? [], team_id: values.team_id ?? null, language: values.language, settings };
        if (target) await api.patch(`/notification-targets/${target.id}`, { ...body, is_active: values.is_active });
        else await api.post("/notification-targets", { ...body, way });
      }}
    >
      <FormSection title="">
        <Form.Item label={t("targets.way")}>
          <Select value={way} disabled={target !== null} onChange={setWay} options={choices.data.ways.map((one) => ({ value: one.way, label: t(`way.${one.way}`) }))} />
        </Form.Item>
        <Form.Item name="name" label={t("targets.name")} rules={[{ required: true, message: t("form.required", { label: t("targets.name") }) }]}>
          <Input maxLength={64} autoFocus />
        </Form.Item>
        {form.map((field) => <Field key={field.name} field={field} kept={target !== null} />)}
        <Form.Item name="language" label={t("targets.language")}>
          <Select options={[{ value: "zh-hans", label: t("lang.zh") }, { value: "en", label: t("lang.en") }]} />
        </Form.Item>
        <Form.Item name="team_id" label={t("targets.team")}>
          <Select allowClear options={(teams.data?.items ?? []).map((team) => ({ value: team.id, label: team.title }))} />
        </Form.Item>
        {target ? <Form.Item name="is_active" label={t("targets.active")} valuePropName="checked"><Switch /></Form.Item> : null}
      </FormSection>
      <Form.Item name="topics" label={t("targets.topics")}>
        <Select mode="multiple" allowClear showSearch={{ optionFilterProp: "label" }} options={choices.data.topics.map((one) => ({ value: one.topic, label: one.title }))} />
      </Form.Item>
    </RecordDialog>
  );
}
