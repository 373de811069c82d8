import { useQueryClient } from "@tanstack/react-query";
import { Drawer, Table } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Page } from "@/api";
import { Facts } from "@/shared/detail/DetailDrawer";
import { DateTime } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { CopyText } from "@/shared/ui/CopyText";
import { EmptyState } from "@/shared/ui/EmptyState";
import css from "./audit.module.css";
import { changesOf, valueText, type FieldChange } from "./diff";
import NS from "./locale";

export interface AuditRow {
  id: number;
  at: string;
  actor_kind: string;
  actor: string;
  user: { id: number; username: string } | null;
  address: string | null;
  request_id: string;
  action: string;
  entity_kind: string;
  entity_id: number;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

const SHOWN = 3;

function useWords() {
  const { t } = useTranslation(NS);
  return useMemo(
    () => ({
      values: { empty: t("empty_value"), yes: t("yes"), no: t("no") },
      action: (action: string) => t(`verb.${action.split(".").at(-1) ?? ""}`, { defaultValue: action }),
      entity: (row: Pick<AuditRow, "entity_kind" | "entity_id">) => t("entity", { kind: t(`kind.${row.entity_kind}`, { defaultValue: row.entity_kind }), id: row.entity_id }),
    }),
    [t],
  );
}

function ChangeLine({ row }: { row: AuditRow }) {
  const { t } = useTranslation(NS);
  const words = useWords();
  const changes = changesOf(row.before, row.after);
  return (
    <span className={css.line}>
      {changes.slice(0, SHOWN).map((change) => (
        <span key={change.path}>
          <span className="hc-muted">{change.path}</span>{" "}
          {change.kind === "changed" ? <><del>{valueText(change.before, words.values)}</del>{" → "}</> : null}
          {change.kind === "removed" ? <del>{valueText(change.before, words.values)}</del> : <ins>{valueText(change.after, words.values)}</ins>}
        </span>
      ))}
      {changes.length > SHOWN ? <span className="hc-faint">{t("more", { count: changes.length - SHOWN })}</span> : null}
    </span>
  );
}

function Entry({ row, onClose }: { row: AuditRow; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const words = useWords();
  return (
    <Drawer open size={720} title={t("record", { id: row.id })} onClose={onClose}>
      <div className="hc-stack">
        <Facts
          facts={[
            { label: t("col.action"), value: <span>{words.action(row.action)} <span className="hc-mono hc-faint">{row.action}</span></span> },
            { label: t("col.at"), value: <DateTime value={row.at} mode="absolute" /> },
            { label: t("col.actor"), value: `${row.actor} (${t(`actor.${row.actor_kind}`, { defaultValue: row.actor_kind })})` },
            { label: t("col.entity"), value: words.entity(row) },
            { label: t("col.address"), value: row.address ?? "—" },
            { label: t("col.request"), value: row.request_id ? <CopyText text={row.request_id} /> : "—" },
          ]}
        />
        <Table<FieldChange>
          size="small" rowKey="path" pagination={false} dataSource={changesOf(row.before, row.after)}
          locale={{ emptyText: <EmptyState compact title={t("noChange")} /> }}
          columns={[
            { title: t("col.field"), dataIndex: "path", width: 200, render: (path: string) => <span className="hc-mono">{path}</span> },
            { title: t("col.before"), render: (_, change) => (change.kind === "added" ? <span className="hc-faint">{"—"}</span> : <span className={css.old}>{valueText(change.before, words.values)}</span>) },
            { title: t("col.after"), render: (_, change) => (change.kind === "removed" ? <span className="hc-faint">{"—"}</span> : <span className={css.new}>{valueText(change.after, words.values)}</span>) },
          ]}
        />
        <Link to={`/audit?entity_kind=${row.entity_kind}&entity_id=${row.entity_id}`}>{t("history")}</Link>
      </div>
    </Drawer>
  );
}

/** One entry from the pages of the list that were read; the API has no other way to one. */
function useEntry(): (id: string) => AuditRow | undefined {
  const client = useQueryClient();
  return (id) =>
    client
      .getQueriesData<Page<AuditRow>>({ queryKey: ["list", "/audit"] })
      .flatMap(([, page]) => page?.items ?? [])
      .find((row) => String(row.id) === id);
}

export default function AuditPage() {
  const { t } = useTranslation(NS);
  const words = useWords();
  const entry = useEntry();
  const columns = useMemo<ListColumn<AuditRow>[]>(
    () => [
      { key: "at", title: t("col.at"), width: 160, sort: "at", render: (row) => <DateTime value={row.at} mode="absolute" /> },
      { key: "actor", title: t("col.actor"), width: 130, render: (row) => row.actor },
      { key: "action", title: t("col.action"), width: 150, render: (row) => <span title={row.action}>{words.action(row.action)}</span> },
      { key: "entity", title: t("col.entity"), width: 150, render: (row) => words.entity(row) },
      { key: "change", title: t("col.change"), width: 520, render: (row) => <ChangeLine row={row} /> },
      { key: "address", title: t("col.address"), width: 130, hidden: true, render: (row) => row.address },
      { key: "request", title: t("col.request"), width: 200, hidden: true, render: (row) => row.request_id },
    ],
    [t, words],
  );
  const filters = useMemo<ListFilter[]>(
    () => [
      {
        key: "entity_kind", label: t("filter.kind"), type: "select",
        options: Object.entries(t("kind", { returnObjects: true }) as Record<string, string>).map(([value, label]) => ({ value, label })),
      },
      { key: "entity_id", label: t("filter.id"), type: "text", width: 110 },
      { key: "user_id", label: t("filter.user"), type: "remote", path: "/users", toOption: ((user: { id: number; username: string }) => ({ value: String(user.id), label: user.username })) },
      { key: "action", label: t("filter.action"), type: "text" },
      { key: "dates", label: t("filter.dates"), type: "dates", fromKey: "from", toKey: "to" },
    ],
    [t],
  );
  return (
    <ListPage<AuditRow>
      id="audit"
      title={t("title")}
      hint={t("hint")}
      path="/audit"
      filters={filters}
      columns={columns}
      rowId={(row) => row.id}
      defaultSort="-at"
      exportPath="/audit/export"
      exportPermission="accounts.audit.export"
      drawer={(id, close) => {
        const row = entry(id);
        return row ? <Entry row={row} onClose={close} /> : null;
      }}
      empty={{ title: t("empty"), hint: t("emptyHint") }}
    />
  );
}
