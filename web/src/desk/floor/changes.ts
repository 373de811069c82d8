/** Only what differs from `before`: what a PATCH shall carry. An emptied field becomes null where it was set. */
export function changed<Values extends object>(before: object, values: Values): Partial<Values> {
  const old = before as Record<string, unknown>;
  const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => !same(old[key], value)).map(([key, value]) => [key, (value as unknown) ?? null])) as Partial<Values>;
}
