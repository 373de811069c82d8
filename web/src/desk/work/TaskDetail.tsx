import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type BulkResult } from "@/api";
import { DetailDrawer, DetailPage, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { DateTime, Quantity } from "@/shared/format/format";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import type { Tone } from "@/shared/ui/states";
import { Timeline } from "@/shared/ui/Timeline";
import NS from "./locale";
import { useCandidates, useTask } from "./queries";
import type { Person, Task, TaskEvent } from "./types";
import { useTaskAsks } from "./useTaskAsks";
import { isStanding, minutes, nameOf, taskTone, urlOf } from "./words";

const EVENT_TONES: Record<string, Tone> = { done: "green", expired: "red", released: "orange", paused: "orange", started: "blue", resumed: "blue", assigned: "blue", handed_over: "blue" };
const NO_PEOPLE: Person[] = [];

function History({ task }: { task: Task }) {
  const { t } = useTranslation(NS);
  const words = (event: TaskEvent) => {
    const planned = event.data.by_plan === true ? ` · ${t("byPlan")}` : "";
    return t(`event.${event.event}`, { who: event.user ? nameOf(event.user) : "", priority: event.data.priority, defaultValue: event.event }) + planned;
  };
  return (
    <Timeline
      events={task.events.map((event) => ({
        id: event.id, at: event.at, who: event.actor, title: words(event), tone: EVENT_TONES[event.event] ?? "grey", note: typeof event.data.note === "string" ? event.data.note : null,
      }))}
    />
  );
}

function useTaskContent(task: Task | undefined): DetailContent | null {
  const { t } = useTranslation(NS);
  const { can, me } = useSession();
  const client = useQueryClient();
  const report = useReportProblem();
  const { message } = App.useApp();
  const [busy, setBusy] = useState<string | null>(null);
  const manages = can("work.task.manage");
  const asks = useTaskAsks(useCandidates(manages).data?.items ?? NO_PEOPLE);
  if (!task) return null;

  const run = async (code: string, asked?: () => Promise<Record<string, unknown> | null>) => {
    const body = asked ? await asked() : {};
    if (body === null) return;
    setBusy(code);
    try {
      const answer = await api.post<BulkResult>(`/tasks/${code.replace("_", "-")}`, { ids: [task.id], ...body });
      const failed = answer.results.find((row) => !row.ok);
      if (failed) void message.error(failed.message ?? failed.code ?? "");
      else void message.success(t(`done.${code}`));
      await Promise.all([client.invalidateQueries({ queryKey: ["detail", "task"] }), client.invalidateQueries({ queryKey: ["list"] })]);
    } catch (error) {
      report(error);
    } finally {
      setBusy(null);
    }
  };
  const action = (code: string, more: Partial<DetailAction> = {}, asked?: () => Promise<Record<string, unknown> | null>): DetailAction => ({
    code, label: t(`action.${code}`), loading: busy === code, run: () => void run(code, asked), ...more,
  });
  const works = can("work.task.work");
  const mine = task.assignee !== null && String(task.assignee.id) === String(me.user.id);
  const may = works && (mine || manages);
  const standing = isStanding(task.state);
  const actions: DetailAction[] = [
    ...(works && task.state === "open" ? [action("claim", { primary: true })] : []),
    ...(mine && task.state === "assigned" ? [action("start", { primary: true })] : []),
    ...(mine && task.state === "paused" ? [action("resume", { primary: true })] : []),
    ...(standing && manages ? [action("hand_over", {}, asks.handOver), action("reprioritise", {}, asks.reprioritise)] : []),
    ...(may && task.state === "started" ? [action("pause")] : []),
    ...(may && standing && task.assignee !== null ? [action("release")] : []),
    ...(standing && manages ? [action("cancel", { danger: true }, asks.cancel)] : []),
  ];
  const url = urlOf(task);
  const about = `${t(`subject.${task.subject_kind}`, { defaultValue: task.subject_kind })} ${task.note || task.subject_id}`;
  return {
    kind: t("one"),
    number: String(task.id),
    subtitle: `${t(`kind.${task.kind}`)} · ${task.from_location?.code ?? "…"} → ${task.to_location?.code ?? "…"}`,
    state: (
      <>
        <StateTag ns={NS} state={task.state} tone={taskTone(task.state)} />
        {task.is_late ? <ToneTag tone="red">{t("late")}</ToneTag> : null}
      </>
    ),
    actions,
    facts: [
      { label: t("col.worker"), value: task.assignee ? nameOf(task.assignee) : <span className="hc-faint">{t("nobody")}</span> },
      { label: t("fact.about"), value: url ? <Link to={url}>{about}</Link> : about },
      ...(task.sku ? [{ label: t("fact.sku"), value: <Link to={`/products/${task.sku.id}`}>{task.sku.code} {task.sku.name}</Link> }] : []),
      ...(task.container ? [{ label: t("fact.container"), value: task.container.code }] : []),
      { label: t("col.quantity"), value: <Quantity value={task.quantity} /> },
      { label: t("col.zone"), value: task.zone?.code ?? "—" },
      { label: t("col.priority"), value: <Quantity value={task.priority} /> },
      { label: t("col.due"), value: <DateTime value={task.due_at} /> },
      ...(task.ready_at ? [{ label: t("fact.ready"), value: <DateTime value={task.ready_at} /> }] : []),
      { label: t("col.needs"), value: [task.skill, task.equipment].filter(Boolean).join(" · ") || "—" },
      { label: t("col.expected"), value: <Quantity value={minutes(task.est_seconds)} unit="minute" /> },
      { label: t("col.worked"), value: <Quantity value={minutes(task.worked_seconds)} unit="minute" /> },
      ...(task.lease_until && standing ? [{ label: t("fact.lease"), value: <DateTime value={task.lease_until} /> }] : []),
      { label: t("col.created"), value: <><DateTime value={task.created_at} /> · {task.created_by}</> },
      ...(task.done_at ? [{ label: t("col.done"), value: <><DateTime value={task.done_at} /> · {task.done_by}</> }] : []),
    ],
    tabs: [{ key: "history", label: t("history"), count: task.events.length, children: <History task={task} /> }],
  };
}

export function TaskDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useTask(id);
  const content = useTaskContent(query.data);
  return <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/tasks/${id}`} />;
}

export function TaskFullPage({ id }: { id: string }) {
  const query = useTask(id);
  const content = useTaskContent(query.data);
  return <DetailPage query={query} content={content} />;
}
