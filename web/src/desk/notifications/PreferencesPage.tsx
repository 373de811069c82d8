import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, InputNumber, Select, Skeleton, Table, TimePicker } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { FormPattern, FormSection } from "@/shared/form/FormPattern";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import NS from "./locale";
import type { Preferences, TopicChoice } from "./types";

const KEY = ["detail", "notification-preferences"];
const EMAIL = ["off", "now", "hourly", "daily"] as const;
const IN_APP = ["now", "off"] as const;

function Topics({ topics }: { topics: TopicChoice[] }) {
  const { t } = useTranslation(NS);
  const client = useQueryClient();
  const report = useReportProblem();
  const { message } = App.useApp();
  const [changed, setChanged] = useState<Record<string, string>>({});
  const value = (row: TopicChoice, way: "in_app" | "email") => changed[`${row.topic} ${way}`] ?? row[way];
  const save = async () => {
    const choices = Object.entries(changed).map(([key, timing]) => {
      const [topic, way] = key.split(" ");
      return { topic, way, timing };
    });
    try {
      await api.put("/notifications/preferences", { choices });
      setChanged({});
      await client.invalidateQueries({ queryKey: KEY });
      void message.success(t("prefs.saved"));
    } catch (error) {
      report(error);
    }
  };
  const choose = (way: "in_app" | "email", options: readonly string[]) => (_: unknown, row: TopicChoice) => (
    <Select
      size="small"
      style={{ width: 130 }}
      aria-label={`${row.title} ${t(`prefs.${way}`)}`}
      value={value(row, way)}
      onChange={(timing: string) => setChanged({ ...changed, [`${row.topic} ${way}`]: timing })}
      options={options.map((one) => ({ value: one, label: t(`prefs.timing.${one}`) }))}
    />
  );
  return (
    <Section title={t("prefs.topics")} flush extra={<Button type="primary" disabled={Object.keys(changed).length === 0} onClick={() => void save()}>{t("prefs.save")}</Button>}>
      <Table<TopicChoice>
        size="small"
        rowKey="topic"
        pagination={false}
        dataSource={topics}
        columns={[
          { title: t("prefs.topic"), dataIndex: "title" },
          { title: t("prefs.in_app"), width: 160, render: choose("in_app", IN_APP) },
          { title: t("prefs.email"), width: 160, render: choose("email", EMAIL) },
        ]}
      />
    </Section>
  );
}

interface HoursValues {
  time_zone: string;
  quiet?: [Dayjs, Dayjs] | null;
  digest_hour: number;
}

/** What I hear of, where and when. */
export default function PreferencesPage() {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const query = useQuery({ queryKey: KEY, queryFn: ({ signal }) => api.get<Preferences>("/notifications/preferences", undefined, signal) });
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const data = query.data;
  const at = (time: string) => dayjs(`2026-01-01T${time}`);
  const zones = Intl.supportedValuesOf("timeZone");
  return (
    <>
      <PageHeader title={t("prefs.title")} hint={t("prefs.hint")} />
      <PageBody>
        {data ? (
          <div className="hc-stack">
            <Topics topics={data.topics} />
            <Section title={t("prefs.hours")}>
              <FormPattern<HoursValues>
                initialValues={{
                  time_zone: data.profile.time_zone,
                  digest_hour: data.profile.digest_hour,
                  ...(data.profile.quiet_from && data.profile.quiet_until ? { quiet: [at(data.profile.quiet_from), at(data.profile.quiet_until)] } : {}),
                }}
                onSubmit={(values) =>
                  api.put("/notifications/preferences", {
                    profile: { time_zone: values.time_zone, digest_hour: values.digest_hour, quiet_from: values.quiet?.[0].format("HH:mm") ?? null, quiet_until: values.quiet?.[1].format("HH:mm") ?? null },
                  })
                }
                onDone={() => {
                  void message.success(t("prefs.saved"));
                  void client.invalidateQueries({ queryKey: KEY });
                }}
              >
                <FormSection title="">
                  <Form.Item name="time_zone" label={t("prefs.zone")} rules={[{ required: true }]}>
                    <Select showSearch options={zones.map((zone) => ({ value: zone, label: zone }))} />
                  </Form.Item>
                  <Form.Item name="quiet" label={t("prefs.quiet")} extra={t("prefs.quietHint")}>
                    <TimePicker.RangePicker format="HH:mm" minuteStep={15} order={false} style={{ width: "100%" }} />
                  </Form.Item>
                  <Form.Item name="digest_hour" label={t("prefs.digest")} rules={[{ required: true }]}>
                    <InputNumber min={0} max={23} style={{ width: "100%" }} />
                  </Form.Item>
                </FormSection>
              </FormPattern>
            </Section>
          </div>
        ) : (
          <Skeleton active />
        )}
      </PageBody>
    </>
  );
}
