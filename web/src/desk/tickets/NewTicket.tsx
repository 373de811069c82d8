import { Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { nameOf, usePeople, useTeams } from "./queries";
import type { TicketLink } from "./types";
import { KINDS, PRIORITIES } from "./words";

interface NewTicketValues {
  kind: string;
  subject: string;
  body?: string;
  team?: string;
  priority?: number;
  assignee_id?: number;
}

interface NewTicketProps {
  links?: TicketLink[];
  /** Data scopes that the ticket belongs to. */
  scope?: { shop_id?: number; warehouse_id?: number; owner_id?: number };
  onClose: () => void;
  onMade?: (id: number) => void;
}

/** Open a ticket by hand, about nothing in particular or about documents. */
export function NewTicket({ links = [], scope = {}, onClose, onMade }: NewTicketProps) {
  const { t } = useTranslation(NS);
  const teams = useTeams();
  const people = usePeople();
  return (
    <RecordDialog<NewTicketValues>
      title={t("new")}
      submitLabel={t("create.submit")}
      initialValues={{ kind: "other" }}
      onClose={onClose}
      onSubmit={async (values) => {
        const made = await api.post<{ id: number }>("/tickets", { ...values, links, ...scope });
        onMade?.(made.id);
      }}
    >
      {links.length > 0 ? <p>{links.map((link) => <ToneTag key={link.entity_id} tone="grey" icon={false}>{t("create.link", { number: link.number })}</ToneTag>)}</p> : null}
      <FormSection title="">
        <Form.Item name="kind" label={t("create.kind")} rules={[{ required: true }]}>
          <Select options={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))} />
        </Form.Item>
        <Form.Item name="priority" label={t("create.priority")}>
          <Select allowClear options={PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))} />
        </Form.Item>
        <Form.Item name="team" label={t("create.team")} extra={t("create.teamHint")}>
          <Select allowClear options={(teams.data?.items ?? []).map((team) => ({ value: team.code, label: team.title }))} />
        </Form.Item>
        <Form.Item name="assignee_id" label={t("create.assignee")}>
          <Select allowClear showSearch={{ optionFilterProp: "label" }} options={(people.data?.items ?? []).map((person) => ({ value: person.id, label: nameOf(person) }))} />
        </Form.Item>
      </FormSection>
      <Form.Item name="subject" label={t("create.subject")} rules={[{ required: true, whitespace: true, message: t("form.required", { label: t("create.subject") }) }]}>
        <Input maxLength={200} autoFocus />
      </Form.Item>
      <Form.Item name="body" label={t("create.body")}>
        <Input.TextArea rows={4} maxLength={4000} />
      </Form.Item>
    </RecordDialog>
  );
}
