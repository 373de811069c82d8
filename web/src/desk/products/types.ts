export interface CategoryRef {
  id: number;
  code: string;
  name: string;
}

export interface SkuRow {
  id: number;
  code: string;
  name: string;
  kind: string;
  kit_mode: string;
  status: string;
  category: CategoryRef | null;
  base_unit: string;
  weight_g: number | null;
  length_mm: number | null;
  width_mm: number | null;
  height_mm: number | null;
  is_estimated: boolean;
  abc_class: string;
  temperature: string;
  hazard?: string;
  is_lot_tracked: boolean;
  is_serial_tracked: boolean;
  is_expiry_tracked: boolean;
  barcode?: string | null;
  finding_count?: number;
  updated_at: string;
}

export interface Barcode {
  id: number;
  code: string;
  quantity: number;
  is_primary: boolean;
}

export interface Packaging {
  level: string;
  quantity: number;
  weight_g: number | null;
  length_mm: number | null;
  width_mm: number | null;
  height_mm: number | null;
}

export interface SkuFinding {
  id?: number;
  code: string;
  field: string;
  message: string;
  /** The other product, where two look the same: `{ id, code }`. */
  related?: Record<string, unknown> | null;
  sku?: { id: number; code: string; name: string };
}

/** The other product of a finding, as a link needs it. */
export function relatedOf(finding: SkuFinding): { id: string; code: string } | null {
  const { id, code } = finding.related ?? {};
  return typeof id === "number" && typeof code === "string" ? { id: String(id), code } : null;
}

export interface SkuDetail extends SkuRow {
  name_en: string;
  hazard: string;
  shelf_life_days: number | null;
  min_remaining_days: number;
  barcodes: Barcode[];
  packagings: Packaging[];
  components: { component: { id: number; code: string; name: string }; quantity: number }[];
  findings: SkuFinding[];
  created_at: string;
}
