import { describe, expect, it } from "vitest";
import type { FloorWaiting, PlannedStep, WorkPlan } from "./types";
import { assignmentsOf, byZone, minutes, progressOf, rowTone, urlOf } from "./words";

const waiting = (zone: string | null, kind: string, tasks: number, late = 0): FloorWaiting => ({
  zone: zone === null ? null : { id: zone.charCodeAt(0), code: zone, name: zone },
  kind, tasks, late, not_ready: 0, units: tasks, est_seconds: 60 * tasks, oldest_at: "2026-01-01T00:00:00Z",
});

const step = (id: number, state: string, isNow: boolean): PlannedStep => ({
  task: { id, kind: "move", note: "", zone_code: "", from_code: "", to_code: "" },
  state, is_now: isNow, begin_at: "", travel_seconds: 0, late_seconds: 0, was_for: null,
});

describe("what waits", () => {
  it("is one row for each zone with a cell for each kind", () => {
    const rows = byZone([waiting("A", "pick", 3, 1), waiting("A", "count", 2), waiting(null, "kit", 1)], "—");
    expect(rows.map((row) => [row.zone, row.tasks, row.late, row.seconds, Object.keys(row.cells)])).toEqual([
      ["A", 5, 1, 300, ["pick", "count"]],
      ["—", 1, 0, 60, ["kit"]],
    ]);
  });
});

describe("a plan", () => {
  it("gives out what is to be done now and has not been begun, in order", () => {
    const plan: WorkPlan = {
      unassigned: [], unassigned_count: 0, travel_seconds: 0, late_seconds: 0, changes: 0,
      queues: [{ user: { id: 7, username: "a", display_name: "" }, ends_at: null, breaks: [], steps: [step(1, "started", true), step(3, "open", true), step(2, "assigned", true), step(4, "open", false)] }],
    };
    expect(assignmentsOf(plan)).toEqual([{ task_id: 3, user_id: 7 }, { task_id: 2, user_id: 7 }]);
  });
});

describe("words of a task", () => {
  it("late is red, urgent orange while it stands", () => {
    expect(rowTone({ is_late: true, priority: 100, state: "open" })).toBe("red");
    expect(rowTone({ is_late: false, priority: 10, state: "started" })).toBe("orange");
    expect(rowTone({ is_late: false, priority: 10, state: "done" })).toBeUndefined();
  });
  it("leads to the document, where that has a page", () => {
    expect(urlOf({ subject_kind: "batch", subject_id: 5 })).toBe("/picking/5");
    expect(urlOf({ subject_kind: "thing", subject_id: 5 })).toBeUndefined();
  });
  it("counts whole minutes and percents", () => {
    expect([minutes(0), minutes(5), minutes(150)]).toEqual([0, 1, 3]);
    expect([progressOf({ est_seconds: 200, worked_seconds: 50 }), progressOf({ est_seconds: 0, worked_seconds: 50 })]).toEqual([25, null]);
  });
});
