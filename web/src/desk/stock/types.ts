export interface Ref {
  id: number;
  code: string;
  name: string;
}

export interface AvailabilityRow {
  id: number;
  warehouse: Ref;
  sku: Ref & { base_unit?: string | null };
  owner: Ref;
  sellable: number;
  reserved: number;
  free: number;
  on_hand: number;
  allocated: number;
  held: number;
}

export interface StockRow {
  id: number;
  warehouse: Ref;
  location: { id: number; code: string; kind?: string | null };
  sku: Ref;
  lot: { id: number; code: string; expires_on?: string | null; produced_on?: string | null } | null;
  owner: Ref;
  condition: string;
  container: { id: number; code: string } | null;
  quantity: number;
  allocated: number;
  is_sellable: boolean;
  received_at: string;
}

export interface SkuStock {
  sku: Ref & { base_unit?: string | null };
  warehouses: (Omit<AvailabilityRow, "id" | "sku" | "owner" | "warehouse"> & {
    warehouse: Ref;
    locations: { location: { id: number; code: string; kind?: string | null }; quantity?: number; allocated?: number; lots: StockRow[] }[];
  })[];
}

export interface MovementRow {
  id: number;
  at: string;
  sku: Ref;
  lot: { id: number; code: string } | null;
  owner: Ref;
  quantity: number;
  from_location: { id: number; code: string; kind?: string | null; is_virtual?: boolean | null };
  to_location: { id: number; code: string; kind?: string | null; is_virtual?: boolean | null };
  from_condition: string;
  to_condition: string;
  reason: string;
  source_kind: string;
  source_id: number | null;
  note: string;
  actor: string;
}

export interface LedgerRow extends MovementRow {
  /** What it changed over the places asked for. */
  change: number;
  /** What lay there after it. */
  balance: number;
}

export interface LotRow {
  id: number;
  code: string;
  sku: Ref;
  produced_on: string | null;
  expires_on: string | null;
  is_expired: boolean;
  on_hand: number;
  allocated: number;
}

export interface StockHold {
  id: number;
  kind: string;
  lot: { id: number; code: string } | null;
  location: { id: number; code: string } | null;
  warehouse: Ref | null;
  sku: Ref | null;
  container: { id: number; code: string } | null;
  supplier: Ref | null;
  reason: string;
  placed_by: string;
  placed_at: string;
  released_by: string;
  released_at: string | null;
}

export interface Verification {
  differences: number;
  seconds: number;
  checks: { name: string; title: string; differences: number; seconds: number; samples: Record<string, unknown>[] }[];
}
