export interface Ref {
  id: number;
  code: string;
  name: string;
}

export interface CountRow {
  id: number;
  number: string;
  kind: string;
  state: string;
  reason: string;
  note: string;
  day: string | null;
  is_blind: boolean;
  warehouse: Ref;
  place_count: number;
  place_done: number;
  line_count: number;
  difference_count: number;
  recount_count: number;
  approve_count: number;
  to_post_count: number;
  value_difference: string | null;
  created_by: string;
  created_at: string;
  released_at: string | null;
  counted_at: string | null;
  closed_at: string | null;
  post_state: string;
  post_total: number;
  post_done: number;
}

export interface ZoneProgress {
  id: number;
  code: string;
  name: string;
  places: number;
  done: number;
  wrong: number | null;
}

export interface CountDetail extends CountRow {
  scope: Record<string, unknown>;
  programme_id: number | null;
  post_error: string;
  skipped: number;
  zones: ZoneProgress[];
  line_states: { state: string; lines: number; units: number | null; value: string | null }[];
  events: { at: string; actor: string; action: string; data: Record<string, unknown> }[];
}

export interface LineRow {
  id: number;
  state: string;
  cause: string;
  round: number;
  counted: number;
  book: number | null;
  difference: number | null;
  counted_at: string;
  counted_by: string;
  is_found: boolean;
  in_motion: boolean;
  serials_missing: string[];
  serials_found: string[];
  abc_class: string;
  unit_value: string;
  value_difference: string | null;
  decided_by: string;
  decided_at: string | null;
  decision_note: string;
  posted: number | null;
  posted_at: string | null;
  movement_id: number | null;
  condition: string;
  place_id: number;
  count: { id: number; number: string; kind: string; is_blind: boolean; state: string };
  location: { id: number; code: string };
  sku: Ref & { base_unit: string };
  lot: { id: number; code: string } | null;
  owner: Ref;
  container: { id: number; code: string } | null;
}

export interface Reading {
  round: number;
  counted: number;
  book: number | null;
  difference: number | null;
  position: number;
  counted_at: string;
  entered_at: string;
  in_motion: boolean;
  serials: string[] | null;
  counted_by: string;
}

export interface LineDetail extends LineRow {
  readings: Reading[];
  since: { movement_id: number; at: string; units: number; reason: string; source_kind: string; source_id: number | null }[];
}

export interface PlaceRow {
  id: number;
  sequence: number;
  state: string;
  round: number;
  chosen: string;
  abc_class: string;
  risk: number | null;
  is_wrong: boolean | null;
  skip_reason: string;
  done_at: string | null;
  done_by: string;
  location: { id: number; code: string };
  zone: Ref;
}

export interface AccuracyRow {
  key: string;
  label: string;
  places: number;
  right: number;
  by_places: number | null;
  by_units: number | null;
  by_value: number | null;
  units_book: number;
  units_off: number;
  value_book: string;
  value_off: string;
  value_net: string;
  lines: number;
  lines_wrong: number;
  fair: number;
  fair_right: number;
  estimate: number | null;
  estimate_low: number | null;
  estimate_high: number | null;
}

export interface Lift {
  places: number;
  wrong: number;
  found: number[];
  hits: number[];
  auc: number;
}

export interface Risk {
  models: { id: number; trained_at: string; kind: string; places: number; wrong: number; figures: { shares?: number[]; risk?: Lift; abc?: Lift; random?: Lift; weights?: Record<string, number> } }[];
  hits: { chosen: string; places: number; wrong: number }[];
  scored: number;
  scored_at: string | null;
  features: string[];
}

export interface RiskRow {
  id: number;
  risk: number;
  features: number[];
  scored_at: string;
  location: { id: number; code: string; zone: { code: string } };
}

export interface Tolerance {
  abc_class: string;
  percent: string | number;
  units: number;
  value: string | number;
  cycle_days: number;
}

export interface Policy {
  is_blind: boolean;
  recount_by_other: boolean;
  max_rounds: number;
  approve_units: number;
  approve_value: string | number;
  motion_seconds: number;
  auto_post: boolean;
  stretch_size: number;
  on_short_pick: boolean;
  on_emptied: boolean;
  on_damaged: boolean;
  tolerances: Tolerance[];
}

export interface Programme {
  id: number;
  name: string;
  kind: string;
  weekdays: number[];
  at_hour: number;
  places_per_day: number;
  explore_percent: number;
  is_blind: boolean;
  is_active: boolean;
  last_day: string | null;
  warehouse: Ref;
  scope: { zone_ids?: number[]; location_kinds?: string[] };
}

export interface CalendarDay {
  day: string;
  counts: { id: number; number: string; kind: string; state: string; places: number; done: number }[];
  planned: { programme_id: number; name: string; kind: string; places: number }[];
}
