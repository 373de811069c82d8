import type { ScanAnswer } from "@/desk/floor/send";

interface Ref {
  id: number;
  code: string;
  name: string;
}

export interface PackLine {
  id: number;
  sku: Ref;
  barcodes: readonly { barcode: string; quantity: number }[];
  quantity: number;
  cut: number;
  /** All that was brought here. */
  picked: number;
  /** In sealed parcels. */
  packed: number;
  /** In the open parcel. */
  scanned: number;
}

export interface PackCarton extends Ref {
  length_mm: number;
  width_mm: number;
  height_mm: number;
}

/** Where a unit lies in its carton; see `Corner` in box.ts. Edges as turned. */
export interface PackPlace {
  line_id: number;
  x_mm: number;
  y_mm: number;
  z_mm: number;
  length_mm: number;
  width_mm: number;
  height_mm: number;
}

export interface CartonSuggestion {
  carton: PackCarton | null;
  units: { line_id: number; quantity: number; length_mm: number; width_mm: number; height_mm: number }[];
  /** In the order of packing; empty where nothing is known of the sizes. */
  places: PackPlace[];
  goods_weight_g: number;
  gross_weight_g: number;
}

export interface SealedParcel {
  parcel_id: number;
  number: string;
  state: string;
  weight_g: number | null;
  waybill_number: string | null;
  label_url: string | null;
}

export interface PackView {
  fulfilment: { id: number; number: string; state: string; is_stopped: boolean; slot: number | null };
  order: { id: number; number: string; buyer_remark: string; seller_remark: string };
  shop: Ref;
  batch: { id: number; number: string } | null;
  service: Ref | null;
  carrier: Ref | null;
  lines: PackLine[];
  parcel: { id: number; number: string; unit_count: number; expected_weight_g: number } | null;
  cartons_suggested: CartonSuggestion[];
  sealed: SealedParcel[];
}

export interface PackChoice {
  id: number;
  number: string;
  state: string;
  is_stopped: boolean;
  slot: number | null;
  unit_count: number;
}

export interface OpenAnswer {
  view: PackView | null;
  choices: PackChoice[];
}

export interface ScansAnswer {
  results: ScanAnswer[];
  view: PackView;
}

export interface SealAnswer {
  ok: boolean;
  code: string;
  message: string;
  expected: { weight_g?: number; tolerance_g?: number };
  parcel: { id: number; number: string } | null;
  waybill: { number: string; carrier: Ref | null; service: Ref | null } | null;
  label_url: string | null;
  label_error: string;
  view: PackView;
}
