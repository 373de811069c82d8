import { MoreOutlined, PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown, Form, Input, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { changed } from "@/desk/floor/changes";
import { useOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { DateTime } from "@/shared/format/format";
import { LANGUAGE_NAMES } from "@/shared/i18n/names";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { ROLES } from "./roles";
import { SecretDialog } from "./secret";
import type { UserRow } from "./types";

interface Values {
  username: string;
  display_name: string;
  email: string;
  language: string;
  roles: string[];
  warehouse_ids?: number[] | null;
  owner_ids?: number[] | null;
  shop_ids?: number[] | null;
}

/** Nothing chosen means all, which the API writes as null. */
const orAll = (ids: number[] | null | undefined): number[] | null => (ids && ids.length > 0 ? ids : null);

function UserDialog({ user, onClose, onSecret }: { user: UserRow | null; onClose: () => void; onSecret: (name: string, password: string) => void }) {
  const { t } = useTranslation(NS);
  const warehouses = useOptions("/warehouses", { permission: "facility.warehouse.view" });
  const owners = useOptions("/owners", { permission: "partners.owner.view" });
  const shops = useOptions("/shops", { permission: "orders.shop.view" });
  const required = (label: string) => [{ required: true, message: t("form.required", { label }) }];
  const scope = (name: keyof Values, label: string, data: { options: { value: number; label: string }[]; loading: boolean }) => (
    <Form.Item name={name} label={label}>
      <Select mode="multiple" allowClear placeholder={t("field.all")} options={data.options} loading={data.loading} showSearch={{ optionFilterProp: "label" }} />
    </Form.Item>
  );
  return (
    <RecordDialog<Values>
      title={user ? t("users.edit", { name: user.username }) : t("users.new")}
      width={680}
      initialValues={user ?? ({ language: "zh-hans", roles: [], display_name: "", email: "" })}
      onClose={onClose}
      onSubmit={async ({ username, ...rest }) => {
        const values = { ...rest, warehouse_ids: orAll(rest.warehouse_ids), owner_ids: orAll(rest.owner_ids), shop_ids: orAll(rest.shop_ids) };
        if (user) return api.patch(`/users/${user.id}`, changed(user, values));
        const made = await api.post<{ username: string; one_time_password: string | null }>("/users", { username, ...values });
        if (made.one_time_password) onSecret(made.username, made.one_time_password);
        return made;
      }}
    >
      <FormSection title={t("field.account")} hint={user ? undefined : t("field.passwordHint")}>
        <Form.Item name="username" label={t("field.username")} rules={required(t("field.username"))}>
          <Input maxLength={64} disabled={user !== null} autoComplete="off" autoFocus={user === null} />
        </Form.Item>
        <Form.Item name="display_name" label={t("field.displayName")}><Input maxLength={64} autoComplete="off" /></Form.Item>
        <Form.Item name="roles" label={t("field.roles")} rules={required(t("field.roles"))}>
          <Select mode="multiple" showSearch={{ optionFilterProp: "label" }} options={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))} />
        </Form.Item>
        <Form.Item name="language" label={t("field.language")}>
          <Select options={[{ value: "zh-hans", label: LANGUAGE_NAMES["zh-CN"] }, { value: "en", label: LANGUAGE_NAMES.en }]} />
        </Form.Item>
        <Form.Item name="email" label={t("field.email")}><Input maxLength={254} type="email" autoComplete="off" /></Form.Item>
      </FormSection>
      <FormSection title={t("field.scopeTitle")} hint={t("field.scopeHint")}>
        {scope("warehouse_ids", t("field.warehouses"), warehouses)}
        {scope("owner_ids", t("field.owners"), owners)}
        {scope("shop_ids", t("field.shops"), shops)}
      </FormSection>
    </RecordDialog>
  );
}

export default function UsersPage() {
  const { t } = useTranslation(NS);
  const { can, me } = useSession();
  const { modal, message } = App.useApp();
  const report = useReportProblem();
  const client = useQueryClient();
  const [editing, setEditing] = useState<UserRow | "new" | null>(null);
  const [secret, setSecret] = useState<{ name: string; password: string } | null>(null);
  const mayChange = can("accounts.user.change");

  const columns = useMemo<ListColumn<UserRow>[]>(() => {
    const act = async (row: UserRow, key: string) => {
      const name = row.display_name || row.username;
      try {
        if (key === "reset") {
          const yes = await modal.confirm({ title: t("users.reset"), content: t("users.resetText", { name }), okText: t("users.reset"), okButtonProps: { danger: true }, cancelText: t("action.cancel") });
          if (!yes) return;
          const answer = await api.post<{ one_time_password: string }>(`/users/${row.id}/reset-password`);
          setSecret({ name, password: answer.one_time_password });
        } else {
          if (row.is_active) {
            const yes = await modal.confirm({ title: t("users.deactivate"), content: t("users.deactivateText", { name }), okText: t("users.deactivate"), okButtonProps: { danger: true }, cancelText: t("action.cancel") });
            if (!yes) return;
          }
          await api.patch(`/users/${row.id}`, { is_active: !row.is_active });
          void message.success(t(row.is_active ? "users.deactivated" : "users.activated", { name }));
        }
        await client.invalidateQueries({ queryKey: ["list"] });
      } catch (error) {
        report(error);
      }
    };
    const scopeText = (row: UserRow) => {
      const parts = [
        row.warehouse_ids && t("scope.warehouses", { count: row.warehouse_ids.length }),
        row.owner_ids && t("scope.owners", { count: row.owner_ids.length }),
        row.shop_ids && t("scope.shops", { count: row.shop_ids.length }),
      ].filter(Boolean);
      return parts.length > 0 ? parts.join(" · ") : <span className="hc-faint">{t("scope.all")}</span>;
    };
    return [
      { key: "username", title: t("col.username"), width: 150, sort: "username", render: (row) => row.username },
      { key: "name", title: t("col.name"), width: 140, render: (row) => row.display_name },
      { key: "roles", title: t("col.roles"), width: 260, render: (row) => row.roles.map((role) => t(`role.${role}`, { defaultValue: role })).join("、") },
      { key: "scope", title: t("col.scope"), width: 180, render: scopeText },
      {
        key: "active", title: t("col.active"), width: 170,
        render: (row) => (
          <span className="hc-row">
            <StateTag ns={NS} state={row.is_active ? "active" : "inactive"} />
            {row.must_change_password && row.is_active ? <ToneTag tone="orange">{t("state.must_change")}</ToneTag> : null}
          </span>
        ),
      },
      { key: "lastLogin", title: t("col.lastLogin"), width: 130, sort: "last_login", render: (row) => <DateTime value={row.last_login} /> },
      { key: "email", title: t("col.email"), width: 200, hidden: true, render: (row) => row.email },
      { key: "created", title: t("col.created"), width: 130, hidden: true, sort: "created_at", render: (row) => <DateTime value={row.created_at} /> },
      ...(mayChange
        ? [{
            key: "menu", title: "", label: t("action.more"), width: 60, fixed: "right" as const,
            render: (row: UserRow) => (
              <Dropdown
                trigger={["click"]}
                menu={{
                  items: [
                    { key: "reset", label: t("users.reset") },
                    { key: "active", danger: row.is_active, disabled: String(row.id) === String(me.user.id), label: t(row.is_active ? "users.deactivate" : "users.activate") },
                  ],
                  onClick: ({ key }) => void act(row, key),
                }}
              >
                <Button type="text" size="small" icon={<MoreOutlined />} aria-label={`${t("action.more")} ${row.username}`} />
              </Dropdown>
            ),
          }]
        : []),
    ];
  }, [t, mayChange, me.user.id, modal, message, client, report]);

  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "role", label: t("filter.role"), type: "select", options: ROLES.map((role) => ({ value: role, label: t(`role.${role}`) })) },
      { key: "is_active", label: t("filter.active"), type: "bool" },
    ],
    [t],
  );
  const create = can("accounts.user.create") ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("users.new")}</Button> : null;
  return (
    <>
      <ListPage<UserRow>
        id="users"
        title={t("users.title")}
        path="/users"
        search={t("users.search")}
        filters={filters}
        columns={columns}
        rowId={(row) => row.id}
        defaultSort="username"
        exportPath="/users/export"
        primaryAction={create}
        {...(mayChange ? { onOpen: (row: UserRow) => setEditing(row) } : {})}
        empty={{ title: t("users.empty"), hint: t("users.emptyHint"), action: create }}
      />
      {editing === null ? null : <UserDialog user={editing === "new" ? null : editing} onClose={() => setEditing(null)} onSecret={(name, password) => setSecret({ name, password })} />}
      {secret ? (
        <SecretDialog title={t("oneTime.title")} text={t("oneTime.text", { name: secret.name })} secret={secret.password} copyLabel={t("oneTime.copy")} closeLabel={t("oneTime.close")} onClose={() => setSecret(null)} />
      ) : null}
    </>
  );
}
