import { useQuery } from "@tanstack/react-query";
import { Button, Form, InputNumber, Select, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { Quantity } from "@/shared/format/format";
import { useSession } from "@/shared/session/session";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import NS from "./locale";
import { useTeams } from "./queries";
import type { Policy } from "./types";
import { PRIORITIES } from "./words";

/** What follows from each kind of trouble. */
export default function PoliciesPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const [editing, setEditing] = useState<Policy | null>(null);
  const teams = useTeams();
  const policies = useQuery({ queryKey: ["list", "/ticket-policies"], queryFn: ({ signal }) => api.get<{ items: Policy[] }>("/ticket-policies", undefined, signal) });
  const title = (code: string) => teams.data?.items.find((team) => team.code === code)?.title ?? code;
  return (
    <>
      <PageHeader title={t("policy.title")} hint={t("policy.hint")} />
      <PageBody>
        <Section flush>
          <Table<Policy>
            size="small"
            rowKey="kind"
            loading={policies.isLoading}
            pagination={false}
            dataSource={policies.data?.items ?? []}
            columns={[
              { title: t("col.kind"), render: (_, row) => t(`kind.${row.kind}`) },
              { title: t("col.team"), render: (_, row) => title(row.team) },
              { title: t("col.priority"), render: (_, row) => t(`priority.${row.priority}`) },
              { title: t("policy.due"), align: "right", render: (_, row) => <Quantity value={row.due_hours} /> },
              { title: t("policy.escalate"), align: "right", render: (_, row) => <Quantity value={row.escalate_hours} /> },
              ...(can("tickets.policy.manage") ? [{ title: "", width: 90, render: (_: unknown, row: Policy) => <Button size="small" type="text" onClick={() => setEditing(row)}>{t("policy.edit")}</Button> }] : []),
            ]}
          />
        </Section>
      </PageBody>
      {editing ? (
        <RecordDialog<Policy>
          title={t(`kind.${editing.kind}`)}
          initialValues={editing}
          onClose={() => setEditing(null)}
          onSubmit={(values) => api.put(`/ticket-policies/${editing.kind}`, { team: values.team, priority: values.priority, due_hours: values.due_hours, escalate_hours: values.escalate_hours })}
        >
          <FormSection title="">
            <Form.Item name="team" label={t("col.team")} rules={[{ required: true }]}>
              <Select options={(teams.data?.items ?? []).map((team) => ({ value: team.code, label: team.title }))} />
            </Form.Item>
            <Form.Item name="priority" label={t("col.priority")} rules={[{ required: true }]}>
              <Select options={PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))} />
            </Form.Item>
            <Form.Item name="due_hours" label={t("policy.due")} rules={[{ required: true }]}>
              <InputNumber min={1} max={2000} style={{ width: "100%" }} />
            </Form.Item>
            <Form.Item name="escalate_hours" label={t("policy.escalate")} rules={[{ required: true }]}>
              <InputNumber min={0} max={2000} style={{ width: "100%" }} />
            </Form.Item>
          </FormSection>
        </RecordDialog>
      ) : null}
    </>
  );
}
