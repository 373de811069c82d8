import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Switch } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Page } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { useAsk } from "@/shared/form/useAsk";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { SettleDialog } from "./SettleDialog";
import type { CreditRow } from "./types";

interface CreditForm {
  code: string;
  limit_amount: number;
  currency: string;
  term_days?: number | null;
  is_blocked?: boolean;
  note?: string;
}

function CreditDialog({ row, onClose }: { row: CreditRow | null; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const required = (label: string) => [{ required: true, message: t("edit.required", { label }) }];
  const initial: Partial<CreditForm> = row ? { code: row.code, limit_amount: Number(row.limit_amount), currency: row.currency, term_days: row.term_days, is_blocked: row.is_blocked, note: row.note } : { currency: "CNY", term_days: 30 };
  const save = async ({ code, ...values }: CreditForm) => {
    let id = row?.id;
    if (id === undefined) {
      const found = await api.get<Page<{ id: number; code: string }>>("/customers", { q: code, limit: 20 });
      id = found.items.find((customer) => customer.code === code)?.id;
      if (id === undefined) throw new Error(t("credit.unknown", { code }));
    }
    await api.put(`/credits/${id}`, { ...values, limit_amount: String(values.limit_amount), term_days: values.term_days ?? null, is_blocked: values.is_blocked ?? false, note: values.note ?? "" });
  };
  return (
    <RecordDialog<CreditForm> title={row ? t("credit.edit", { code: row.code }) : t("credit.new")} initialValues={initial} onSubmit={save} onClose={onClose}>
      <FormSection title="">
        <Form.Item name="code" label={t("credit.customer")} rules={required(t("credit.customer"))}><Input maxLength={64} disabled={row !== null} autoFocus={row === null} /></Form.Item>
        <Form.Item name="limit_amount" label={t("credit.limit")} rules={required(t("credit.limit"))}><InputNumber min={0} max={999_999_999_999} precision={2} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="currency" label={t("credit.currency")} rules={[...required(t("credit.currency")), { pattern: /^[A-Z]{3}$/, message: t("edit.required", { label: t("credit.currency") }) }]}><Input maxLength={3} /></Form.Item>
        <Form.Item name="term_days" label={t("credit.term")} extra={t("credit.termHint")}><InputNumber min={0} max={3650} precision={0} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="is_blocked" label={t("credit.blocked")} valuePropName="checked"><Switch /></Form.Item>
        <Form.Item name="note" label={t("credit.note")}><Input maxLength={200} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

/** Customers who pay later: what they may owe, and what they owe. */
export default function CreditsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const ask = useAsk();
  const client = useQueryClient();
  const report = useReportProblem();
  const [editing, setEditing] = useState<CreditRow | "new" | null>(null);
  const may = can("partners.credit.change");
  const maySettle = can("partners.credit.settle");
  const [settling, setSettling] = useState<CreditRow | null>(null);

  const columns = useMemo<ListColumn<CreditRow>[]>(() => {
    const remove = async (row: CreditRow) => {
      if (!(await ask({ title: t("credit.remove"), okText: t("credit.remove"), danger: true, text: t("credit.removeText", { code: row.code }) }))) return;
      try {
        await api.delete(`/credits/${row.id}`);
        void message.success(t("credit.removed"));
        await client.invalidateQueries({ queryKey: ["list"] });
      } catch (error) {
        report(error);
      }
    };
    return [
      { key: "code", title: t("credit.name"), width: 190, sort: "code", render: (row) => <>{row.code} <span className="hc-muted">{row.display_name}</span></> },
      { key: "limit", title: t("credit.limit"), width: 130, align: "right", sort: "limit", render: (row) => <Money amount={row.limit_amount} currency={row.currency} /> },
      {
        key: "open", title: t("credit.open"), width: 200, align: "right",
        render: (row) => (
          <>
            {row.is_blocked ? <ToneTag tone="red">{t("credit.blockedTag")}</ToneTag> : Number(row.open_amount) > Number(row.limit_amount) ? <ToneTag tone="orange">{t("credit.over")}</ToneTag> : null}{" "}
            <Money amount={row.open_amount} currency={row.currency} />
          </>
        ),
      },
      { key: "orders", title: t("credit.orders"), width: 100, align: "right", render: (row) => <Quantity value={row.open_orders} /> },
      { key: "oldest", title: t("credit.oldest"), width: 130, render: (row) => (row.oldest_at ? <DateTime value={row.oldest_at} /> : "—") },
      { key: "term", title: t("credit.term"), width: 110, render: (row) => (row.term_days === null ? <span className="hc-faint">{t("credit.noTerm")}</span> : t("credit.days", { count: row.term_days })) },
      { key: "note", title: t("credit.note"), render: (row) => row.note },
      ...(may || maySettle
        ? [{
            key: "act", title: "", label: t("credit.change"), width: may && maySettle ? 230 : 160, fixed: "right" as const,
            render: (row: CreditRow) => (
              <>
                {maySettle ? <Button size="small" type="text" disabled={row.open_orders === 0} onClick={() => setSettling(row)}>{t("settle.action")}</Button> : null}
                {may ? <Button size="small" type="text" onClick={() => setEditing(row)}>{t("credit.change")}</Button> : null}
                {may ? <Button size="small" type="text" danger onClick={() => void remove(row)}>{t("credit.remove")}</Button> : null}
              </>
            ),
          }]
        : []),
    ];
  }, [t, may, maySettle, ask, message, client, report]);
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "q", label: t("credit.search"), type: "text", width: 220 },
      { key: "blocked", label: t("credit.blocked"), type: "select", width: 110, options: [{ value: "true", label: t("credit.blockedTag") }] },
    ],
    [t],
  );
  const create = may ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("credit.new")}</Button> : null;
  return (
    <>
      <ListPage<CreditRow>
        id="credits" title={t("credit.title")} hint={t("credit.hint")} path="/credits" filters={filters} columns={columns} rowId={(row) => row.id} defaultSort="code" primaryAction={create}
        empty={{ title: t("credit.empty"), hint: t("credit.emptyHint"), action: create }}
      />
      {editing === null ? null : <CreditDialog row={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
      {settling === null ? null : <SettleDialog row={settling} onClose={() => setSettling(null)} />}
    </>
  );
}
