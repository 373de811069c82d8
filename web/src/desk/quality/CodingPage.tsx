import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal, Select, Switch, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { FormPattern } from "@/shared/form/FormPattern";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import css from "./quality.module.css";

interface Rule {
  id: number;
  entity_kind: string;
  mask: string;
  note: string;
  severity: "error" | "warning";
  is_active: boolean;
}
const KINDS = ["sku", "customer", "location"];

function TryCode({ mask }: { mask: string }) {
  const { t } = useTranslation(NS);
  const [code, setCode] = useState("");
  const answer = useQuery({ queryKey: ["coding", "try", mask, code], queryFn: () => api.post<{ ok: boolean }>("/quality/coding-rules/try", { mask, code }), enabled: mask !== "" && code !== "", retry: false });
  return (
    <Form.Item label={t("codes.try")}>
      <Input value={code} maxLength={128} onChange={(event) => setCode(event.target.value)} suffix={code !== "" && answer.data ? <ToneTag tone={answer.data.ok ? "green" : "red"}>{t(answer.data.ok ? "codes.fits" : "codes.fails")}</ToneTag> : <span />} />
    </Form.Item>
  );
}

function RuleDialog({ rule, onClose }: { rule: Rule | null; onClose: (saved: boolean) => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const [mask, setMask] = useState(rule?.mask ?? "");
  const save = async (values: Partial<Rule>) => {
    await (rule ? api.put(`/quality/coding-rules/${rule.id}`, values) : api.post("/quality/coding-rules", values));
    void message.success(t("codes.saved"));
  };
  return (
    <Modal open width={560} title={t(rule ? "codes.edit" : "codes.add")} footer={null} onCancel={() => onClose(false)}>
      <FormPattern<Partial<Rule>> guard={false} onSubmit={save} onDone={() => onClose(true)} onCancel={() => onClose(false)} initialValues={rule ?? { entity_kind: "sku", severity: "warning", is_active: true }}>
        <Form.Item name="entity_kind" label={t("codes.kind")} rules={[{ required: true }]}><Select options={KINDS.map((kind) => ({ value: kind, label: t(`entity.${kind}`) }))} /></Form.Item>
        <Form.Item name="mask" label={t("codes.mask")} extra={t("codes.legend")} rules={[{ required: true }]}><Input className={css.mask ?? ""} maxLength={100} autoComplete="off" onChange={(event) => setMask(event.target.value)} /></Form.Item>
        <TryCode mask={mask} />
        <Form.Item name="note" label={t("codes.note")}><Input maxLength={200} /></Form.Item>
        <Form.Item name="severity" label={t("codes.severity")}><Select options={(["warning", "error"] as const).map((value) => ({ value, label: t(`severity.${value}`) }))} /></Form.Item>
        <Form.Item name="is_active" label={t("codes.active")} valuePropName="checked"><Switch /></Form.Item>
      </FormPattern>
    </Modal>
  );
}

/** What codes look like in this company. */
export default function CodingPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const [edited, setEdited] = useState<Rule | "new" | null>(null);
  const rules = useQuery({ queryKey: ["coding"], queryFn: () => api.get<{ items: Rule[] }>("/quality/coding-rules") });
  const reload = () => void client.invalidateQueries({ queryKey: ["coding"] });
  const mayChange = can("quality.coding.change");
  const remove = async (rule: Rule) => {
    const yes = await modal.confirm({ title: t("codes.remove", { mask: rule.mask }), okButtonProps: { danger: true } });
    if (!yes) return;
    try {
      await api.delete(`/quality/coding-rules/${rule.id}`);
      void message.success(t("codes.removed"));
      reload();
    } catch (error) {
      report(error);
    }
  };
  const add = mayChange ? <Button type="primary" onClick={() => setEdited("new")}>{t("codes.add")}</Button> : null;
  return (
    <>
      <PageHeader title={t("codes.title")} hint={t("codes.hint")} actions={add} />
      <PageBody>
        {rules.isError ? <ErrorState error={rules.error} onRetry={() => void rules.refetch()} /> : null}
        <Section flush>
          {rules.data?.items.length === 0 ? (
            <EmptyState title={t("codes.empty")} hint={t("codes.emptyHint")} action={add} />
          ) : (
            <Table<Rule>
              size="small"
              rowKey="id"
              loading={rules.isLoading}
              pagination={false}
              dataSource={rules.data?.items ?? []}
              columns={[
                { title: t("codes.kind"), width: 120, render: (_, rule) => t(`entity.${rule.entity_kind}`) },
                { title: t("codes.mask"), width: 240, render: (_, rule) => <span className={css.mask}>{rule.mask}</span> },
                { title: t("codes.severity"), width: 110, render: (_, rule) => <ToneTag tone={!rule.is_active ? "grey" : rule.severity === "error" ? "red" : "orange"}>{t(`severity.${rule.severity}`)}</ToneTag> },
                { title: t("codes.note"), dataIndex: "note" },
                {
                  title: "", width: 160, align: "right",
                  render: (_, rule) =>
                    mayChange ? (
                      <>
                        <Button type="link" size="small" onClick={() => setEdited(rule)}>{t("codes.edit")}</Button>
                        <Button type="link" size="small" danger onClick={() => void remove(rule)}>{t("action.delete", { ns: "common" })}</Button>
                      </>
                    ) : null,
                },
              ]}
            />
          )}
        </Section>
        <p className={css.legend}>{t("codes.legend")}</p>
      </PageBody>
      {edited ? (
        <RuleDialog
          rule={edited === "new" ? null : edited}
          onClose={(saved) => {
            setEdited(null);
            if (saved) reload();
          }}
        />
      ) : null}
    </>
  );
}
