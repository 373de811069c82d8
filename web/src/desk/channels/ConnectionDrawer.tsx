import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, DatePicker, Form, InputNumber, Modal, Select, Switch } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { DateTime } from "@/shared/format/format";
import { DetailDrawer } from "@/shared/detail/DetailDrawer";
import { FormPattern } from "@/shared/form/FormPattern";
import { useSession } from "@/shared/session/session";
import { CopyText } from "@/shared/ui/CopyText";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import { ConnectionDialog } from "./ConnectionDialog";
import NS from "./locale";
import type { Connection, Rules } from "./types";

/** One connection: what it is, how it is served, and everything that can be done with it. */
export function ConnectionDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message, modal } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const [editing, setEditing] = useState(false);
  const [pulling, setPulling] = useState(false);
  const query = useQuery({ queryKey: ["channels", "one", id], queryFn: () => api.get<Connection>(`/connections/${id}`) });
  const one = query.data;
  const reload = () => void client.invalidateQueries({ queryKey: ["channels"] });
  const post = useMutation({ mutationFn: ({ path, body }: { path: string; body?: unknown; then?: (answer: never) => void }) => api.post<never>(`/connections/${id}/${path}`, body ?? {}), onSuccess: (answer, { then }) => { then?.(answer); reload(); }, onError: report });
  const change = can("integrations.connection.change");
  const actions = one
    ? [
        ...(can("integrations.connection.check")
          ? [{ code: "check", label: t("check"), primary: true, loading: post.isPending, run: () => post.mutate({ path: "check", then: (answer: { is_ok: boolean; message: string }) => void (answer.is_ok ? message.success(t("checkOk")) : message.error(t("checkFailed", { message: answer.message }), 8)) }) }]
          : []),
        ...(change
          ? [
              { code: "edit", label: t("edit"), run: () => setEditing(true) },
              { code: "active", label: t(one.is_active ? "switchOff" : "switchOn"), danger: one.is_active, run: () => post.mutate({ path: "active", body: { is_active: !one.is_active }, then: () => void message.success(t("switched", { name: one.name, to: t(one.is_active ? "off" : "on") })) }) },
              ...(one.features.includes("pull_orders") ? [{ code: "pull", label: t("pullAgain"), run: () => setPulling(true) }] : []),
            ]
          : []),
        ...(one.features.includes("list_products") && can("integrations.product.pull") ? [{ code: "products", label: t("readProducts"), run: () => post.mutate({ path: "products", then: (answer: { count: number }) => void message.success(t("readDone", answer)) }) }] : []),
        ...(one.features.includes("push_stock") && can("integrations.stock.push") ? [{ code: "stock", label: t("tellStock"), run: () => post.mutate({ path: "stock", then: (answer: { count: number }) => void message.success(t("tellDone", answer)) }) }] : []),
      ]
    : [];
  const renew = async () => {
    if (await modal.confirm({ title: t("form.newAddress"), content: t("form.pushHint"), okButtonProps: { danger: true } })) post.mutate({ path: "inbox" });
  };
  return (
    <>
      <DetailDrawer
        query={query}
        onClose={onClose}
        pageUrl={`/channels?open=${id}`}
        content={
          one
            ? {
                kind: t("col.name"),
                number: one.name,
                subtitle: one.shop?.name,
                state: <ToneTag tone={one.status === "ok" ? "green" : one.status === "off" ? "grey" : one.status === "failing" ? "red" : "orange"}>{t(`status.${one.status}`)}</ToneTag>,
                actions,
                facts: [
                  { label: t("col.platform"), value: one.connector },
                  { label: t("col.token"), value: one.token_expires_at ? <DateTime value={one.token_expires_at} /> : t("forever") },
                  ...(one.push_path ? [{ label: t("form.pushAddress"), wide: true, value: <span className="hc-stack"><CopyText text={globalThis.location.origin + one.push_path} /><span className="hc-muted">{t("form.pushHint")} {change ? <Button size="small" type="link" onClick={() => void renew()}>{t("form.newAddress")}</Button> : null}</span></span> }] : []),
                  ...(one.last_error ? [{ label: t("col.error"), wide: true, value: one.last_error }] : []),
                ],
                children: one.rules ? <RulesForm key={JSON.stringify(one.rules)} id={one.id} rules={one.rules} disabled={!change} onSaved={reload} /> : null,
              }
            : null
        }
      />
      {editing && one ? <ConnectionDialog connection={one} onClose={() => { setEditing(false); reload(); }} /> : null}
      {pulling ? (
        <Modal open title={t("pullAgain")} footer={null} onCancel={() => setPulling(false)}>
          <FormPattern<{ since: Dayjs }> guard={false} onCancel={() => setPulling(false)} onDone={() => { setPulling(false); reload(); }} onSubmit={(values) => api.post(`/connections/${id}/pull`, { since: values.since.toISOString() })}>
            <Form.Item name="since" label={t("form.since")} rules={[{ required: true, message: t("form.since") }]}><DatePicker showTime style={{ width: "100%" }} /></Form.Item>
          </FormPattern>
        </Modal>
      ) : null}
    </>
  );
}

function RulesForm({ id, rules, disabled, onSaved }: { id: number; rules: Rules; disabled: boolean; onSaved: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const number = (name: keyof Rules, min: number, max: number) => (
    <Form.Item name={name} label={t(`rules.${name}`)}><InputNumber min={min} max={max} precision={0} style={{ width: "100%" }} {...(name === "stock_quota" ? { placeholder: t("rules.noLimit") } : {})} /></Form.Item>
  );
  return (
    <section>
      <h3>{t("rules.title")}</h3>
      <fieldset disabled={disabled} style={{ border: 0, padding: 0, margin: 0 }}>
        <FormPattern<Partial<Rules>>
          guard={false}
          initialValues={rules}
          onSubmit={(values) => api.patch(`/connections/${id}/rules`, { ...values, stock_quota: values.stock_quota ?? null })}
          onDone={() => {
            void message.success(t("done"));
            onSaved();
          }}
        >
          <div style={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(190px, 1fr))", columnGap: 16 }}>
            <Form.Item name="on_cancel" label={t("rules.on_cancel")}><Select options={(["hold", "cancel"] as const).map((value) => ({ value, label: t(`rules.${value}`) }))} /></Form.Item>
            {number("pull_seconds", 1, 86_400)}
            {number("payload_days", 0, 3650)}
            <Form.Item name="is_stock_on" label={t("rules.is_stock_on")} valuePropName="checked"><Switch /></Form.Item>
            {number("stock_percent", 0, 100)}
            {number("stock_buffer", 0, 1_000_000)}
            {number("stock_quota", 0, 1_000_000_000)}
          </div>
        </FormPattern>
      </fieldset>
    </section>
  );
}
