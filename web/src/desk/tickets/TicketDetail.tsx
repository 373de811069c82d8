import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Mentions } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type BulkResult, type Page } from "@/api";
import { DetailDrawer, DetailPage, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { DateTime } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import { Timeline, type TimelineEvent } from "@/shared/ui/Timeline";
import { Files } from "./Files";
import NS from "./locale";
import { nameOf, usePeople, useTeams, useTicket } from "./queries";
import css from "./tickets.module.css";
import type { Ticket, TicketEntry, TicketLink, TicketRow } from "./types";
import { PRIORITIES, priorityTone, RESOLUTIONS, urlOf } from "./words";

export function Documents({ links }: { links: TicketLink[] }) {
  const { t } = useTranslation(NS);
  return (
    <span className={css.links}>
      {links.map((link) => {
        const url = urlOf(link);
        const words = `${t(`entity.${link.entity_kind}`, { defaultValue: link.entity_kind })} ${link.number || link.entity_id}`;
        return url ? <Link key={`${link.entity_kind}${link.entity_id}`} to={url}>{words}</Link> : <span key={`${link.entity_kind}${link.entity_id}`}>{words}</span>;
      })}
    </span>
  );
}

function Say({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation(NS);
  const client = useQueryClient();
  const report = useReportProblem();
  const people = usePeople();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async () => {
    if (text.trim() === "") return;
    setBusy(true);
    try {
      await api.post(`/tickets/${ticket.id}/comments`, { body: text });
      setText("");
      await client.invalidateQueries({ queryKey: ["detail", "ticket"] });
    } catch (error) {
      report(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={css.say}>
      <Mentions
        rows={3}
        maxLength={4000}
        value={text}
        onChange={setText}
        aria-label={t("action.comment")}
        placeholder={t("talk.placeholder")}
        options={(people.data?.items ?? []).map((person) => ({ value: person.username, label: `${nameOf(person)} (${person.username})` }))}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
        }}
      />
      <Button type="primary" loading={busy} disabled={text.trim() === ""} onClick={() => void send()}>{t("talk.send")}</Button>
    </div>
  );
}

function Talk({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const words = (entry: TicketEntry): string => {
    const data: Record<string, unknown> = { ...entry.data };
    for (const key of ["links", "tickets"]) if (Array.isArray(data[key])) data[key] = (data[key] as string[]).join(", ");
    if (typeof data.resolution === "string") data.resolution = t(`resolution.${data.resolution}`, { defaultValue: data.resolution });
    return t(`entry.${entry.action}`, { ...data, defaultValue: entry.action });
  };
  const tone = (action: string): TimelineEvent["tone"] => (action === "comment" ? "blue" : action === "escalated" ? "red" : action === "resolved" ? "green" : "grey");
  return (
    <>
      {can("tickets.ticket.comment") ? <Say ticket={ticket} /> : null}
      <Timeline
        events={[...ticket.entries].reverse().map((entry) => ({
          id: entry.id, at: entry.at, who: entry.actor, title: words(entry), tone: tone(entry.action) ?? "grey", note: entry.body ? <div className={css.body}>{entry.body}</div> : null,
        }))}
      />
    </>
  );
}

function useTicketContent(ticket: Ticket | undefined): DetailContent | null {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const client = useQueryClient();
  const report = useReportProblem();
  const { message } = App.useApp();
  const ask = useAsk();
  const [busy, setBusy] = useState<string | null>(null);
  const may = can("tickets.ticket.work");
  const teams = useTeams(may);
  const people = usePeople(may);
  if (!ticket) return null;

  const run = async (code: string, body: Record<string, unknown> = {}) => {
    setBusy(code);
    try {
      const answer = await api.post<Partial<BulkResult> | undefined>(`/tickets/${code.replace("_", "-")}`, { ids: [ticket.id], ...body });
      const failed = answer?.results?.find((row) => !row.ok);
      if (failed) void message.error(failed.message ?? failed.code ?? "");
      else void message.success(t(`done.${code}`));
      await Promise.all([client.invalidateQueries({ queryKey: ["detail", "ticket"] }), client.invalidateQueries({ queryKey: ["list"] })]);
    } catch (error) {
      report(error);
    } finally {
      setBusy(null);
    }
  };
  const note = { name: "note", label: t("ask.note") };
  const asked = (code: string, choice?: { name: string; label: string; options: { value: string; label: string }[] }, numeric = false, text?: string) => async () => {
    const answer = await ask({ title: t(`action.${code}`), okText: t(`action.${code}`), ...(text ? { text } : {}), ...(choice ? { choice: { ...choice, required: true } } : {}), ...(code === "merge" || code === "prioritise" ? {} : { note }) });
    if (!answer) return;
    const body: Record<string, unknown> = { ...answer };
    if (numeric && choice) body[choice.name] = Number(answer[choice.name]);
    await run(code, body);
  };
  const merge = async () => {
    const others = await api.get<Page<TicketRow>>("/tickets", { tab: "all", limit: 200 });
    const options = others.items.filter((one) => one.id !== ticket.id).map((one) => ({ value: String(one.id), label: `${one.number} ${one.title}` }));
    await asked("merge", { name: "into", label: t("ask.into"), options }, true, t("ask.mergeText"))();
  };
  const all: Record<string, Omit<DetailAction, "code" | "label">> = {
    take: { primary: true, run: () => void run("take") },
    resolve: { run: () => void asked("resolve", { name: "resolution", label: t("ask.resolution"), options: RESOLUTIONS.map((value) => ({ value, label: t(`resolution.${value}`) })) })() },
    close: { primary: true, run: () => void run("close") },
    reopen: { run: () => void asked("reopen")() },
    wait: { run: () => void asked("wait")() },
    put_back: { run: () => void asked("put_back")() },
    merge: { run: () => void merge().catch(report) },
  };
  const standing = ticket.resolved_at === null;
  const actions: DetailAction[] = may
    ? [
        ...["take", "resolve", "close", "reopen"].filter((code) => ticket.actions.includes(code)).map((code) => ({ ...(all[code] as Omit<DetailAction, "code" | "label">), code, label: t(`action.${code}`), loading: busy === code })),
        ...(standing
          ? [
              { code: "assign", label: t("action.assign"), loading: busy === "assign", run: () => void asked("assign", { name: "user_id", label: t("ask.user"), options: (people.data?.items ?? []).map((person) => ({ value: String(person.id), label: nameOf(person) })) }, true)() },
              { code: "move", label: t("action.move"), run: () => void asked("move", { name: "team", label: t("ask.team"), options: (teams.data?.items ?? []).filter((team) => team.code !== ticket.team.code).map((team) => ({ value: team.code, label: team.title })) })() },
              { code: "prioritise", label: t("action.prioritise"), run: () => void asked("prioritise", { name: "priority", label: t("ask.priority"), options: PRIORITIES.map((value) => ({ value: String(value), label: t(`priority.${value}`) })) }, true)() },
            ]
          : []),
        ...["wait", "put_back", "merge"].filter((code) => ticket.actions.includes(code)).map((code) => ({ ...(all[code] as Omit<DetailAction, "code" | "label">), code, label: t(`action.${code}`), loading: busy === code })),
      ]
    : [];
  const sku = typeof ticket.detail.sku === "string" ? ticket.detail.sku : "";
  return {
    kind: t("one"),
    number: ticket.number,
    subtitle: <span className={css.subject}>{ticket.title}</span>,
    state: (
      <>
        <StateTag ns={NS} state={ticket.state} />
        {ticket.is_overdue ? <ToneTag tone="red">{t("flag.overdue")}</ToneTag> : null}
        {ticket.escalation > 0 ? <ToneTag tone="orange">{t("flag.escalated", { level: ticket.escalation })}</ToneTag> : null}
        {ticket.occurrences > 1 ? <ToneTag tone="grey" icon={false}>{t("flag.times", { count: ticket.occurrences })}</ToneTag> : null}
      </>
    ),
    actions,
    facts: [
      { label: t("fact.kind"), value: t(`kind.${ticket.kind}`) },
      { label: t("fact.priority"), value: <ToneTag tone={priorityTone(ticket.priority)} icon={false}>{t(`priority.${ticket.priority}`)}</ToneTag> },
      { label: t("fact.team"), value: ticket.team.name },
      { label: t("fact.assignee"), value: ticket.assignee ? nameOf(ticket.assignee) : <span className="hc-faint">{t("fact.nobody")}</span> },
      { label: t("fact.due"), value: <DateTime value={ticket.due_at} mode="absolute" /> },
      { label: t("fact.opened"), value: <><DateTime value={ticket.created_at} /> · {ticket.opened_by}</> },
      ...(ticket.resolution ? [{ label: t("fact.resolution"), value: t(`resolution.${ticket.resolution}`) }] : []),
      ...(ticket.merged_into ? [{ label: t("fact.mergedInto"), value: <Link to={`/tickets?open=${ticket.merged_into.id}`}>{ticket.merged_into.number}</Link> }] : []),
      ...(ticket.merged.length > 0 ? [{ label: t("fact.merged"), value: ticket.merged.map((one) => one.number).join(", ") }] : []),
      ...(ticket.links.length > 0 ? [{ label: t("fact.documents"), value: <Documents links={ticket.links} />, wide: true }] : []),
      ...(ticket.kind === "shortage" && sku ? [{ label: t("supply.orders"), value: <Link to={`/orders?tab=short&sku=${encodeURIComponent(sku)}`}>{t("action.open")}</Link>, wide: true }] : []),
    ],
    tabs: [
      { key: "talk", label: t("part.talk"), children: <Talk ticket={ticket} /> },
      { key: "files", label: t("part.files"), count: ticket.attachments.length, children: <Files ticket={ticket} /> },
    ],
  };
}

export function TicketDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useTicket(id);
  const content = useTicketContent(query.data);
  return <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/tickets/${id}`} />;
}

export function TicketFullPage({ id }: { id: string }) {
  const query = useTicket(id);
  const content = useTicketContent(query.data);
  return <DetailPage query={query} content={content} />;
}
