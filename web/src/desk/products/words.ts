export const KINDS = ["goods", "kit", "material"] as const;
export const STATUSES = ["draft", "active", "discontinued"] as const;
export const TEMPERATURES = ["ambient", "chilled", "frozen"] as const;
export const HAZARDS = ["none", "flammable", "battery", "aerosol", "corrosive"] as const;
export const FINDING_CODES = [
  "weight_missing", "weight_zero", "weight_implausible", "weight_unusual", "weight_unit_suspect", "size_missing", "size_implausible",
  "density_impossible", "density_unusual", "barcode_check_digit", "barcode_duplicate", "name_duplicate", "shelf_life_missing", "kit_without_components",
] as const;

/** What an order for a kit asks of the warehouse. */
export const KIT_MODES = ["explode", "keep", "auto"] as const;
