export interface FixField {
  name: string;
  kind: "text" | "integer" | "region";
  title: string;
}
export interface Fix {
  code: string;
  title: string;
  allowed: boolean;
  needs_suggestion: boolean;
  fields: FixField[];
}
export interface Check {
  code: string;
  title: string;
  entity_kind: string;
  severity: "error" | "warning";
  open: number;
  ignored: number;
  suggested: number;
  seen_at: string | null;
  fixes: Fix[];
}
export interface Finding {
  id: number;
  check_code: string;
  severity: "error" | "warning";
  entity_kind: string;
  entity_id: number;
  label: string;
  field: string;
  message: string;
  related_label: string;
  suggestion: Record<string, string | number>;
  url: string;
  state: "open" | "ignored" | "fixed";
  first_seen_at: string;
  note: string;
}
