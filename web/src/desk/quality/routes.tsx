import { ExperimentOutlined, OrderedListOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const qualityRoutes: AreaRoute[] = [
  { path: "/quality", load: () => import("./BoardPage"), permission: "quality.finding.view", nav: { group: "stock", label: "findings", icon: <ExperimentOutlined />, order: 10 } },
  { path: "/quality/coding", load: () => import("./CodingPage"), permission: "quality.coding.view" },
  { path: "/migration", load: () => import("./MigrationPage"), permission: "kernel.import.view", nav: { group: "settings", label: "migration", icon: <OrderedListOutlined />, order: 39 } },
];
