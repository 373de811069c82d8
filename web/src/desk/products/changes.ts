/** The values that differ; an emptied field becomes null. */
export function changedOnly(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(after)) {
    const now = value === "" || value === undefined ? null : value;
    const then = before[key] === "" || before[key] === undefined ? null : before[key];
    if (now !== then) changes[key] = now;
  }
  return changes;
}
