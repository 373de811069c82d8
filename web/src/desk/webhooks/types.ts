export interface Endpoint {
  id: number;
  name: string;
  url: string;
  event_types: string[];
  shop_ids: number[] | null;
  old_secret_until: string | null;
  is_active: boolean;
  disabled_reason: string;
  disabled_at: string | null;
  failing_since: string | null;
  last_success_at: string | null;
  last_error: string;
  created_by: string;
  created_at: string;
  tries: number;
  success_percent: number | null;
  median_ms: number | null;
  p95_ms: number | null;
  waiting: number;
  dead: number;
}

export interface EventType {
  type: string;
  title: string;
  data_schema: Record<string, unknown>;
}

export interface Delivery {
  id: number;
  key: string;
  type: string;
  endpoint: { id: number; name: string };
  state: string;
  attempts: number;
  replay: number;
  due_at: string;
  delivered_at: string | null;
  last_status: number | null;
  last_error: string;
  created_at: string;
}

export interface DeliveryDetail extends Delivery {
  body: Record<string, unknown>;
  tries: { id: number; at: string; status: number | null; ms: number; error: string; answer: string }[];
}
