/** What an audit entry changed, field by field; nested objects are read as paths ("roles", "rules.limit"). */
export interface FieldChange {
  path: string;
  before: unknown;
  after: unknown;
  kind: "changed" | "added" | "removed";
}

const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

function flat(value: Record<string, unknown> | null, prefix = "", into = new Map<string, unknown>()): Map<string, unknown> {
  for (const [key, one] of Object.entries(value ?? {})) {
    if (isPlain(one) && Object.keys(one).length > 0) flat(one, `${prefix}${key}.`, into);
    else into.set(prefix + key, one);
  }
  return into;
}

/** Fields that differ. Where only one side was recorded, all of its fields: something was made, or is gone. */
export function changesOf(before: Record<string, unknown> | null, after: Record<string, unknown> | null): FieldChange[] {
  const old = flat(before);
  const now = flat(after);
  const changes: FieldChange[] = [];
  for (const path of new Set([...old.keys(), ...now.keys()])) {
    const had = old.has(path);
    const has = now.has(path);
    const a = old.get(path) ?? null;
    const b = now.get(path) ?? null;
    if (had && has && JSON.stringify(a) === JSON.stringify(b)) continue;
    changes.push({ path, before: a, after: b, kind: had && has ? "changed" : has ? "added" : "removed" });
  }
  return changes;
}

/** A value as a person reads it: lists with commas, long texts cut in lists only. */
export function valueText(value: unknown, words: { empty: string; yes: string; no: string }): string {
  if (value === null || value === undefined || value === "") return words.empty;
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (Array.isArray(value)) return value.length === 0 ? words.empty : value.map((one) => valueText(one, words)).join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}
