import { MoreOutlined, PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { SecretDialog } from "@/desk/users/secret";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import { EndpointDialog, ReplayDialog } from "./EndpointDialogs";
import NS from "./locale";
import type { Endpoint } from "./types";

function Health({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation(NS);
  if (!endpoint.is_active) return <ToneTag tone={endpoint.disabled_reason === "by_hand" ? "grey" : "red"}>{t(`state.${endpoint.disabled_reason || "by_hand"}`)}</ToneTag>;
  return endpoint.failing_since ? <ToneTag tone="orange">{t("state.failing")}</ToneTag> : <ToneTag tone="green">{t("state.active")}</ToneTag>;
}

/** Who hears of events, and how each endpoint fares. */
export default function EndpointsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message, modal } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const [editing, setEditing] = useState<Endpoint | "new" | null>(null);
  const [replaying, setReplaying] = useState<Endpoint | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const may = can("integrations.webhook.manage");

  const columns = useMemo<ListColumn<Endpoint>[]>(() => {
    const refresh = () => client.invalidateQueries({ queryKey: ["list"] });
    const test = (row: Endpoint) => api.post(`/webhooks/endpoints/${row.id}/test`).then(() => { void message.success(t("done.test")); return refresh(); }, report);
    const toggle = (row: Endpoint) => api.patch(`/webhooks/endpoints/${row.id}`, { is_active: !row.is_active }).then(refresh, report);
    const rotate = async (row: Endpoint) => {
      const yes = await modal.confirm({ title: t("action.rotate"), content: t("ask.rotateText"), okText: t("action.rotate"), cancelText: t("action.cancel") });
      if (yes) await api.post<{ secret: string }>(`/webhooks/endpoints/${row.id}/secret`, {}).then((answer) => { setSecret(answer.secret); return refresh(); }, report);
    };
    const remove = async (row: Endpoint) => {
      const yes = await modal.confirm({ title: t("action.remove"), content: t("ask.removeText", { name: row.name }), okText: t("action.remove"), okButtonProps: { danger: true }, cancelText: t("action.cancel") });
      if (yes) await api.delete(`/webhooks/endpoints/${row.id}`).then(refresh, report);
    };
    const menu = (row: Endpoint) => ({
      items: [
        { key: "replay", label: t("action.replay") },
        { key: "rotate", label: t("action.rotate") },
        { key: "toggle", label: t(row.is_active ? "action.disable" : "action.enable") },
        { key: "remove", label: t("action.remove"), danger: true },
      ],
      onClick: ({ key }: { key: string }) => {
        if (key === "replay") setReplaying(row);
        if (key === "rotate") void rotate(row);
        if (key === "toggle") void toggle(row);
        if (key === "remove") void remove(row);
      },
    });
    return [
      { key: "name", title: t("col.name"), width: 110, sort: "name", render: (row) => row.name },
      { key: "url", title: t("col.url"), width: 190, render: (row) => <span className="hc-mono hc-ellipsis" title={row.url}>{row.url}</span> },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <Health endpoint={row} /> },
      { key: "success", title: t("col.success"), width: 120, align: "right", render: (row) => <Quantity value={row.success_percent} unit="%" /> },
      { key: "latency", title: t("col.latency"), width: 130, align: "right", render: (row) => (row.median_ms === null ? "" : <span className="hc-num">{`${row.median_ms} / ${row.p95_ms ?? 0} ms`}</span>) },
      { key: "waiting", title: t("col.waiting"), width: 70, align: "right", render: (row) => <Link to={`/webhooks/deliveries?tab=waiting&endpoint=${row.id}`}><Quantity value={row.waiting} /></Link> },
      { key: "dead", title: t("col.dead"), width: 70, align: "right", render: (row) => <Link to={`/webhooks/deliveries?tab=dead&endpoint=${row.id}`}><Quantity value={row.dead} /></Link> },
      { key: "last", title: t("col.last"), width: 120, render: (row) => <DateTime value={row.last_success_at} /> },
      { key: "error", title: t("col.error"), width: 160, render: (row) => row.last_error },
      { key: "types", title: t("col.types"), width: 200, hidden: true, render: (row) => (row.event_types.length === 0 ? t("all") : row.event_types.join(", ")) },
      ...(may
        ? [{
            key: "actions", title: "", label: t("edit"), width: 210, fixed: "right" as const,
            render: (row: Endpoint) => (
              <span className="hc-row">
                <Button size="small" disabled={!row.is_active} onClick={() => void test(row)}>{t("action.test")}</Button>
                <Button size="small" type="text" onClick={() => setEditing(row)}>{t("edit")}</Button>
                <Dropdown trigger={["click"]} menu={menu(row)}><Button size="small" type="text" icon={<MoreOutlined />} aria-label={`${t("action.replay")}, ${t("action.rotate")}`} /></Dropdown>
              </span>
            ),
          }]
        : []),
    ];
  }, [t, may, client, message, modal, report]);
  const create = may ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("new")}</Button> : null;
  return (
    <>
      <ListPage<Endpoint>
        id="webhook-endpoints" title={t("title")} hint={t("hint")} path="/webhooks/endpoints" columns={columns} rowId={(row) => row.id} rowName={(row) => row.name} defaultSort="name" refreshEvery={15_000}
        primaryAction={<><Link to="/webhooks/deliveries"><Button>{t("log")}</Button></Link>{create}</>}
        empty={{ title: t("empty.title"), hint: t("empty.hint"), action: create }}
      />
      {editing ? <EndpointDialog endpoint={editing === "new" ? null : editing} onClose={() => setEditing(null)} onSecret={setSecret} /> : null}
      {replaying ? <ReplayDialog endpoint={replaying} onClose={() => setReplaying(null)} onDone={(count) => void message.success(t("done.replay", { count }))} /> : null}
      {secret ? <SecretDialog title={t("secret.title")} text={t("secret.text")} secret={secret} copyLabel={t("secret.copy")} closeLabel={t("secret.close")} onClose={() => setSecret(null)} /> : null}
    </>
  );
}
