import { AppstoreAddOutlined, ContainerOutlined, FileSyncOutlined, NumberOutlined, RollbackOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const goodsRoutes: AreaRoute[] = [
  { path: "/stock/containers", load: () => import("./ContainersPage"), permission: "inventory.stock.view", nav: { group: "stock", label: "containers", icon: <ContainerOutlined />, order: 7 } },
  { path: "/stock/serials", load: () => import("./SerialsPage"), permission: "inventory.stock.view", nav: { group: "stock", label: "serials", icon: <NumberOutlined />, order: 8 } },
  { path: "/stock/changes", load: () => import("./ChangesPage"), permission: "stockkeeping.change.view", nav: { group: "stock", label: "stockChanges", icon: <FileSyncOutlined />, order: 9 } },
  { path: "/stock/recall", load: () => import("./RecallPage"), permission: "outbound.recall.view", nav: { group: "stock", label: "recall", icon: <RollbackOutlined />, order: 10 } },
  { path: "/stock/kits", load: () => import("./KitJobsPage"), permission: "stockkeeping.kit_job.view", nav: { group: "stock", label: "kitJobs", icon: <AppstoreAddOutlined />, order: 11 } },
];
