import { BorderInnerOutlined, MergeCellsOutlined, VerticalAlignBottomOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";
import "@/shared/i18n/supplyNav";

export const replenishmentRoutes: AreaRoute[] = [
  { path: "/replenishments", load: () => import("./ReplenishmentsPage"), permission: "stockkeeping.replenishment.view", nav: { group: "warehouse", label: "replenishment", icon: <VerticalAlignBottomOutlined />, order: 40 } },
  { path: "/pick-faces", load: () => import("./FacesPage"), permission: "stockkeeping.pick_face.view", nav: { group: "warehouse", label: "pickFaces", icon: <BorderInnerOutlined />, order: 41 } },
  { path: "/consolidation", load: () => import("./ConsolidationPage"), permission: "stockkeeping.replenishment.view", nav: { group: "warehouse", label: "consolidation", icon: <MergeCellsOutlined />, order: 42 } },
];
