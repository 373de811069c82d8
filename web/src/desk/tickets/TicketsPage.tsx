import { CheckOutlined, PlusOutlined, UserAddOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Counts } from "@/api";
import { DateTime, Quantity } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useListState } from "@/shared/list/useListState";
import { useSession } from "@/shared/session/session";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { NewTicket } from "./NewTicket";
import { nameOf, usePeople, useTeams } from "./queries";
import { Documents, TicketDrawer } from "./TicketDetail";
import css from "./tickets.module.css";
import type { TicketRow } from "./types";
import { KINDS, PRIORITIES, priorityTone, RESOLUTIONS, rowTone } from "./words";

const TABS = ["all", "mine", "my_teams", "unassigned", "overdue", "waiting", "resolved", "closed"] as const;
const ATTENTION = new Set<string>(["mine", "unassigned", "overdue"]);
const EVERY_TEAM = "";

/** One button for each team with what stands in its queue. */
function TeamBar() {
  const { t, i18n } = useTranslation(NS);
  const state = useListState();
  const teams = useTeams();
  const counts = useQuery({
    queryKey: ["list", "/tickets/counts", "counts", {}],
    queryFn: ({ signal }) => api.get<Counts>("/tickets/counts", undefined, signal),
    refetchInterval: 30_000,
  });
  const number = new Intl.NumberFormat(i18n.language);
  const label = (title: string, key: string) => `${title} ${number.format(counts.data?.counts[key]?.count ?? 0)}`;
  return (
    <Segmented
      size="small"
      aria-label={t("filter.team")}
      value={state.filters.team?.[0] ?? EVERY_TEAM}
      onChange={(value) => state.change({ team: value === EVERY_TEAM ? null : value })}
      options={[
        { value: EVERY_TEAM, label: label(t("tab.all"), "all") },
        ...(teams.data?.items ?? []).filter((team) => team.is_active).map((team) => ({ value: team.code, label: label(team.title, `team:${team.code}`) })),
      ]}
    />
  );
}

export default function TicketsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const ask = useAsk();
  const [making, setMaking] = useState(false);
  const state = useListState();
  const teams = useTeams();
  const people = usePeople();

  const columns = useMemo<ListColumn<TicketRow>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 150, fixed: "left", render: (row) => <span className="hc-num">{row.number}</span> },
      { key: "subject", title: t("col.subject"), width: 320, render: (row) => <span className={css.subject}>{row.title}</span> },
      { key: "kind", title: t("col.kind"), width: 100, render: (row) => t(`kind.${row.kind}`) },
      { key: "priority", title: t("col.priority"), width: 90, sort: "priority", render: (row) => <ToneTag tone={priorityTone(row.priority)} icon={false}>{t(`priority.${row.priority}`)}</ToneTag> },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <StateTag ns={NS} state={row.state} /> },
      { key: "due", title: t("col.due"), width: 120, sort: "due_at", render: (row) => <DateTime value={row.due_at} /> },
      { key: "team", title: t("col.team"), width: 110, render: (row) => row.team.name },
      { key: "assignee", title: t("col.assignee"), width: 110, render: (row) => (row.assignee ? nameOf(row.assignee) : <span className="hc-faint">{t("fact.nobody")}</span>) },
      { key: "documents", title: t("col.documents"), width: 190, render: (row) => <Documents links={row.links.slice(0, 2)} /> },
      { key: "count", title: t("col.count"), width: 70, align: "right", hidden: true, render: (row) => <Quantity value={row.occurrences} /> },
      { key: "opened", title: t("col.opened"), width: 120, sort: "created_at", render: (row) => <DateTime value={row.created_at} /> },
      { key: "resolution", title: t("col.resolution"), width: 130, hidden: true, render: (row) => (row.resolution ? t(`resolution.${row.resolution}`) : "") },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "team", label: t("filter.team"), type: "select", width: 120, options: (teams.data?.items ?? []).map((team) => ({ value: team.code, label: team.title })) },
      { key: "kind", label: t("filter.kind"), type: "select", multiple: true, width: 140, options: KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) })) },
      { key: "assignee", label: t("filter.assignee"), type: "select", width: 120, options: (people.data?.items ?? []).map((person) => ({ value: String(person.id), label: nameOf(person) })) },
      { key: "priority", label: t("filter.priority"), type: "select", width: 100, options: PRIORITIES.map((value) => ({ value: String(value), label: t(`priority.${value}`) })) },
    ],
    [t, teams.data, people.data],
  );
  const bulkActions = useMemo<BulkAction[]>(() => {
    const note = { name: "note", label: t("ask.note") };
    return [
      { code: "take", label: t("action.take"), path: "/tickets/take", permission: "tickets.ticket.work", primary: true, icon: <CheckOutlined /> },
      {
        code: "assign", label: t("action.assign"), path: "/tickets/assign", permission: "tickets.ticket.work", icon: <UserAddOutlined />,
        ask: async () => {
          const answer = await ask({ title: t("action.assign"), okText: t("action.assign"), note, choice: { name: "user_id", label: t("ask.user"), required: true, options: (people.data?.items ?? []).map((person) => ({ value: String(person.id), label: nameOf(person) })) } });
          return answer ? { ...answer, user_id: Number(answer.user_id) } : null;
        },
      },
      {
        code: "move", label: t("action.move"), path: "/tickets/move", permission: "tickets.ticket.work",
        ask: () => ask({ title: t("action.move"), okText: t("action.move"), note, choice: { name: "team", label: t("ask.team"), required: true, options: (teams.data?.items ?? []).map((team) => ({ value: team.code, label: team.title })) } }),
      },
      {
        code: "resolve", label: t("action.resolve"), path: "/tickets/resolve", permission: "tickets.ticket.work",
        ask: () => ask({ title: t("action.resolve"), okText: t("action.resolve"), note, choice: { name: "resolution", label: t("ask.resolution"), required: true, options: RESOLUTIONS.map((value) => ({ value, label: t(`resolution.${value}`) })) } }),
      },
      { code: "close", label: t("action.close"), path: "/tickets/close", permission: "tickets.ticket.work" },
    ];
  }, [t, ask, people.data, teams.data]);
  const tabs = useMemo<ListTab[]>(() => TABS.map((key) => ({ key, label: t(`tab.${key}`), attention: ATTENTION.has(key) })), [t]);
  const create = can("tickets.ticket.create") ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t("new")}</Button> : null;
  return (
    <>
      <ListPage<TicketRow>
        id="tickets"
        title={t("title")}
        hint={<TeamBar />}
        path="/tickets"
        countsPath="/tickets/counts"
        tabs={tabs}
        defaultTab="all"
        search={t("search")}
        filters={filters}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.number}
        rowTone={rowTone}
        defaultSort="due_at"
        bulkActions={bulkActions}
        exportPath="/tickets/export"
        exportPermission="tickets.ticket.export"
        drawer={(id, close) => <TicketDrawer id={id} onClose={close} />}
        refreshEvery={30_000}
        primaryAction={create}
        empty={{ title: t("empty.title"), hint: t("empty.hint"), action: create }}
      />
      {making ? <NewTicket onClose={() => setMaking(false)} onMade={(id) => state.setOpen(String(id))} /> : null}
    </>
  );
}
