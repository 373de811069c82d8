import type { Tone } from "@/shared/ui/states";
import type { FloorTask, FloorWaiting, Person, TaskRow, WorkPlan } from "./types";

export const KINDS = ["pick", "putback", "receive", "inspect", "putaway", "move", "replenish", "count", "kit", "transfer"] as const;
export const TABS = ["standing", "open", "held", "late", "mine", "done", "cancelled"] as const;
/** Priorities that can be chosen; smaller is earlier, 100 is what tasks have whose urgency nobody has said. */
export const PRIORITIES = [10, 50, 100, 200] as const;
const STANDING = new Set(["open", "assigned", "started", "paused"]);

export function nameOf(person: Person): string {
  return person.display_name || person.username;
}

export function isStanding(state: string): boolean {
  return STANDING.has(state);
}

/** Open waits (grey), assigned and started run (blue), paused asks for a person (orange), done is green. */
export function taskTone(state: string): Tone {
  return state === "done" ? "green" : state === "assigned" || state === "started" ? "blue" : state === "paused" ? "orange" : "grey";
}

export function rowTone(task: Pick<TaskRow, "is_late" | "priority" | "state">): "red" | "orange" | undefined {
  if (task.is_late) return "red";
  return task.priority < 50 && isStanding(task.state) ? "orange" : undefined;
}

/** Where the desk shows what a task is about; undefined for documents without a page. */
export function urlOf(task: Pick<TaskRow, "subject_kind" | "subject_id">): string | undefined {
  const pages: Record<string, string> = {
    batch: `/picking/${task.subject_id}`,
    pick_task: "/putbacks",
    putaway: `/putaways/${task.subject_id}`,
    inspection: `/inspections/${task.subject_id}`,
    transfer: `/transfers/${task.subject_id}`,
    replenishment: `/replenishments?open=${task.subject_id}`,
  };
  return pages[task.subject_kind];
}

/** Minutes of work, at least one once it has begun. */
export function minutes(seconds: number): number {
  return seconds <= 0 ? 0 : Math.max(1, Math.round(seconds / 60));
}

/** How far a task is, in percent of what was expected; null where nobody expected anything. */
export function progressOf(task: Pick<FloorTask, "est_seconds" | "worked_seconds">): number | null {
  return task.est_seconds > 0 ? Math.round((100 * task.worked_seconds) / task.est_seconds) : null;
}

export interface ZoneRow {
  key: string;
  zone: string;
  cells: Record<string, FloorWaiting>;
  tasks: number;
  late: number;
  seconds: number;
}

/** What waits, one row for each zone, a cell for each kind. */
export function byZone(waiting: readonly FloorWaiting[], nowhere: string): ZoneRow[] {
  const rows = new Map<string, ZoneRow>();
  for (const one of waiting) {
    const key = String(one.zone?.id ?? 0);
    const row = rows.get(key) ?? { key, zone: one.zone ? one.zone.code : nowhere, cells: {}, tasks: 0, late: 0, seconds: 0 };
    row.cells[one.kind] = one;
    row.tasks += one.tasks;
    row.late += one.late;
    row.seconds += one.est_seconds;
    rows.set(key, row);
  }
  return [...rows.values()];
}

/** What applying a plan gives out: each worker's tasks in their order, without those that they have begun. */
export function assignmentsOf(plan: WorkPlan): { task_id: number; user_id: number }[] {
  return plan.queues.flatMap((queue) =>
    queue.steps.filter((step) => step.is_now && step.state !== "started").map((step) => ({ task_id: step.task.id, user_id: queue.user.id })),
  );
}

/** "08:00–16:30", as a template has them. */
export function hoursOf({ begins_at, ends_at }: { begins_at: string; ends_at: string }): string {
  return `${begins_at.slice(0, 5)}–${ends_at.slice(0, 5)}`;
}
