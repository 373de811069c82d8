import type { EntityAction } from "@/api";

export interface Ref {
  id: number;
  code: string;
  name: string;
}

export interface Offer {
  supplier_id: number;
  supplier_code: string;
  supplier_name: string;
  quantity: number;
  price: string;
  currency: string;
  amount: string;
  lead_time_days: number;
  arrives_on: string;
  min_order_quantity: number;
  order_multiple: number;
}

export interface Suggestion {
  id: number;
  sku: Ref;
  owner: Ref;
  warehouse: Ref;
  source: string;
  quantity: number;
  on_order: number;
  uncovered: number;
  order_count: number;
  waiting_since: string;
  offer: Offer | null;
}

export interface PurchaseRequest {
  id: number;
  number: string;
  state: string;
  source: string;
  sku: Ref;
  owner: Ref;
  warehouse: Ref;
  supplier: Ref | null;
  quantity: number;
  needed_on: string | null;
  note: string;
  requested_by: string;
  created_at: string;
  order_line: { order: { id: number; number: string } } | null;
}

export interface PlannedLine {
  sku: Ref;
  wanted: number;
  offer: Offer;
  is_late: boolean;
  offers: Offer[];
}

export interface Plan {
  orders: { supplier: Ref; owner_id: number; warehouse_id: number; currency: string; amount: string; is_below_minimum: boolean; min_order_amount: string | null; lines: PlannedLine[] }[];
  unplanned: { sku: Ref; quantity: number }[];
}

export interface Bought {
  order_id: number;
  number: string;
  state: string;
  missing: string[];
  way: string;
  message: string;
}

export interface OrderRow {
  id: number;
  number: string;
  state: string;
  supplier: Ref;
  owner: Ref;
  warehouse: Ref;
  currency: string;
  amount: string;
  line_count: number;
  unit_count: number;
  revision: number;
  sent_revision: number | null;
  supplier_number: string;
  external_number: string;
  ordered_on: string | null;
  expected_on: string | null;
  created_by: string;
  created_at: string;
}

export interface OrderLine {
  id: number;
  number: number;
  sku: Ref;
  supplier_sku: string;
  quantity: number;
  unit_price: string;
  list_price: string | null;
  expected_on: string | null;
  confirmed_quantity: number | null;
  confirmed_on: string | null;
  confirmed_price: string | null;
  received: number;
  rejected: number;
  cancelled: number;
  short: number;
  invoiced: number;
  open: number;
  arrivals: { id: number; at: string; quantity: number; rejected: number }[];
}

export interface HistoryLine {
  line: number;
  quantity: number;
  unit_price: string;
  expected_on: string | null;
}

export interface PurchaseOrder extends OrderRow {
  note: string;
  submitted_by: string;
  approved_by: string;
  end_reason: string;
  send_by: string;
  needs_sending: boolean;
  missing: string[];
  lines: OrderLine[];
  approvals: { id: number; round: number; role: string; is_approved: boolean; amount: string; note: string; by: string; at: string }[];
  changes: { revision: number; before: { lines: HistoryLine[] }; after: { lines: HistoryLine[] }; reason: string; by: string; at: string }[];
  dispatches: { id: number; revision: number; kind: string; way: string; state: string; target: string; attempts: number; sent_at: string | null; last_error: string; created_at: string }[];
  actions: EntityAction[];
}

export interface AuditEntry {
  id: number;
  at: string;
  actor: string;
  actor_kind: string;
  action: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

export interface Supplier extends Ref {
  name_en: string;
  contact: string;
  phone: string;
  email: string;
  currency: string;
  lead_time_days: number;
  payment_days: number;
  min_order_amount: string | null;
  send_by: string;
  is_active: boolean;
  region_code?: string | null;
  region_name?: string;
  address?: string;
  account_number?: string;
  note?: string;
}

export interface Price {
  id: number;
  item: { supplier: Ref; sku: Ref };
  supplier_sku: string;
  min_quantity: number;
  price: string;
  currency: string;
  valid_from: string;
  valid_to: string | null;
  min_order_quantity: number;
  order_multiple: number;
  lead_time_days: number | null;
  is_active: boolean;
}

export interface Invoice {
  id: number;
  number: string;
  invoice_number: string;
  state: string;
  supplier: Ref;
  owner: Ref;
  currency: string;
  invoiced_on: string;
  due_on: string;
  net_amount: string;
  tax_amount: string;
  difference: string;
  note: string;
  approved_by: string;
}

export interface InvoiceDetail extends Invoice {
  lines: {
    id: number;
    number: number;
    description: string;
    quantity: number;
    unit_price: string;
    amount: string;
    payable_quantity: number;
    difference: string;
    differences: string[];
    order_line: { id: number; number: number; quantity: number; unit_price: string; received: number; rejected: number; invoiced: number; order: { id: number; number: string }; sku: Ref } | null;
  }[];
}

export interface Figures {
  lines: number;
  on_time: number | null;
  in_full: number | null;
  otif: number | null;
  quality: number | null;
  received: number;
  rejected: number;
  price_variance: number | null;
  lead_mean: string | null;
  lead_spread: string | null;
  score: number | null;
}

export interface Scorecard extends Figures {
  supplier: Ref;
  months: (Figures & { month: string })[];
}

export interface PerformanceLine {
  id: number;
  order: { id: number; number: string };
  supplier: Ref;
  sku: Ref;
  due_on: string;
  arrived_on: string | null;
  wanted: number;
  received: number;
  rejected: number;
  is_on_time: boolean;
  is_in_full: boolean;
  lead_days: number | null;
  unit_price: string;
  list_price: string | null;
  currency: string;
}
