import { DatabaseOutlined, SwapOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const stockRoutes: AreaRoute[] = [
  { path: "/stock", load: () => import("./AvailabilityPage"), permission: "inventory.stock.view", nav: { group: "stock", label: "stock", icon: <DatabaseOutlined />, order: 1 } },
  { path: "/stock/movements", load: () => import("./MovementsPage"), permission: "inventory.stock.view", nav: { group: "stock", label: "ledger", icon: <SwapOutlined />, order: 2 } },
];
