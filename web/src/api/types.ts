/** Shapes of the API that every screen shares. */

export type Id = number | string;

export interface Me {
  user: { id: Id; username: string; display_name: string; language: string; theme: string; must_change_password?: boolean };
  roles: string[];
  permissions: string[];
  scopes: { warehouses: Id[] | null; owners: Id[] | null; shops: Id[] | null };
  csrf_token: string;
}

export interface Page<Row> {
  items: Row[];
  next_cursor: string | null;
}

export interface Counts {
  counts: Record<string, { count: number; capped: boolean }>;
}

/** What a user may do with one entity now; when not, why. */
export interface EntityAction {
  code: string;
  allowed: boolean;
  reason?: string | null;
}

export interface BulkResult {
  results: { id: Id; ok: boolean; code?: string | null; message?: string | null }[];
}

export interface SearchHit {
  kind: string;
  id: Id;
  title: string;
  subtitle?: string;
  url_path: string;
}

export interface WarehouseRef {
  id: Id;
  code: string;
  name: string;
  timezone?: string;
}

export interface Job {
  id: Id;
  kind: string;
  state: string;
  title?: string;
  done?: number;
  total?: number | null;
  message?: string | null;
}
