export interface Barcode {
  barcode: string;
  /** Base units that one piece with this barcode is: 12 on a case of 12. */
  quantity: number;
}

export interface PickTask {
  id: number;
  sequence: number;
  state: string;
  location: { id: number; code: string; x_mm: number; y_mm: number; level?: number };
  sku: { id: number; code: string; name: string; base_unit?: string };
  barcodes: readonly Barcode[];
  lot: { id: number; code: string; expires_on?: string | null } | null;
  quantity: number;
  picked: number;
  short: number;
  problem?: string;
  fulfilment: { id: number; number: string; is_stopped?: boolean };
  slot: number | null;
}

export interface BatchRow {
  id: number;
  number: string;
  state: string;
  kind: string;
  wave: { id: number; number: string };
  warehouse?: { id: number; code: string; name: string };
  picker: { id: number; username: string; display_name?: string } | null;
  staging: { id: number; code: string } | null;
  fulfilment_count: number;
  line_count: number;
  unit_count: number;
  picked_units: number;
  walk_mm: number;
  single_walk_mm: number;
  started_at: string | null;
  finished_at: string | null;
}

export interface BatchDetail extends BatchRow {
  path: readonly (readonly [number, number])[];
  tasks: PickTask[];
}

/** One message to POST /batches/{id}/scans. */
export interface PickScan {
  scan_id: string;
  task_id: number | null;
  location_code: string;
  sku_barcode: string;
  /** Pieces of what the barcode stands for; base units for `short`, where 0 means all that are left. */
  quantity: number;
  outcome: "picked" | "short" | "damaged";
}

export interface Putback {
  id: number;
  state?: string;
  sku: { id: number; code: string; name: string; base_unit?: string };
  lot: { id: number; code: string } | null;
  quantity: number;
  from_location: { id: number; code: string };
  to_location: { id: number; code: string };
  fulfilment: { id: number; number: string };
  batch?: { id: number; number: string } | null;
}
