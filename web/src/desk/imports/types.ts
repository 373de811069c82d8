export interface ImportColumn {
  name: string;
  /** How the column is called in the template. */
  heading: string;
  required: boolean;
  aliases: string[];
  help?: string;
  example?: string;
}

export interface ImportOption {
  name: string;
  title: string;
  kind: "text" | "flag" | "choice";
  required: boolean;
  default: string;
  choices: { value: string; title: string }[];
  help?: string;
}

export interface ImportKind {
  kind: string;
  title: string;
  /** Whether the user may import this kind. */
  allowed: boolean;
  columns: ImportColumn[];
  options: ImportOption[];
}

export interface ImportPreview {
  headings: string[];
  rows: string[][];
  total: number | null;
  encoding: string;
  delimiter: string;
  sheet: string;
  sheets: string[];
  /** Our column → their heading. */
  mapping: Record<string, string>;
  /** As such a file was imported before: texts for missing columns, options, which columns people matched. */
  constants: Record<string, string>;
  options: Record<string, string>;
  remembered: string[];
  is_known: boolean;
}

export interface ImportJob {
  id: number;
  kind: string;
  title: string;
  file_name: string;
  state: "queued" | "reading" | "validated" | "applying" | "done" | "failed" | "cancelled";
  dry_run: boolean;
  on_error: "stop" | "skip";
  rows_total: number;
  rows_read: number;
  rows_bad: number;
  groups_total: number;
  groups_done: number;
  created_count: number;
  updated_count: number;
  unchanged_count: number;
  skipped_count: number;
  warning_count: number;
  findings_left_off?: number;
  message: string;
  /** Work done and to do in the present phase. */
  done: number;
  total: number;
  created_by: string;
  created_at: string;
  finished_at: string | null;
}

export interface ImportFinding {
  id: number;
  severity: "error" | "warning";
  row: number | null;
  field: string;
  code: string;
  message: string;
  value: string;
}

/** While the file is on its way. */
export function isRunning(job: ImportJob): boolean {
  return job.state === "queued" || job.state === "reading" || job.state === "applying";
}
