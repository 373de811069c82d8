export interface Ref {
  id: number;
  code: string;
  name: string;
}

export interface CodeRef {
  id: number;
  code: string;
}

export interface NumberRef {
  id: number;
  number: string;
}

export interface GoodsEvent {
  at: string;
  actor: string;
  action: string;
  data: Record<string, unknown>;
}

export interface ChecklistItem {
  code: string;
  label: string;
  kind: string;
  unit: string;
  low: string;
  high: string;
  defect_class: string;
  required: boolean;
}

export interface Plan {
  id: number;
  code: string;
  name: string;
  sku: Ref | null;
  supplier: Ref | null;
  category: Ref | null;
  sampling: string;
  level: string;
  aql_critical: string;
  aql_major: string;
  aql_minor: string;
  fixed_size: number | null;
  switches: boolean;
  skip_after: number | null;
  skip_every: number | null;
  checklist: ChecklistItem[];
  instructions: string;
  is_active: boolean;
}

export interface Limit {
  aql: string;
  letter: string;
  size: number;
  accept: number;
  reject: number;
}

export interface Sampling {
  source: string;
  limits: string[];
  levels: string[];
  preview: { lot_size: number; letter: string; limits: Record<string, Omit<Limit, "aql">> }[];
}

export interface InspectionRow {
  id: number;
  number: string;
  state: string;
  warehouse: Ref;
  sku: Ref;
  lot: CodeRef | null;
  supplier: Ref | null;
  plan: Ref | null;
  receipt_id: number | null;
  quantity: number;
  accepted: number;
  rejected: number;
  severity: string;
  sample_size: number;
  inspected: number;
  critical: number;
  major: number;
  minor: number;
  decision: string;
  rejected_to: string;
  decided_by: string;
  decided_at: string | null;
  created_at: string;
}

export interface InspectionResult {
  id: number;
  item: string;
  unit: number;
  is_good: boolean;
  value: string | null;
  text: string;
  photo: string;
  defect_class: string;
  defect_units: number;
  by: string;
  at: string;
}

export interface Inspection extends InspectionRow {
  receipt_number: string | null;
  limits: Record<string, Limit>;
  checklist: ChecklistItem[];
  instructions: string;
  reason: string;
  inspector: { id: number; username: string } | null;
  started_at: string | null;
  results: InspectionResult[];
  places: { id: number; code: string; quantity: number }[];
  claims: { id: number; number: string; state: string }[];
  passes: boolean;
  actions: string[];
  events: GoodsEvent[];
}

export interface ClaimRow {
  id: number;
  number: string;
  state: string;
  supplier: Ref;
  warehouse: Ref;
  sku: Ref;
  inspection: NumberRef | null;
  quantity: number;
  amount: string;
  currency: string;
  reason: string;
  settlement: string;
  settled_amount: string;
  note: string;
  created_by: string;
  created_at: string;
  sent_at: string | null;
  closed_at: string | null;
}

export interface Claim extends ClaimRow {
  actions: string[];
  events: GoodsEvent[];
}

export interface PutawayRow {
  id: number;
  kind: string;
  state: string;
  warehouse: Ref;
  sku: Ref | null;
  lot: CodeRef | null;
  owner: Ref | null;
  condition: string;
  container: CodeRef | null;
  is_whole: boolean;
  from_location: CodeRef;
  to_location: CodeRef | null;
  quantity: number;
  done: number;
  strategy: string;
  receipt_id: number | null;
  priority: number;
  created_at: string;
  done_by: string;
  done_at: string | null;
}

/** What the planner knew, or why nothing fits. */
export interface Why {
  zone?: string;
  walk_mm?: number;
  scorer?: string;
  level?: number;
  was_empty?: boolean;
  same_sku_units?: number;
  abc_class?: string;
  picks?: number;
  is_bulk?: boolean;
  temperature?: string;
  fill_percent?: number | null;
  weight_percent?: number | null;
  unmeasured?: boolean;
  refused?: Record<string, number>;
  examples?: { location: string; reason: string }[];
  looked_at?: number;
}

export interface Putaway extends PutawayRow {
  receipt_number: string | null;
  strategy_title: string;
  why: Why;
  demand: { kind: string; id: number; number: string; units: number }[];
  overrides: { id: number; planned: string | null; placed: string; reason: string; note: string; quantity: number; by: string; at: string }[];
  actions: string[];
  events: GoodsEvent[];
}

export interface ZoneRule {
  zone: Ref;
  temperature: string;
  abc_classes: string[];
  hazards: string[];
  owner: Ref | null;
  mix_skus: boolean | null;
  mix_lots: boolean | null;
  mix_owners: boolean | null;
  is_closed: boolean;
}

export interface Policy {
  strategies: string[];
  fill_percent: number;
  mix_skus: boolean;
  mix_lots: boolean;
  mix_owners: boolean;
  bulk_cases: number;
  crossdock_location_id: number | null;
  crossdock_location_code: string;
  crossdocks: boolean;
  turnover_days: number;
  known: { code: string; title: string }[];
  zones: ZoneRule[];
}

export interface FixedPlace {
  id: number;
  sku: Ref;
  owner: Ref | null;
  location: CodeRef;
  max_quantity: number | null;
}

export interface ReturnRow {
  id: number;
  number: string;
  kind: string;
  state: string;
  warehouse: Ref;
  owner: Ref | null;
  order: NumberRef | null;
  rma: string;
  waybill: string;
  unit_count: number;
  note: string;
  created_by: string;
  created_at: string;
  received_at: string | null;
  closed_at: string | null;
}

export interface ReturnLine {
  id: number;
  number: number;
  sku: Ref;
  lot: string | null;
  expected: number;
  received: number;
  serials: string[];
  location: string | null;
  condition: string;
  grade: string;
  disposition: string;
  disposed: number;
  finished: number;
  reason: string;
  note: string;
  proposed: string;
  actions: string[];
  outcomes: string[];
  photos: string[];
}

export interface GoodsReturn extends ReturnRow {
  lines: ReturnLine[];
  exchanges: { id: number; number: string; kind: string; state: string }[];
  actions: string[];
  events: GoodsEvent[];
}

export interface SupplierQuality {
  supplier: Ref;
  lots: number;
  accepted: number;
  refused: number;
  skipped: number;
  units: number;
  rejected_units: number;
  inspected_units: number;
  defective_units: number;
  claims: { currency: string; amount: string; settled: string }[];
}
