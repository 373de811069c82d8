export interface Ref {
  id: number;
  code: string;
  name: string;
}

export interface WarehouseRow extends Ref {
  region: { code: string; name: string } | null;
  address: string;
  contact: string;
  phone: string;
  latitude: number | null;
  longitude: number | null;
  timezone: string;
  cutoff_time: string | null;
  width_mm: number;
  depth_mm: number;
  is_active: boolean;
  layout_version: number;
}

export interface LocationRow {
  id: number;
  code: string;
  kind: string;
  warehouse: Ref;
  zone: Ref;
  aisle: { id: number; number: number } | null;
  side: string;
  level: number;
  x_mm: number;
  y_mm: number;
  width_mm: number;
  depth_mm: number;
  height_mm: number;
  max_weight_g: number | null;
  pick_sequence: number;
  is_active: boolean;
}

export interface StockRow {
  id: number;
  sku: Ref;
  lot: { id: number; code: string; expires_on: string | null } | null;
  owner: Ref;
  condition: string;
  quantity: number;
  allocated: number;
  is_sellable: boolean;
}

export const PHYSICAL_KINDS = ["pick_face", "reserve", "staging", "pack_station", "dock", "returns", "quarantine", "damaged"] as const;
