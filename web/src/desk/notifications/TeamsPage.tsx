import { PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, Select, Switch, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { nameOf, usePeople, useTeams } from "@/desk/tickets/queries";
import type { Team } from "@/desk/tickets/types";
import { useSession } from "@/shared/session/session";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import NS from "./locale";

interface TeamValues {
  code?: string;
  name?: string;
  lead_id?: number;
  member_ids?: number[];
  is_active?: boolean;
}

/** Who answers for what. */
export default function TeamsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const [editing, setEditing] = useState<Team | "new" | null>(null);
  const teams = useTeams();
  const people = usePeople();
  const name = (id: number | null) => {
    const person = people.data?.items.find((one) => one.id === id);
    return person ? nameOf(person) : "";
  };
  const may = can("notifications.team.manage");
  const options = (people.data?.items ?? []).map((person) => ({ value: person.id, label: nameOf(person) }));
  return (
    <>
      <PageHeader title={t("teams.title")} hint={t("teams.hint")} actions={may ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("teams.new")}</Button> : null} />
      <PageBody>
        <Section flush>
          <Table<Team>
            size="small"
            rowKey="id"
            loading={teams.isLoading}
            pagination={false}
            dataSource={teams.data?.items ?? []}
            columns={[
              { title: t("teams.name"), dataIndex: "title", width: 160 },
              { title: t("teams.code"), width: 160, render: (_, team) => <span className="hc-mono">{team.code}</span> },
              { title: t("teams.lead"), width: 140, render: (_, team) => name(team.lead_id) || <span className="hc-faint">{t("teams.nobody")}</span> },
              { title: t("teams.members"), render: (_, team) => team.member_ids.map(name).filter((one) => one !== "").join(", ") },
              ...(may ? [{ title: "", width: 90, render: (_: unknown, team: Team) => <Button size="small" type="text" onClick={() => setEditing(team)}>{t("teams.edit")}</Button> }] : []),
            ]}
          />
        </Section>
      </PageBody>
      {editing ? (
        <RecordDialog<TeamValues>
          title={editing === "new" ? t("teams.new") : editing.title}
          onClose={() => setEditing(null)}
          initialValues={editing === "new" ? {} : { name: editing.name, member_ids: editing.member_ids, is_active: editing.is_active, ...(editing.lead_id ? { lead_id: editing.lead_id } : {}) }}
          onSubmit={async (values) => {
            if (editing === "new") await api.post("/teams", { code: values.code, name: values.name });
            else await api.patch(`/teams/${editing.id}`, { name: values.name ?? "", lead_id: values.lead_id ?? 0, member_ids: values.member_ids ?? [], is_active: values.is_active ?? true });
          }}
        >
          {editing === "new" ? <Form.Item name="code" label={t("teams.code")} rules={[{ required: true, pattern: /^[a-z][a-z0-9_]{1,31}$/ }]}><Input maxLength={32} autoFocus /></Form.Item> : null}
          <Form.Item name="name" label={t("teams.name")} rules={[{ required: editing === "new" }]}><Input maxLength={64} {...(editing === "new" ? {} : { placeholder: editing.title })} /></Form.Item>
          {editing === "new" ? null : (
            <>
              <Form.Item name="lead_id" label={t("teams.lead")}><Select allowClear showSearch={{ optionFilterProp: "label" }} options={options} /></Form.Item>
              <Form.Item name="member_ids" label={t("teams.members")}><Select mode="multiple" showSearch={{ optionFilterProp: "label" }} options={options} /></Form.Item>
              <Form.Item name="is_active" label={t("teams.active")} valuePropName="checked"><Switch /></Form.Item>
            </>
          )}
        </RecordDialog>
      ) : null}
    </>
  );
}
