import { AimOutlined, AuditOutlined, CarryOutOutlined, DiffOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

const VIEW = "stockkeeping.count.view";

export const countRoutes: AreaRoute[] = [
  { path: "/stock/counts", load: () => import("./CountsPage"), permission: VIEW, nav: { group: "stock", label: "counts", icon: <AuditOutlined />, order: 12 } },
  { path: "/stock/counts/lines", load: () => import("./LinesPage"), permission: VIEW, nav: { group: "stock", label: "countLines", icon: <DiffOutlined />, order: 13 } },
  { path: "/stock/counts/accuracy", load: () => import("./AccuracyPage"), permission: VIEW, nav: { group: "stock", label: "countAccuracy", icon: <AimOutlined />, order: 14 } },
  { path: "/stock/counts/rules", load: () => import("./RulesPage"), permission: "stockkeeping.count.manage", nav: { group: "stock", label: "countRules", icon: <CarryOutOutlined />, order: 15 } },
  { path: "/stock/counts/:id", load: () => import("./CountPage"), permission: VIEW },
];
