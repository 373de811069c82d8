import type { Ref } from "../stock/types";

export interface CodeRef {
  id: number;
  code: string;
}

export interface ContainerRow {
  id: number;
  code: string;
  kind: string;
  location: (CodeRef & { warehouse: Ref | null }) | null;
  parent: CodeRef | null;
  is_held: boolean;
  containers: number;
  units: number;
  skus: number;
  created_at: string;
  closed_at: string | null;
}

export interface ContainerDetail extends ContainerRow {
  tree: { id: number; code: string; kind: string; depth: number; parent_id: number | null; is_held: boolean; units: number }[];
  content: {
    stock_id: number;
    container_id: number;
    container: string;
    sku_id: number;
    sku: string;
    sku_name: string;
    unit: string;
    lot: string | null;
    owner: string;
    condition: string;
    quantity: number;
    allocated: number;
    is_sellable: boolean;
    serials: number;
  }[];
  history: { at: string; actor: string; what: string; quantity: number | null; sku: string | null; origin: string | null; target: string | null; note: string; movement_id: number | null }[];
}

export interface SerialRow {
  id: number;
  number: string;
  sku: Ref;
  stock: { warehouse: Ref; location: CodeRef; container: CodeRef | null; lot: { code: string } | null; condition: string; owner: Ref } | null;
  last: { to_kind: string; at: string; source_kind: string; source_id: number | null; is_presumed: boolean } | null;
  created_at: string;
}

export interface SerialDetail extends SerialRow {
  history: {
    movement_id: number;
    at: string;
    actor: string;
    reason: string;
    from_location: string;
    from_is_virtual: boolean;
    to_location: string;
    to_is_virtual: boolean;
    warehouse: string;
    from_container: string | null;
    to_container: string | null;
    lot: string | null;
    source_kind: string;
    source_id: number | null;
    note: string;
    is_presumed: boolean;
  }[];
}

export interface ChangeRow {
  id: number;
  number: string;
  kind: string;
  state: string;
  warehouse: Ref | null;
  lot: CodeRef | null;
  location: CodeRef | null;
  container: CodeRef | null;
  supplier: Ref | null;
  sku: Ref | null;
  to_condition: string;
  to_owner: Ref | null;
  to_sku: Ref | null;
  to_lot: CodeRef | null;
  adjust_reason: string;
  reason: string;
  units: number;
  value: string;
  applied_units: number;
  requested_by: string;
  requested_by_id: number | null;
  requested_at: string;
  decided_by: string;
  decided_at: string | null;
  decision_note: string;
}

export interface ChangeDetail extends ChangeRow {
  lines: { id: number; warehouse: string; location: string; sku: string; sku_name: string; lot: string | null; owner: string; condition: string; container: string | null; quantity: number; applied: number | null; on_hand: number; allocated: number; difference: number | null }[];
  actions: string[];
}

export interface RecallRow {
  kind: "location" | "allocation" | "shipped" | "returned";
  warehouse: string;
  location: string | null;
  container: string | null;
  sku: string;
  sku_name: string;
  lot: string | null;
  owner: string;
  condition: string;
  quantity: number;
  serials: string[];
  state: string;
  fulfilment_id: number | null;
  fulfilment: string | null;
  order_id: number | null;
  order: string | null;
  external_number: string | null;
  shop: string | null;
  customer: string | null;
  recipient: string | null;
  parcel_id: number | null;
  parcel: string | null;
  waybill: string | null;
  at: string | null;
  is_presumed: boolean;
}

export interface Recall {
  figures: Record<"lying" | "sellable" | "allocated" | "shipped" | "returned" | "locations" | "containers" | "fulfilments" | "orders" | "customers" | "parcels" | "warehouses", number>;
  items: RecallRow[];
}

export interface KitJobRow {
  id: number;
  number: string;
  direction: string;
  state: string;
  warehouse: Ref;
  owner: Ref;
  kit: Ref;
  quantity: number;
  done: number;
  from_location: CodeRef;
  to_location: CodeRef;
  note: string;
  due_at: string | null;
  created_by: string;
  created_at: string;
  closed_at: string | null;
}

export interface KitJobDetail extends KitJobRow {
  components: { sku_id: number; sku: string; sku_name: string; unit: string; quantity: number; is_lot_tracked: boolean; free: number }[];
  steps: { id: number; quantity: number; at: string; actor: string; undone_at: string | null; undone_by: string }[];
}
