import { SwapOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";
import "@/shared/i18n/supplyNav";

export const transferRoutes: AreaRoute[] = [
  { path: "/transfers", load: () => import("./TransfersPage"), permission: "stockkeeping.transfer.view", nav: { group: "stock", label: "transfers", icon: <SwapOutlined />, order: 20 } },
  { path: "/transfers/:id", load: () => import("./TransferPage"), permission: "stockkeeping.transfer.view" },
];
