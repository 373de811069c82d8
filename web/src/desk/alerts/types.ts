export interface Ref {
  id: number;
  code: string;
  name: string;
}

export interface StockAlert {
  id: number;
  kind: string;
  state: string;
  warehouse: Ref;
  sku: Ref;
  owner: Ref;
  lot: { id: number; code: string; expires_on: string | null } | null;
  quantity: number;
  threshold: number;
  days: number | null;
  expected: number;
  value: string | null;
  currency: string;
  advised_discount: number | null;
  note: string;
  action: string;
  document_kind: string;
  document_id: number | null;
  document_number: string;
  first_seen_at: string;
}

export interface Threshold {
  id: number;
  warehouse: Ref;
  sku: Ref | null;
  owner: Ref | null;
  safety_stock: number | null;
  reorder_point: number | null;
  max_stock: number | null;
  expiry_warning_days: number | null;
  slow_days: number | null;
  source: string;
  updated_at: string;
}
