import { CheckOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Checkbox, Input, Skeleton } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { ErrorState } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader } from "@/shared/ui/PageHeader";
import NS from "./locale";
import { permissionMatrix } from "./roles";
import type { RoleRow } from "./types";
import css from "./users.module.css";

/** Which role may do what, as one table: permissions down, roles across. */
export default function RolesPage() {
  const { t } = useTranslation(NS);
  const [q, setQ] = useState("");
  const [onlyDifferent, setOnlyDifferent] = useState(false);
  const words = (code: string) => {
    const [, entity = "", verb = ""] = code.split(".");
    return `${t(`perm.entity.${entity}`, { defaultValue: entity })} · ${t(`perm.verb.${verb}`, { defaultValue: verb })}`;
  };
  const query = useQuery({ queryKey: ["detail", "roles"], queryFn: ({ signal }) => api.get<{ items: RoleRow[] }>("/roles", undefined, signal) });
  const roles = useMemo(() => query.data?.items ?? [], [query.data]);
  const all = useMemo(() => permissionMatrix(roles), [roles]);
  const groups = all
        .map((group) => ({ ...group, rows: group.rows.filter((row) => `${row.code} ${words(row.code)}`.toLowerCase().includes(q.trim().toLowerCase()) && (!onlyDifferent || row.roles.size < roles.length)) }))
        .filter((group) => group.rows.length > 0);
  if (query.error && !query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      <PageHeader title={t("roles.title")} hint={t("roles.hint")} />
      <PageBody>
        <div className="hc-row">
          <Input.Search allowClear style={{ width: 260 }} placeholder={t("roles.search")} aria-label={t("roles.search")} value={q} onChange={(event) => setQ(event.target.value)} />
          <Checkbox checked={onlyDifferent} onChange={(event) => setOnlyDifferent(event.target.checked)}>{t("roles.only")}</Checkbox>
        </div>
        {query.isLoading ? <Skeleton active paragraph={{ rows: 12 }} /> : (
          <div className={css.matrixFrame} tabIndex={0} role="region" aria-label={t("roles.title")}>
            <table className={css.matrix}>
              <thead>
                <tr>
                  <th scope="col">{t("roles.permission")}</th>
                  {roles.map((role) => (
                    <th key={role.code} scope="col"><Link to={`/users?role=${role.code}`} title={t("roles.users")}>{t(`role.${role.code}`, { defaultValue: role.title })}</Link></th>
                  ))}
                </tr>
              </thead>
              {groups.map((group) => (
                <tbody key={group.app}>
                  <tr><th scope="rowgroup" colSpan={roles.length + 1} className={css.app}>{t(`perm.app.${group.app}`, { defaultValue: group.app })}</th></tr>
                  {group.rows.map((row) => (
                    <tr key={row.code}>
                      <th scope="row">{words(row.code)} <span className="hc-mono hc-faint">{row.code}</span></th>
                      {roles.map((role) => (
                        <td key={role.code}>{row.roles.has(role.code) ? <CheckOutlined aria-label={t("roles.has")} className={css.yes} /> : <span className="hc-sr">{t("roles.hasNot")}</span>}</td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              ))}
            </table>
          </div>
        )}
      </PageBody>
    </>
  );
}
