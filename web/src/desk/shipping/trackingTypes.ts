import type { Ref } from "./types";

export interface Track {
  id: number;
  waybill: { id: number; number: string; reference: string };
  carrier: Ref;
  service: Ref;
  warehouse: Ref;
  region_code: string;
  status: string;
  status_at: string;
  last_event_at: string | null;
  event_count: number;
  attempts: number;
  handed_over_at: string | null;
  promised_at: string | null;
  expected_at: string | null;
  delivered_at: string | null;
  trouble: string;
  trouble_at: string | null;
  trouble_words: string;
}

export interface TimelineAnswer {
  waybill_id: number;
  number: string;
  reference: string;
  waybill_state: string;
  carrier: Ref;
  service_code: string;
  service_name: string;
  track: {
    status: string;
    status_at: string;
    last_event_at: string | null;
    event_count: number;
    attempts: number;
    handed_over_at: string | null;
    picked_up_at: string | null;
    out_for_delivery_at: string | null;
    delivered_at: string | null;
    returned_at: string | null;
    promised_at: string | null;
    expected_at: string | null;
    stall_at: string | null;
    lost_at: string | null;
    trouble: string;
    trouble_at: string | null;
    trouble_words: string;
    is_subscribed: boolean;
    pull_at: string | null;
  } | null;
  events: { id: number; at: string; status: string; raw_code: string; text: string; place: string; source: string; received_at: string }[];
  errands: { id: number; kind: string; state: string; reason: string; error: string; attempts: number; created_by: string; created_at: string; done_at: string | null }[];
}

export interface Lane {
  id: number;
  service: Ref;
  warehouse: Ref | null;
  region_prefix: string;
  samples: number;
  p50_min: number;
  p80_min: number;
  p95_min: number;
  shipped: number;
  promised: number;
  on_time: number;
  lost: number;
  damaged: number;
  returned: number;
  measured_at: string;
}

export interface CarrierCounts extends Ref {
  shipped: number;
  delivered: number;
  on_time: number;
  late: number;
  troubled: number;
}

export interface Bill {
  id: number;
  number: string;
  carrier: Ref;
  currency: string;
  state: string;
  created_at: string;
  reconciled_at: string | null;
  closed_at: string | null;
  lines: number;
  billed: string;
  difference: string;
  undecided: number;
}

export interface BillDetail extends Bill {
  totals: { verdict: string; decision: string; lines: number; billed: string; ours: string; difference: string }[];
}

export interface BillLine {
  id: number;
  position: number;
  number: string;
  waybill_id: number | null;
  reference: string | null;
  service_code: string | null;
  warehouse_code: string | null;
  region_code: string | null;
  billed_weight_g: number | null;
  our_weight_g: number | null;
  price: string;
  surcharge: string;
  our_price: string | null;
  price_at_theirs: string | null;
  difference: string;
  verdict: string;
  decision: string;
  note: string;
}

export interface ServicePolicy {
  id: number;
  shop_id: number | null;
  owner_id: number | null;
  rule: string;
  max_price: string | null;
  preferred: string[];
  weight_price: number;
  weight_speed: number;
  weight_reliability: number;
}

export interface TrackPolicy {
  id: number;
  service_id: number | null;
  stall_percent: number;
  stall_least_hours: number;
  stall_most_hours: number;
  lost_days: number;
}

export interface Connector {
  kind: string;
  code: string;
  title: string;
  features: string[];
  form: { name: string; kind: string; title: string; help: string; required: boolean; default?: unknown; choices: string[]; maximum?: number | null }[];
  needs_token: boolean;
}

export interface Connection {
  id: number;
  kind: string;
  connector: string;
  name: string;
  is_active: boolean;
  status: string;
  last_ok_at: string | null;
  last_error: string;
  last_error_at: string | null;
}

export interface ConnectionDetail extends Connection {
  settings: Record<string, unknown>;
  secrets_set: string[];
  push_path: string | null;
  features: string[];
}

export interface CarrierLink {
  carrier_id: number;
  carrier_code: string;
  carrier_name: string;
  ships: boolean;
  tracks: boolean;
  code: string;
}
