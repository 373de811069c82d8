import type { EntityAction } from "@/api";

export interface WarehouseRef {
  id: number;
  code: string;
  name: string;
}

export interface WaveRow {
  id: number;
  number: string;
  state: string;
  warehouse: WarehouseRef;
  fulfilment_count: number;
  line_count: number;
  unit_count: number;
  picked_units?: number;
  walk_mm: number;
  single_walk_mm: number;
  s_shape_mm: number;
  created_by: string;
  created_at: string;
  released_at: string | null;
}

export interface BatchStop {
  location_id: number;
  code: string;
  x_mm: number;
  y_mm: number;
  units: number;
  picked?: number;
}

export interface PlanBatch {
  id?: number;
  number?: string;
  state?: string;
  kind: string;
  fulfilment_count: number;
  line_count: number;
  unit_count: number;
  picked_units?: number;
  picker?: { id: number; username: string; display_name?: string } | null;
  walk_mm: number;
  single_walk_mm: number;
  s_shape_mm: number;
  path: readonly (readonly [number, number])[];
  stops?: BatchStop[];
}

export interface Verdict {
  id: number;
  number: string;
  ship_by: string | null;
  released: boolean;
  reason: string;
  slack_s: number | null;
  work_s: number;
  walk_now_s: number;
  walk_later_s: number;
}

/** What the optimiser chose to release now, and why. */
export interface Choice {
  pickers: number;
  next_wave_s: number;
  load_s: number;
  capacity_s: number;
  released_s: number;
  released_count: number;
  kept_count: number;
  reasons: { reason: string; released: boolean; count: number }[];
  orders: Verdict[];
}

export interface WavePlan {
  id: number | null;
  number: string | null;
  fulfilment_count: number;
  line_count: number;
  unit_count: number;
  short_units?: number;
  walk_mm: number;
  single_walk_mm: number;
  s_shape_mm: number;
  batches: PlanBatch[];
  choice?: Choice | null;
}

export interface WaveDetail extends WaveRow {
  criteria: Record<string, unknown>;
  batches: PlanBatch[];
  actions?: EntityAction[];
}
