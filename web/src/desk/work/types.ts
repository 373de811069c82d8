export interface Person {
  id: number;
  username: string;
  display_name: string;
}

interface Coded {
  id: number;
  code: string;
}

export interface TaskRow {
  id: number;
  kind: string;
  state: string;
  warehouse: Coded & { name: string };
  zone: Coded | null;
  priority: number;
  due_at: string | null;
  ready_at: string | null;
  is_late: boolean;
  from_location: Coded | null;
  to_location: Coded | null;
  sku: (Coded & { name: string }) | null;
  container: Coded | null;
  quantity: number;
  skill: string;
  equipment: string;
  est_seconds: number;
  subject_kind: string;
  subject_id: number;
  note: string;
  assignee: Person | null;
  assigned_at: string | null;
  lease_until: string | null;
  started_at: string | null;
  worked_seconds: number;
  done_at: string | null;
  done_by: string;
  created_by: string;
  created_at: string;
}

export interface TaskEvent {
  id: number;
  at: string;
  event: string;
  actor: string;
  user: Person | null;
  data: Record<string, unknown>;
}

export interface Task extends TaskRow {
  events: TaskEvent[];
}

/** Hours by the clock of the warehouse. */
export interface Hours {
  begins_at: string;
  ends_at: string;
}

export interface ShiftTemplate extends Hours {
  id: number;
  name: string;
  breaks: Hours[];
  workers: number;
}

export interface WorkerRow {
  id: number;
  user: Person & { is_active: boolean };
  warehouse: Coded & { name: string };
  skills: string[];
  equipment: string[];
  kinds: string[];
  home_zone: Coded | null;
  is_on_shift: boolean;
  on_shift_since: string | null;
  shift: { id: number; name: string } | null;
  shift_ends_at: string | null;
  on_break_since: string | null;
  last_location: Coded | null;
  last_seen_at: string | null;
  held: number;
}

export interface FloorTask {
  id: number;
  kind: string;
  state: string;
  note: string;
  quantity: number;
  assigned_at: string | null;
  started_at: string | null;
  is_late: boolean;
  est_seconds: number;
  worked_seconds: number;
  from_code: string;
  to_code: string;
  sku_code: string;
}

export interface FloorWorker {
  user: Person;
  is_on_shift: boolean;
  shift_ends_at: string | null;
  on_break_since: string | null;
  next_break: Hours | null;
  last_seen_at: string | null;
  place: { id: number; code: string; x_mm: number; y_mm: number } | null;
  assigned: number;
  paused: number;
  done: number;
  task: FloorTask | null;
}

export interface FloorWaiting {
  zone: (Coded & { name: string }) | null;
  kind: string;
  tasks: number;
  late: number;
  not_ready: number;
  units: number;
  est_seconds: number;
  oldest_at: string;
}

export interface FloorLate {
  id: number;
  kind: string;
  note: string;
  due_at: string;
  zone_code: string;
  location_code: string;
  assignee: Person | null;
}

export interface FloorView {
  at: string;
  workers: FloorWorker[];
  waiting: FloorWaiting[];
  late_count: number;
  late: FloorLate[];
  done_lately: { kind: string; tasks: number; units: number; worked_seconds: number; pace: number | null }[];
  places: { location_id: number; tasks: number; late: number }[];
}

export interface PlannedTask {
  id: number;
  kind: string;
  note: string;
  zone_code: string;
  from_code: string;
  to_code: string;
}

export interface PlannedStep {
  task: PlannedTask;
  state: string;
  is_now: boolean;
  begin_at: string;
  travel_seconds: number;
  late_seconds: number;
  was_for: Person | null;
}

export interface WorkPlan {
  queues: { user: Person; ends_at: string | null; breaks: Hours[]; steps: PlannedStep[] }[];
  unassigned: { task: PlannedTask; why: string }[];
  unassigned_count: number;
  travel_seconds: number;
  late_seconds: number;
  changes: number;
}
