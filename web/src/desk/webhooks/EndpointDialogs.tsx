import { useQuery } from "@tanstack/react-query";
import { DatePicker, Form, Input, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import NS from "./locale";
import type { Endpoint, EventType } from "./types";

interface EndpointValues {
  name: string;
  url: string;
  event_types?: string[];
}

export function useEventTypes() {
  return useQuery({ queryKey: ["options", "/webhooks/event-types"], queryFn: ({ signal }) => api.get<{ items: EventType[] }>("/webhooks/event-types", undefined, signal), staleTime: 300_000 });
}

export function EndpointDialog({ endpoint, onClose, onSecret }: { endpoint: Endpoint | null; onClose: () => void; onSecret: (secret: string) => void }) {
  const { t } = useTranslation(NS);
  const types = useEventTypes();
  return (
    <RecordDialog<EndpointValues>
      title={endpoint ? endpoint.name : t("new")}
      onClose={onClose}
      initialValues={endpoint ? { name: endpoint.name, url: endpoint.url, event_types: endpoint.event_types } : {}}
      onSubmit={async (values) => {
        const body = { name: values.name, url: values.url, event_types: values.event_types ?? [] };
        if (endpoint) await api.patch(`/webhooks/endpoints/${endpoint.id}`, body);
        else onSecret((await api.post<{ id: number; secret: string }>("/webhooks/endpoints", body)).secret);
      }}
    >
      <Form.Item name="name" label={t("field.name")} rules={[{ required: true, message: t("form.required", { label: t("field.name") }) }]}>
        <Input maxLength={64} autoFocus />
      </Form.Item>
      <Form.Item name="url" label={t("field.url")} rules={[{ required: true, message: t("form.required", { label: t("field.url") }) }]}>
        <Input maxLength={500} placeholder="https://" />
      </Form.Item>
      <Form.Item name="event_types" label={t("field.types")} extra={t("field.typesHint")}>
        <Select mode="multiple" allowClear showSearch={{ optionFilterProp: "label" }} options={(types.data?.items ?? []).map((one) => ({ value: one.type, label: `${one.type} · ${one.title}` }))} />
      </Form.Item>
    </RecordDialog>
  );
}

export function ReplayDialog({ endpoint, onClose, onDone }: { endpoint: Endpoint; onClose: () => void; onDone: (count: number) => void }) {
  const { t } = useTranslation(NS);
  return (
    <RecordDialog<{ since?: Dayjs; from_message?: string }>
      title={t("ask.replayTitle", { name: endpoint.name })}
      submitLabel={t("action.replay")}
      onClose={onClose}
      onSubmit={async ({ since, from_message }) => {
        const answer = await api.post<{ count: number }>(`/webhooks/endpoints/${endpoint.id}/replay`, { since: from_message ? null : (since?.toISOString() ?? null), from_message: from_message ?? "" });
        onDone(answer.count);
      }}
    >
      <Form.Item name="since" label={t("ask.since")}>
        <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" style={{ width: "100%" }} />
      </Form.Item>
      <Form.Item name="from_message" label={t("ask.message")}>
        <Input maxLength={40} placeholder="msg_" />
      </Form.Item>
    </RecordDialog>
  );
}
