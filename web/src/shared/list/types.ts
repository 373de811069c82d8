import type { ReactNode } from "react";
import type { Id, Query } from "@/api";

export interface ListColumn<Row> {
  key: string;
  title: ReactNode;
  /** Plain words for the column chooser when `title` is not text. */
  label?: string;
  render: (row: Row) => ReactNode;
  width?: number;
  /** Figures: `align: "right"`. */
  align?: "left" | "right";
  /** The server's sort key; the header sorts when set. */
  sort?: string;
  /** Off until the user turns it on. */
  hidden?: boolean;
  fixed?: "left" | "right";
}

export interface ListTab {
  key: string;
  label: string;
  /** What this tab sends to the server. Default: `{ [tabParam]: key }`. */
  query?: Query;
  /** The key in the counts answer; default `key`. */
  countKey?: string;
  /** Its count is work for a person: shown with weight when not zero. */
  attention?: boolean;
}

export interface FilterOption {
  value: string;
  label: string;
}

export type ListFilter =
  | { key: string; label: string; type: "select"; options: FilterOption[]; multiple?: boolean; width?: number }
  /** Options from the server: `GET path?q=` → items with `value`/`label` made by `toOption`. */
  | { key: string; label: string; type: "remote"; path: string; toOption: (item: never) => FilterOption; width?: number }
  | { key: string; label: string; type: "text"; width?: number }
  | { key: string; label: string; type: "bool" }
  /** Sends `fromKey` and `toKey` as ISO days. */
  | { key: string; label: string; type: "dates"; fromKey: string; toKey: string };

export interface BulkAction {
  code: string;
  label: string;
  /** POST path; the body is `{ ids, ...body }`. */
  path: string;
  permission?: string;
  danger?: boolean;
  primary?: boolean;
  /** Asked before it runs; `true` asks the plain question. */
  confirm?: boolean | string;
  /** Asks for more fields (a reason …) before it runs; resolves to the extra body, or null when the user gave up. */
  ask?: () => Promise<Record<string, unknown> | null>;
  icon?: ReactNode;
}

export interface ListPageProps<Row> {
  /** Stable name: keys saved views, columns and row height. */
  id: string;
  title: string;
  hint?: ReactNode;
  /** GET path of the list, relative to /api/v1. */
  path: string;
  /** Sent with every request, beside tab and filters. */
  baseQuery?: Query;
  columns: ListColumn<Row>[];
  rowId: (row: Row) => Id;
  /** What a row is called in reports of bulk actions. */
  rowName?: (row: Row) => string;
  tabs?: ListTab[];
  tabParam?: string;
  defaultTab?: string;
  countsPath?: string;
  filters?: ListFilter[];
  /** Placeholder of the search box (`q`); no box when absent. */
  search?: string;
  defaultSort?: string;
  primaryAction?: ReactNode;
  bulkActions?: BulkAction[];
  /** GET path of the export; the buttons appear when set. */
  exportPath?: string;
  exportPermission?: string;
  /** Sends the chosen warehouse's id under this name; absent = the list does not depend on it. */
  warehouseParam?: string | null;
  /** Shown in the drawer for `?open=ID`. */
  drawer?: (id: string, close: () => void) => ReactNode;
  /** Called on Enter or click instead of opening the drawer. */
  onOpen?: (row: Row) => void;
  empty: { title: string; hint?: ReactNode; action?: ReactNode };
  /** Marks a row (late, broken) with a tone on its edge. */
  rowTone?: (row: Row) => "orange" | "red" | undefined;
  /** Reload every so many ms. */
  refreshEvery?: number;
  /** Without the page header, for a list inside another page. */
  embedded?: boolean;
}
