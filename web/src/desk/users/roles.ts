export const ROLES = ["admin", "order_desk", "customer_service", "warehouse_manager", "operator", "purchaser", "finance", "auditor", "integrator"] as const;

export interface PermissionGroup {
  /** First part of the code: the app. */
  app: string;
  rows: { code: string; roles: Set<string> }[];
}

/** Every permission that some role holds, by app, with the roles that hold it; "*" holds all. */
export function permissionMatrix(roles: readonly { code: string; permissions: readonly string[] }[]): PermissionGroup[] {
  const everyone = roles.filter((role) => role.permissions.includes("*")).map((role) => role.code);
  const codes = new Map<string, Set<string>>();
  for (const role of roles)
    for (const code of role.permissions) {
      if (code === "*") continue;
      const holders = codes.get(code) ?? new Set(everyone);
      holders.add(role.code);
      codes.set(code, holders);
    }
  const groups = new Map<string, PermissionGroup>();
  for (const [code, holders] of [...codes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const app = code.split(".")[0] ?? "";
    const group = groups.get(app) ?? { app, rows: [] };
    group.rows.push({ code, roles: holders });
    groups.set(app, group);
  }
  return [...groups.values()];
}
