export interface Ref {
  id: number;
  code: string;
  name: string;
}

export interface TransferRow {
  id: number;
  number: string;
  state: string;
  from_warehouse: Ref;
  to_warehouse: Ref;
  owner: Ref;
  note: string;
  carrier: string;
  waybill: string;
  expected_at: string | null;
  line_count: number;
  unit_count: number;
  shipped: number;
  received: number;
  on_the_road: number;
  cut: number;
  differing: number;
  value: string;
  currency: string;
  created_by: string;
  created_at: string;
  approved_at: string | null;
  shipped_at: string | null;
  closed_at: string | null;
}

export interface TransferLine {
  id: number;
  number: number;
  sku: Ref;
  quantity: number;
  reserved: number;
  allocated: number;
  picked: number;
  shipped: number;
  cut: number;
  received: number;
  damaged: number;
  lost: number;
  over: number;
}

export interface TransferUnit {
  id: number;
  sku: Ref;
  lot: { id: number; code: string; expires_on: string | null } | null;
  container: { id: number; code: string } | null;
  condition: string;
  quantity: number;
  received: number;
  lost: number;
  serials: string[];
}

export interface TransferReceipt {
  id: number;
  line: { sku: Ref };
  quantity: number;
  condition: string;
  lot_code: string | null;
  location_code: string;
  container_code: string | null;
  at: string;
  actor: string;
}

export interface TransferDiscrepancy {
  id: number;
  line: { sku: Ref };
  kind: string;
  quantity: number;
  value: string | null;
  lot_code: string | null;
  note: string;
  created_by: string;
  created_at: string;
}

export interface Transfer extends TransferRow {
  approved_by: string;
  shipped_by: string;
  closed_by: string;
  lines: TransferLine[];
  units: TransferUnit[];
  receipts: TransferReceipt[];
  discrepancies: TransferDiscrepancy[];
  actions: string[];
}

export interface Pick {
  allocation_id: number;
  sku: Ref;
  location: { id: number; code: string };
  lot_code: string | null;
  container_code: string | null;
  quantity: number;
  is_at_dock: boolean;
}
