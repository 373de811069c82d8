/** Shapes of the rules' API. */

export interface Choice {
  value: string;
  label: string;
}

export interface Fact {
  name: string;
  type: string;
  label: string;
  example: string;
  choices: Choice[];
  fields: { name: string; type: string }[];
  is_personal: boolean;
}

export interface Parameter {
  name: string;
  type: "text" | "texts" | "number" | "choice" | "choices" | "warehouses" | "service" | "sku" | "bool";
  label: string;
  required: boolean;
  choices: Choice[];
  least: number;
  most: number;
}

export interface ActionType {
  code: string;
  label: string;
  help: string;
  parameters: Parameter[];
}

export interface RuleKind {
  code: string;
  label: string;
  facts: Fact[];
  actions: ActionType[];
  functions: { name: string; help: string; example: string }[];
}

export interface RuleAction {
  action: string;
  parameters: Record<string, unknown>;
}

export interface RuleVersion {
  number: number;
  condition: string;
  actions: RuleAction[];
  author: string;
  note: string;
  created_at: string;
}

export interface RuleRow {
  id: number;
  kind: string;
  name: string;
  note: string;
  shop_ids: number[];
  valid_from: string | null;
  valid_to: string | null;
  is_enabled: boolean;
  is_last: boolean;
  is_archived: boolean;
  version: number;
  condition: string;
  actions: RuleAction[];
  hits: number;
  updated_at: string;
}

export interface RuleDetail extends RuleRow {
  versions: RuleVersion[];
}

export interface Check {
  ok: boolean;
  message: string;
  position: number;
  length: number;
  line: number;
  column: number;
  facts: string[];
}

/** An outcome is an action with its parameters beside its code. */
export type Outcome = { action: string } & Record<string, unknown>;

export interface Sample {
  order_id: number;
  number: string;
  state: string;
  shop: string;
  placed_at: string;
  total: string;
  currency: string;
  changes: string[];
  rules: string[];
  rules_now: string[];
  before: Outcome[];
  after: Outcome[];
  facts: Record<string, unknown>;
}

export interface DryRun {
  id: number;
  state: "queued" | "running" | "done" | "failed";
  done: number;
  total: number;
  error: string;
  result: { orders: number; changed: number; counts: Record<string, number>; matched: Record<string, number>; samples: Sample[] } | null;
}

export interface CreditRow {
  id: number;
  code: string;
  display_name: string;
  limit_amount: string;
  open_amount: string;
  open_orders: number;
  oldest_at: string | null;
  currency: string;
  term_days: number | null;
  is_blocked: boolean;
  note: string;
  updated_at: string;
}
