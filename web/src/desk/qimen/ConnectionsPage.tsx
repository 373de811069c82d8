import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal, Skeleton, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api } from "@/api";
import { DetailDrawer } from "@/shared/detail/DetailDrawer";
import { DateTime, Quantity } from "@/shared/format/format";
import { useSession } from "@/shared/session/session";
import { CopyText } from "@/shared/ui/CopyText";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import { ToneTag } from "@/shared/ui/StateTag";
import type { Tone } from "@/shared/ui/states";
import { ConnectionDialog } from "./ConnectionDialog";
import NS from "./locale";
import { QimenTabs } from "./QimenTabs";
import type { Connection, Difference, Health } from "./types";

const TONES: Record<Health["status"], Tone> = { ok: "green", warning: "orange", failing: "red", off: "grey" };

/** How the connections fare. */
export default function ConnectionsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const [params, setParams] = useSearchParams();
  const [adding, setAdding] = useState(false);
  const health = useQuery({ queryKey: ["qimen", "health"], queryFn: () => api.get<{ items: Health[] }>("/connections/health", { kind: "erp" }), refetchInterval: 10_000 });
  const open = params.get("open");
  const show = (id: number | null) => setParams(id === null ? {} : { open: String(id) });
  const add = can("integrations.connection.create") ? <Button type="primary" onClick={() => setAdding(true)}>{t("add")}</Button> : null;
  const rows = health.data?.items ?? [];
  return (
    <>
      <PageHeader title={t("title")} hint={t("hint")} actions={add} />
      <PageBody>
        <QimenTabs />
        <Section flush>
          {health.isError && !health.data ? <ErrorState error={health.error} onRetry={() => void health.refetch()} /> : null}
          {health.isLoading ? <Skeleton active style={{ padding: 16 }} /> : null}
          {health.data && rows.length === 0 ? <EmptyState title={t("empty.connections")} hint={t("empty.connectionsHint")} action={add} /> : null}
          {rows.length > 0 ? (
            <Table<Health>
              size="small"
              rowKey="id"
              pagination={false}
              dataSource={rows}
              scroll={{ x: 900 }}
              onRow={(row) => ({ onClick: () => show(row.id), onKeyDown: (event) => { if (event.key === "Enter") show(row.id); }, tabIndex: 0, style: { cursor: "pointer" } })}
              columns={[
                { title: t("col.status"), width: 120, render: (_, row) => <ToneTag tone={TONES[row.status]}>{t(`status.${row.status}`)}</ToneTag> },
                { title: t("col.name"), width: 180, render: (_, row) => <strong>{row.name}</strong> },
                { title: t("col.role"), dataIndex: "title", width: 230 },
                { title: t("col.lastOk"), width: 130, render: (_, row) => (row.last_ok_at ? <DateTime value={row.last_ok_at} /> : t("never")) },
                { title: t("col.waiting"), width: 190, render: (_, row) => <Waiting row={row} /> },
                { title: t("col.error"), render: (_, row) => <span className={row.status === "failing" ? "" : "hc-faint"} title={row.last_error}>{row.last_error.slice(0, 80)}</span> },
              ]}
            />
          ) : null}
        </Section>
      </PageBody>
      {open ? <ConnectionDrawer key={open} id={open} onClose={() => show(null)} /> : null}
      {adding ? <ConnectionDialog connection={null} onClose={(made) => { setAdding(false); void health.refetch(); if (made !== null) show(made); }} /> : null}
    </>
  );
}

function Waiting({ row }: { row: Health }) {
  const { t } = useTranslation(NS);
  if (row.confirms_pending + row.confirms_refused === 0) return <span className="hc-faint">{t("queue.none")}</span>;
  return (
    <span className="hc-row" style={{ gap: 6, flexWrap: "wrap" }}>
      {row.confirms_refused > 0 ? <Link to="/qimen/sendings?tab=refused" onClick={(event) => event.stopPropagation()}><ToneTag tone="orange">{t("queue.refused", { count: row.confirms_refused })}</ToneTag></Link> : null}
      {row.confirms_pending > 0 ? <Link to="/qimen/sendings?tab=pending" onClick={(event) => event.stopPropagation()}><ToneTag tone="blue">{t("queue.pending", { count: row.confirms_pending })}</ToneTag></Link> : null}
    </span>
  );
}

function ConnectionDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message, modal } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const [editing, setEditing] = useState(false);
  const [differences, setDifferences] = useState<Difference[] | null>(null);
  const query = useQuery({ queryKey: ["qimen", "one", id], queryFn: () => api.get<Connection>(`/connections/${id}`) });
  const one = query.data;
  const reload = () => void client.invalidateQueries({ queryKey: ["qimen"] });
  const post = useMutation({ mutationFn: ({ path, body }: { path: string; body?: unknown; then?: (answer: never) => void }) => api.post<never>(path, body ?? {}), onSuccess: (answer, { then }) => { then?.(answer); reload(); }, onError: report });
  const change = can("integrations.connection.change");
  const compared = ({ items }: { items: Difference[] }) => {
    if (items.length > 0) setDifferences(items);
    else void message.success(t("compareNone"));
  };
  const actions = one
    ? [
        ...(can("integrations.connection.check") ? [{ code: "check", label: t("check"), primary: true, loading: post.isPending, run: () => post.mutate({ path: `/connections/${id}/check`, then: (answer: { is_ok: boolean; message: string }) => void (answer.is_ok ? message.success(t("checkOk")) : message.error(t("checkFailed", { message: answer.message }), 8)) }) }] : []),
        ...(change ? [{ code: "edit", label: t("edit"), run: () => setEditing(true) }, { code: "active", label: t(one.is_active ? "off" : "on"), danger: one.is_active, run: () => post.mutate({ path: `/connections/${id}/active`, body: { is_active: !one.is_active } }) }] : []),
        ...(one.connector === "qimen_wms" && can("integrations.qimen.tell") ? [{ code: "compare", label: t("compare"), run: () => post.mutate({ path: `/qimen-connections/${id}/compare`, then: compared }) }] : []),
      ]
    : [];
  const renew = async () => {
    if (await modal.confirm({ title: t("newAddress"), content: t("addressHint"), okButtonProps: { danger: true } })) post.mutate({ path: `/connections/${id}/inbox` });
  };
  return (
    <>
      <DetailDrawer
        query={query}
        onClose={onClose}
        pageUrl={`/qimen?open=${id}`}
        content={
          one
            ? {
                kind: t("col.name"),
                number: one.name,
                state: <ToneTag tone={one.is_active ? "green" : "grey"}>{t(one.is_active ? "status.ok" : "status.off")}</ToneTag>,
                actions,
                facts: one.push_path ? [{ label: t("address"), wide: true, value: <span className="hc-stack"><CopyText text={globalThis.location.origin + one.push_path} /><span className="hc-muted">{t("addressHint")} {change ? <Button size="small" type="link" onClick={() => void renew()}>{t("newAddress")}</Button> : null}</span></span> }] : [],
              }
            : null
        }
      />
      {editing && one ? <ConnectionDialog connection={one} onClose={() => { setEditing(false); reload(); }} /> : null}
      {differences ? (
        <Modal open title={t("compareTitle")} footer={null} onCancel={() => setDifferences(null)}>
          <Table<Difference>
            size="small"
            rowKey={(row) => `${row.warehouse} ${row.sku}`}
            dataSource={differences}
            columns={[
              { title: t("col.warehouse"), dataIndex: "warehouse" },
              { title: t("col.item"), dataIndex: "sku" },
              { title: t("col.ours"), align: "right", render: (_, row) => <Quantity value={row.ours} /> },
              { title: t("col.theirs"), align: "right", render: (_, row) => <Quantity value={row.theirs} /> },
            ]}
          />
        </Modal>
      ) : null}
    </>
  );
}
