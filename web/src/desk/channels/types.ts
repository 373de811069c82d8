import type { ConnectorField } from "@/shared/connector/ConnectorForm";

export interface Ref {
  id: number;
  code: string;
  name: string;
}
export interface ConnectionRef {
  id: number;
  name: string;
  connector: string;
}
export interface Health {
  id: number;
  connector: string;
  title: string;
  name: string;
  shop: Ref | null;
  status: "ok" | "warning" | "failing" | "off";
  is_active: boolean;
  last_error: string;
  last_error_at: string | null;
  token_expires_at: string | null;
  lag_seconds: number | null;
  last_order_at: string | null;
  orders_unmapped: number;
  orders_failed: number;
  products_unmapped: number;
  confirms_pending: number;
  confirms_refused: number;
  stock_pending: number;
  stock_failed: number;
  messages_new: number;
  messages_failed: number;
  requests_open: number;
}
export interface Connector {
  kind: string;
  code: string;
  title: string;
  features: string[];
  form: ConnectorField[];
  needs_token: boolean;
}
export interface Rules {
  on_cancel: string;
  pull_seconds: number;
  payload_days: number;
  is_stock_on: boolean;
  stock_percent: number;
  stock_buffer: number;
  stock_quota: number | null;
}
export interface Connection {
  id: number;
  connector: string;
  name: string;
  shop: Ref | null;
  is_active: boolean;
  status: Health["status"];
  settings: Record<string, unknown>;
  secrets_set: string[];
  has_token: boolean;
  token_expires_at: string | null;
  push_path: string | null;
  rules: Rules | null;
  features: string[];
  last_error: string;
}
export interface PlatformOrder {
  id: number;
  connection: ConnectionRef;
  shop: Ref;
  number: string;
  status: string;
  state: string;
  order: { id: number; number: string; state: string } | null;
  error: string;
  message: string;
  problems: { code: string; field: string | null; message: string }[];
  waits_for: { id: number; outer_sku: string; title: string }[];
  placed_at: string;
}
export interface PlatformProduct {
  id: number;
  connection: ConnectionRef;
  shop: Ref;
  product_id: string;
  outer_sku: string;
  title: string;
  sku: Ref | null;
  units: number;
  mapped_by: string;
  is_ignored: boolean;
  orders_waiting: number;
}
export interface Suggestion {
  sku_id: number;
  code: string;
  name: string;
  score: number;
  by: string;
}
