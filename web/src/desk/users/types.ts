export interface UserRow {
  id: number;
  username: string;
  display_name: string;
  email: string;
  language: string;
  roles: string[];
  is_active: boolean;
  must_change_password: boolean;
  warehouse_ids: number[] | null;
  owner_ids: number[] | null;
  shop_ids: number[] | null;
  created_at: string;
  last_login: string | null;
}

export interface RoleRow {
  code: string;
  title: string;
  permissions: string[];
}

export interface KeyRow {
  id: number;
  name: string;
  prefix: string;
  user: { id: number; username: string };
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  last_used_on: string | null;
}

interface Ref {
  id: number;
  code: string;
  name: string;
}

export interface ShopRow extends Ref {
  channel: Ref;
  owner: Ref;
  currency: string;
  allow_partial: boolean;
  /** Decimal as text; null: no limit. */
  amount_limit: string | null;
  duplicate_hours: number;
  hold_remarks: boolean;
  auto_approve: boolean;
  merge_policy: string;
  split_by: string[];
  substitute_policy: string;
  ticket_address: boolean;
  ticket_requests: boolean;
  is_active: boolean;
}
