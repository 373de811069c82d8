export interface TicketLink {
  entity_kind: string;
  entity_id: number;
  number: string;
}

export interface Person {
  id: number;
  username: string;
  display_name: string;
}

export interface TicketRow {
  id: number;
  number: string;
  kind: string;
  state: string;
  title: string;
  detail: Record<string, unknown>;
  occurrences: number;
  priority: number;
  due_at: string;
  is_overdue: boolean;
  escalation: number;
  resolution: string;
  team: { id: number; code: string; name: string };
  assignee: Person | null;
  opened_by: string;
  created_at: string;
  updated_at: string;
  resolved_at: string | null;
  links: TicketLink[];
  link_count: number;
}

export interface TicketEntry {
  id: number;
  at: string;
  actor: string;
  action: string;
  body: string;
  data: Record<string, unknown>;
}

export interface Attachment {
  id: number;
  name: string;
  media_type: string;
  size: number;
  added_by: string;
  added_at: string;
}

export interface Ticket extends TicketRow {
  reopened: number;
  merged_into: { id: number; number: string } | null;
  merged: { id: number; number: string }[];
  entries: TicketEntry[];
  attachments: Attachment[];
  actions: string[];
}

export interface Team {
  id: number;
  code: string;
  name: string;
  title: string;
  lead_id: number | null;
  member_ids: number[];
  is_active: boolean;
}

export interface Policy {
  kind: string;
  team: string;
  due_hours: number;
  priority: number;
  escalate_hours: number;
}

export interface Supply {
  id: number;
  sku: { id: number; code: string; name: string };
  owner: { id: number; code: string; name: string };
  warehouse: { id: number; code: string; name: string };
  source: string;
  from_warehouse: { id: number; code: string; name: string } | null;
  quantity: number;
  order_count: number;
  waiting_since: string;
  ticket_id: number | null;
  settled_at: string | null;
}
