import type { components } from "@/api/schema";
export interface Ref {
  id: number;
  code: string;
  name: string;
}
export interface Numbered {
  id: number;
  number: string;
}
export interface Place {
  id: number;
  code: string;
}

export interface AsnRow {
  id: number;
  number: string;
  kind: string;
  state: string;
  origin: string;
  warehouse: Ref;
  owner: Ref;
  supplier: Ref | null;
  purchase_order: Numbered | null;
  appointment: Numbered | null;
  external_number: string;
  carrier_name: string;
  waybill_number: string;
  expected_at: string | null;
  pallet_count: number;
  carton_count: number;
  line_count: number;
  unit_count: number;
  received_units: number;
  note: string;
  created_by: string;
  created_at: string;
  received_at: string | null;
}
export interface AsnLine {
  id: number;
  number: number;
  sku: Ref & { base_unit: string };
  quantity: number;
  received: number;
  container: { code: string } | null;
  lot_code: string;
  produced_on: string | null;
  expires_on: string | null;
  serials: string[];
}
export interface AsnContainer {
  id: number;
  code: string;
  kind: string;
  arrived_at: string | null;
}
export interface Asn extends AsnRow {
  lines: AsnLine[];
  containers: AsnContainer[];
  receipts: (Numbered & { state: string; unit_count: number })[];
  actions: string[];
}

/** A page without a login: of a supplier for one warehouse and owner, or of the carrier of one announcement. */
export type InboundLink = components["schemas"]["InboundLinkRow"];

export interface ReceiptRow {
  id: number;
  number: string;
  kind: string;
  state: string;
  warehouse: Ref;
  owner: Ref;
  supplier: Ref | null;
  asn: Numbered | null;
  purchase_order: Numbered | null;
  appointment: Numbered | null;
  location: Place;
  is_blind: boolean;
  line_count: number;
  unit_count: number;
  refused_units: number;
  discrepancy_count: number;
  note: string;
  created_by: string;
  created_at: string;
  closed_by: string;
  closed_at: string | null;
}
export interface Receipt extends ReceiptRow {
  goods: { sku: Ref & { base_unit: string }; expected: number; received: number; refused: number }[];
  actions: string[];
}
/** Units of a receipt by what becomes of them. */
export interface ReceiptProgress {
  in_quarantine: number;
  rejected: number;
  crossdock_units: number;
  crossdock_done: number;
  shelf_units: number;
  shelf_done: number;
  stuck: number;
}
export interface ReceiptLine {
  id: number;
  scan_id: string;
  receipt: Numbered;
  sku: Ref;
  quantity: number;
  refused: number;
  lot_code: string;
  expires_on: string | null;
  condition: string;
  container: Place | null;
  location: Place | null;
  serials: string[];
  at: string;
  actor: string;
  undone_at: string | null;
}
export interface ReceiveResult {
  scan_id: string;
  ok: boolean;
  code: string;
  message: string;
  booked: number;
  left_out: number;
  found: Record<string, number>;
}

export interface Discrepancy {
  id: number;
  kind: string;
  state: string;
  receipt: Numbered;
  warehouse: Ref;
  owner: Ref;
  supplier: Ref | null;
  sku: Ref | null;
  barcode: string;
  quantity: number;
  is_booked: boolean;
  detail: Record<string, string | number | boolean> & { serials?: string[] };
  note: string;
  found_by: string;
  found_at: string;
  decision: string;
  decided_by: string;
  decided_at: string | null;
  ticket_id: number | null;
  claim_id: number | null;
  photos: number[];
}

export interface Appointment {
  id: number;
  number: string;
  kind: string;
  state: string;
  warehouse: Ref;
  dock: Place | null;
  start: string | null;
  end: string | null;
  planned_at: string | null;
  supplier: Ref | null;
  carrier_name: string;
  plate: string;
  pallet_count: number;
  carton_count: number;
  line_count: number;
  unit_count: number;
  note: string;
  is_self_booked: boolean;
  arrived_at: string | null;
  docked_at: string | null;
  left_at: string | null;
  waiting_seconds: number | null;
  unloading_seconds: number | null;
  created_by: string;
  created_at: string;
}
export interface AppointmentFull extends Appointment {
  driver: { name: string; phone: string };
  asns: (Numbered & { state: string; unit_count: number; line_count: number })[];
  receipts: (Numbered & { state: string; unit_count: number })[];
  actions: string[];
}
export interface Hours {
  weekday: number;
  opens: string;
  closes: string;
}
export interface Dock {
  id: number;
  code: string;
  name: string;
  location: Place | null;
  note: string;
  is_active: boolean;
  hours: Hours[];
}
export interface DockDay {
  day: string;
  timezone: string;
  start: string;
  end: string;
  docks: Dock[];
  appointments: Appointment[];
  queue: Appointment[];
}
export interface Slot {
  dock_id: number;
  dock_code: string;
  start: string;
  end: string;
}
export interface DockTimes {
  key: string;
  arrived: number;
  no_shows: number;
  late: number;
  waiting_seconds: number | null;
  waiting_p90_seconds: number | null;
  unloading_seconds: number | null;
  pallets: number;
  units: number;
}
export interface DoorRule {
  id: number;
  sku: Ref | null;
  supplier: Ref | null;
  owner: Ref | null;
  is_blind: boolean | null;
  over_percent: number | null;
  over_action: string;
  unannounced_action: string;
  min_life_percent: number | null;
  short_life_action: string;
  expired_action: string;
  held_action: string;
  updated_by: string;
  updated_at: string;
}
