import { AuditOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const auditRoutes: AreaRoute[] = [
  { path: "/audit", load: () => import("./AuditPage"), permission: "accounts.audit.view", nav: { group: "settings", label: "audit", icon: <AuditOutlined />, order: 40 } },
];
