import type { FieldProblem } from "@/api";

type FieldName = (string | number)[];

/** "lines.0.sku" → ["lines", 0, "sku"]; leading "body" and the like are the transport's, not the form's. */
export function fieldName(problem: FieldProblem): FieldName | null {
  const path = problem.loc ?? problem.field;
  if (!path) return null;
  const parts = path.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  while (parts[0] === "body" || parts[0] === "payload" || parts[0] === "data") parts.shift();
  return parts.length > 0 ? parts : null;
}

/** Puts each problem on the field it names; what names no field of this form is for the summary. */
export function splitProblems(problems: readonly FieldProblem[], has: (name: FieldName) => boolean) {
  const fields = new Map<string, { name: FieldName; errors: string[] }>();
  const rest: string[] = [];
  for (const problem of problems) {
    const name = fieldName(problem);
    if (!name || !has(name)) {
      rest.push(problem.message);
      continue;
    }
    const key = name.join(".");
    const field = fields.get(key) ?? { name, errors: [] };
    field.errors.push(problem.message);
    fields.set(key, field);
  }
  return { fields: [...fields.values()], rest };
}
