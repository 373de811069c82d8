import { AlertOutlined, SlidersOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";
import "@/shared/i18n/supplyNav";

export const alertRoutes: AreaRoute[] = [
  { path: "/stock-alerts", load: () => import("./AlertsPage"), permission: "stockkeeping.alert.view", nav: { group: "stock", label: "stockAlerts", icon: <AlertOutlined />, order: 21 } },
  { path: "/thresholds", load: () => import("./ThresholdsPage"), permission: "stockkeeping.threshold.view", nav: { group: "stock", label: "thresholds", icon: <SlidersOutlined />, order: 22 } },
];
