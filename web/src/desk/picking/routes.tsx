import "@/shared/i18n/floorNav";
import { RollbackOutlined, ScanOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const pickingRoutes: AreaRoute[] = [
  { path: "/picking", load: () => import("./PickingPage"), permission: "outbound.batch.view", nav: { group: "warehouse", label: "picking", icon: <ScanOutlined />, order: 2 } },
  { path: "/picking/:id", load: () => import("./PickBench"), permission: "outbound.batch.pick" },
  { path: "/putbacks", load: () => import("./PutbacksPage"), permission: "outbound.putback.view", nav: { group: "warehouse", label: "putbacks", icon: <RollbackOutlined />, order: 4 } },
];
