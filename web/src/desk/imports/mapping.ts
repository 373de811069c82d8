import type { ImportColumn, ImportOption } from "./types";

export interface Mapping {
  /** Our column → their heading. */
  columns: Record<string, string>;
  /** Our column → one value for all rows. */
  constants: Record<string, string>;
  options: Record<string, string>;
}

/** Required columns that have neither a heading nor a fixed value. */
export function missingColumns(columns: readonly ImportColumn[], mapping: Mapping): ImportColumn[] {
  return columns.filter((column) => column.required && !mapping.columns[column.name] && !(mapping.constants[column.name] ?? "").trim());
}

export function missingOptions(options: readonly ImportOption[], mapping: Mapping): ImportOption[] {
  return options.filter((option) => option.required && !(mapping.options[option.name] ?? option.default).trim());
}

/** What is sent: only what says something. */
export function compactMapping(mapping: Mapping): Mapping {
  const filled = (values: Record<string, string>) => Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ""));
  return { columns: filled(mapping.columns), constants: filled(mapping.constants), options: filled(mapping.options) };
}
