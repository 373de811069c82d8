import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { DateTime } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { TargetDialog } from "./TargetDialog";
import type { Target } from "./types";

/** Robots, mailboxes and programs that a team shares. */
export default function TargetsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message, modal } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const [editing, setEditing] = useState<Target | "new" | null>(null);
  const [testing, setTesting] = useState<number | null>(null);
  const may = can("notifications.target.manage");
  const columns = useMemo<ListColumn<Target>[]>(() => {
    const test = async (row: Target) => {
      setTesting(row.id);
      try {
        const answer = await api.post<{ ok: boolean; error: string }>(`/notification-targets/${row.id}/test`);
        if (answer.ok) void message.success(t("targets.tested"));
        else void message.error(t("targets.failed", { error: answer.error }));
        await client.invalidateQueries({ queryKey: ["list"] });
      } catch (error) {
        report(error);
      } finally {
        setTesting(null);
      }
    };
    const remove = async (row: Target) => {
      const yes = await modal.confirm({ title: t("targets.remove"), content: t("targets.removeText", { name: row.name }), okText: t("targets.remove"), okButtonProps: { danger: true }, cancelText: t("action.cancel") });
      if (yes) await api.delete(`/notification-targets/${row.id}`).then(() => client.invalidateQueries({ queryKey: ["list"] }), report);
    };
    return [
      { key: "name", title: t("targets.name"), width: 180, sort: "name", render: (row) => row.name },
      { key: "way", title: t("targets.way"), width: 140, render: (row) => t(`way.${row.way}`) },
      {
        key: "state", title: t("targets.state"), width: 150,
        render: (row) => (!row.is_active ? <ToneTag tone="grey">{t("targets.off")}</ToneTag> : row.failures > 0 ? <ToneTag tone="red">{t("targets.broken", { count: row.failures })}</ToneTag> : <ToneTag tone="green">{t("targets.ok")}</ToneTag>),
      },
      { key: "team", title: t("targets.team"), width: 150, render: (row) => row.team?.name ?? row.team?.code ?? "" },
      { key: "last", title: t("targets.last"), width: 130, render: (row) => <DateTime value={row.last_sent_at} /> },
      { key: "error", title: t("targets.error"), width: 260, render: (row) => row.last_error },
      ...(may
        ? [{
            key: "actions", title: "", label: t("targets.edit"), width: 230, fixed: "right" as const,
            render: (row: Target) => (
              <span className="hc-row">
                <Button size="small" loading={testing === row.id} onClick={() => void test(row)}>{t("targets.test")}</Button>
                <Button size="small" type="text" onClick={() => setEditing(row)}>{t("targets.edit")}</Button>
                <Button size="small" type="text" danger onClick={() => void remove(row)}>{t("targets.remove")}</Button>
              </span>
            ),
          }]
        : []),
    ];
  }, [t, may, testing, message, modal, client, report]);
  const create = may ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("targets.new")}</Button> : null;
  return (
    <>
      <ListPage<Target>
        id="notification-targets" title={t("targets.title")} hint={t("targets.hint")} path="/notification-targets" columns={columns} rowId={(row) => row.id} defaultSort="name" refreshEvery={30_000}
        primaryAction={<><Link to="/notifications/log"><Button>{t("targets.log")}</Button></Link>{create}</>}
        empty={{ title: t("targets.emptyTitle"), hint: t("targets.emptyHint"), action: create }}
      />
      {editing ? <TargetDialog target={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
    </>
  );
}
