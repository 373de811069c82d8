import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, DatePicker, Form, Input, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Page } from "@/api";
import { useQuery } from "@tanstack/react-query";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { DateTime, useNow } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListTab } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { SecretDialog } from "./secret";
import type { KeyRow, UserRow } from "./types";

function KeyDialog({ onClose, onMade }: { onClose: () => void; onMade: (key: string) => void }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const mayOthers = can("accounts.user.change");
  const users = useQuery({
    queryKey: ["options", "/users"],
    queryFn: ({ signal }) => api.get<Page<UserRow>>("/users", { is_active: true, limit: 200 }, signal),
    enabled: mayOthers,
  });
  return (
    <RecordDialog<{ name: string; user_id?: number; expires_at?: Dayjs | null }>
      title={t("keys.new")}
      onClose={onClose}
      onSubmit={async ({ name, user_id, expires_at }) => {
        const made = await api.post<KeyRow & { key: string }>("/api-keys", { name, user_id: user_id ?? null, expires_at: expires_at ? expires_at.toISOString() : null });
        onMade(made.key);
      }}
    >
      <FormSection title="">
        <Form.Item name="name" label={t("keys.name")} extra={t("keys.nameHint")} rules={[{ required: true, message: t("form.required", { label: t("keys.name") }) }]}>
          <Input maxLength={64} autoFocus />
        </Form.Item>
        {mayOthers ? (
          <Form.Item name="user_id" label={t("keys.user")}>
            <Select allowClear placeholder={t("keys.self")} showSearch={{ optionFilterProp: "label" }} options={(users.data?.items ?? []).map((user) => ({ value: user.id, label: `${user.username} ${user.display_name}` }))} />
          </Form.Item>
        ) : null}
        <Form.Item name="expires_at" label={t("keys.expires")} extra={t("keys.expiresHint")}>
          <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" style={{ width: "100%" }} />
        </Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

export default function ApiKeysPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { modal, message } = App.useApp();
  const report = useReportProblem();
  const client = useQueryClient();
  const now = useNow();
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const may = can("accounts.api_key.create");

  const columns = useMemo<ListColumn<KeyRow>[]>(() => {
    const revoke = async (row: KeyRow) => {
      const yes = await modal.confirm({ title: `${t("keys.revoke")} ${row.name}`, content: t("keys.revokeText", { prefix: row.prefix }), okText: t("keys.revoke"), okButtonProps: { danger: true }, cancelText: t("action.cancel") });
      if (!yes) return;
      try {
        await api.post(`/api-keys/${row.id}/revoke`);
        void message.success(t("keys.revoked", { name: row.name }));
        await client.invalidateQueries({ queryKey: ["list"] });
      } catch (error) {
        report(error);
      }
    };
    const stateOf = (row: KeyRow) => (row.revoked_at ? "revoked" : row.expires_at && Date.parse(row.expires_at) < now.getTime() ? "expired" : "active");
    return [
      { key: "name", title: t("col.keyName"), width: 200, sort: "name", render: (row) => row.name },
      { key: "prefix", title: t("col.prefix"), width: 140, render: (row) => <span className="hc-mono">{`${row.prefix}…`}</span> },
      { key: "user", title: t("col.user"), width: 140, render: (row) => row.user.username },
      { key: "state", title: t("col.active"), width: 110, render: (row) => <StateTag ns={NS} state={stateOf(row)} /> },
      { key: "lastUsed", title: t("col.lastUsed"), width: 130, render: (row) => (row.last_used_on ? <DateTime mode="date" value={row.last_used_on} /> : <span className="hc-faint">{t("keys.never")}</span>) },
      { key: "expires", title: t("col.expires"), width: 150, render: (row) => (row.expires_at ? <DateTime mode="absolute" value={row.expires_at} /> : <span className="hc-faint">{t("keys.noExpiry")}</span>) },
      { key: "created", title: t("col.created"), width: 130, sort: "created_at", render: (row) => <DateTime value={row.created_at} /> },
      ...(may
        ? [{ key: "revoke", title: "", label: t("keys.revoke"), width: 90, fixed: "right" as const, render: (row: KeyRow) => (row.revoked_at ? null : <Button size="small" danger type="text" onClick={() => void revoke(row)}>{t("keys.revoke")}</Button>) }]
        : []),
    ];
  }, [t, now, may, modal, message, client, report]);
  const tabs = useMemo<ListTab[]>(
    () => [{ key: "active", label: t("state.active"), query: { active: true } }, { key: "revoked", label: t("state.revoked"), query: { active: false } }],
    [t],
  );
  const create = may ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t("keys.new")}</Button> : null;
  return (
    <>
      <ListPage<KeyRow>
        id="api-keys" title={t("keys.title")} hint={t("keys.hint")} path="/api-keys" tabs={tabs} columns={columns} rowId={(row) => row.id} defaultSort="-created_at" primaryAction={create}
        empty={{ title: t("keys.empty"), hint: t("keys.emptyHint"), action: create }}
      />
      {making ? <KeyDialog onClose={() => setMaking(false)} onMade={setSecret} /> : null}
      {secret ? (
        <SecretDialog title={t("keys.shown")} text={t("keys.shownText")} secret={secret} copyLabel={t("keys.copy")} closeLabel={t("keys.done")} onClose={() => setSecret(null)}>
          <div className="hc-muted">{t("keys.usage")} <code className="hc-mono">{"Authorization: Bearer hk_…"}</code></div>
        </SecretDialog>
      ) : null}
    </>
  );
}
