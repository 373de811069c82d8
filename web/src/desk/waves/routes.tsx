import "@/shared/i18n/floorNav";
import { PartitionOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const waveRoutes: AreaRoute[] = [
  { path: "/waves", load: () => import("./WavesPage"), permission: "outbound.wave.view", nav: { group: "warehouse", label: "waves", icon: <PartitionOutlined />, order: 1 } },
  { path: "/waves/plan", load: () => import("./PlanPage"), permission: "outbound.wave.plan" },
  { path: "/waves/:id", load: () => import("./WavePage"), permission: "outbound.wave.view" },
];
