export interface Ref {
  id: number;
  code: string;
  name: string;
}

export interface Carrier extends Ref {
  is_active: boolean;
}

export interface Service extends Ref {
  carrier: Ref;
  volumetric_divisor: number;
  max_weight_g: number;
  lead_days: number;
  priority: number;
  is_active: boolean;
  source: string;
  product: string;
}

export interface Rate {
  id: number;
  service: Ref;
  warehouse: Ref | null;
  region_prefix: string;
  first_weight_g: number;
  first_price: string;
  step_weight_g: number;
  step_price: string;
  currency: string;
}

export interface Carton extends Ref {
  length_mm: number;
  width_mm: number;
  height_mm: number;
  tare_g: number;
  max_weight_g: number;
  cost: string;
  is_active: boolean;
}

export interface Pool {
  id: number;
  service: Ref;
  prefix: string;
  first_number: number;
  next_number: number;
  last_number: number;
  digits: number;
  alert_below: number;
  is_active: boolean;
  remaining: number;
}

export interface Waybill {
  id: number;
  number: string;
  reference: string;
  state: string;
  service: Ref;
  warehouse: Ref;
  region_code: string;
  weight_g: number;
  charged_weight_g: number;
  freight: string;
  currency: string;
  manifest: { id: number; number: string } | null;
  issued_at: string;
}

export interface Manifest {
  id: number;
  number: string;
  state: string;
  warehouse: Ref;
  carrier: Ref;
  parcel_count: number;
  weight_g: number;
  opened_at: string;
  closed_at: string | null;
  driver: string;
}

export interface ParcelRow {
  id: number;
  number: string;
  state: string;
  warehouse: Ref;
  fulfilment: { id: number; number: string; is_stopped: boolean; order: { id: number; number: string } };
  carton: Ref | null;
  waybill: { id: number; number: string; freight: string; service: { code: string; name: string }; manifest: { id: number; number: string } | null } | null;
  unit_count: number;
  expected_weight_g: number;
  weight_g: number | null;
  packed_by: string;
  created_at: string;
  sealed_at: string | null;
  shipped_at: string | null;
}

export interface ParcelDetail extends ParcelRow {
  lines: { id: number; sku: Ref; quantity: number }[];
}
