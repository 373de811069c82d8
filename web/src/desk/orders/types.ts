import type { EntityAction, Id } from "@/api";

export interface Ref {
  id: Id;
  code: string;
  name: string;
}

export interface OrderRow {
  id: number;
  number: string;
  external_number: string;
  state: string;
  is_held: boolean;
  is_short: boolean;
  is_cancelling: boolean;
  shop: Ref;
  recipient_masked: string;
  region_name?: string;
  region_code?: string;
  currency: string;
  total_amount: string;
  line_count: number;
  unit_count: number;
  seller_remark?: string;
  placed_at: string;
  /** When the customer was told that it arrives. */
  promised_at: string | null;
  /** Not to be shipped before. */
  ship_after: string | null;
  kind: string;
  tags: string[];
  awaits_release: boolean;
  can_merge?: boolean;
  holds?: string[];
}

export interface Relative {
  relation: string;
  id: number;
  number: string;
  kind: string;
  state: string;
  external_number: string;
}

export interface OrderHold {
  id: number;
  code: string;
  detail?: Record<string, unknown>;
  note?: string;
  placed_by: string;
  placed_at: string;
  released_by?: string;
  released_at: string | null;
}

export interface OrderLine {
  id: number;
  line_no: number;
  sku: Ref & { base_unit?: string | null };
  kit_sku?: Ref | null;
  quantity: number;
  unit_price: string;
  amount: string;
  reserved: number;
  backordered: number;
  allocated: number;
  shipped: number;
  cancelled: number;
  kind: string;
  reason: string;
  source_order?: { id: number; number: string } | null;
}

export interface OrderDetail extends Omit<OrderRow, "holds"> {
  expected_at: string | null;
  ship_by: string | null;
  channel: { code: string; name: string };
  service: Ref | null;
  warehouses_only: string[];
  warehouses_never: string[];
  is_sealed: boolean;
  deposit_amount: string;
  balance_due: string;
  balance_paid_at: string | null;
  relatives: Relative[];
  owner?: Ref;
  customer?: { id: number; code: string } | null;
  buyer?: string;
  goods_amount: string;
  discount_amount: string;
  freight_amount: string;
  priority: number;
  buyer_remark: string;
  holds: OrderHold[];
  lines: OrderLine[];
  actions: EntityAction[];
}

export interface OrderEvent {
  id: Id;
  at: string;
  actor: string;
  actor_kind: string;
  action: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

export interface Fulfilment {
  id: number;
  number: string;
  state: string;
  is_stopped?: boolean;
  warehouse?: Ref;
  wave?: { id: number; number: string } | null;
  unit_count?: number;
}

export interface Parcel {
  id: number;
  number: string;
  state: string;
  weight_g?: number | null;
  waybill: { number: string; service: { code: string; name: string }; track: ParcelTrack | null } | null;
}

export interface ParcelTrack {
  id: number;
  status: string;
  trouble: string;
  expected_at: string | null;
  delivered_at: string | null;
}

/** What the buyer said on the order's page. */
export interface BuyerWish {
  code: string;
  note: string;
  at: string | null;
  has_link: boolean;
}
