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
  status: "ok" | "warning" | "failing" | "off";
  last_ok_at: string | null;
  last_error: string;
  confirms_pending: number;
  confirms_refused: number;
}
export interface Connector {
  code: string;
  title: string;
  form: ConnectorField[];
}
export interface Connection {
  id: number;
  connector: string;
  name: string;
  is_active: boolean;
  settings: Record<string, unknown>;
  secrets_set: string[];
  push_path: string | null;
}
export interface Message {
  id: number;
  connection: ConnectionRef;
  method: string;
  document_code: string;
  state: string;
  code: string;
  message: string;
  repeats: number;
  received_at: string;
}
export interface Sending {
  id: number;
  connection: ConnectionRef;
  method: string;
  key: string;
  document_code: string;
  state: string;
  tries: number;
  message: string;
  created_at: string;
  next_try_at: string;
  done_at: string | null;
}
export interface QimenDocument {
  id: number;
  connection: ConnectionRef;
  kind: "delivery" | "stockout" | "entry" | "return";
  code: string;
  order_type: string;
  state: string;
  warehouse: Ref | null;
  planned: number;
  actual: number;
  created_at: string;
  updated_at: string;
}
export interface Line {
  line_no: number;
  item_code: string;
  name: string;
  is_lot_tracked: boolean;
  is_expiry_tracked: boolean;
  planned: number;
  actual: number;
  remark: string;
}
export interface DocumentDetail extends QimenDocument {
  outside_id: string;
  remark: string;
  order_id: number | null;
  order_number: string;
  lines: Line[];
}
export interface Difference {
  warehouse: string;
  sku: string;
  ours: number;
  theirs: number;
}
