import { AuditOutlined, BarcodeOutlined, DatabaseOutlined, InboxOutlined, StopOutlined, SwapOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const stockRoutes: AreaRoute[] = [
  { path: "/stock", load: () => import("./AvailabilityPage"), permission: "inventory.availability.view", nav: { group: "stock", label: "stock", icon: <DatabaseOutlined />, order: 1 } },
  { path: "/stock/rows", load: () => import("./StockRowsPage"), permission: "inventory.stock.view", nav: { group: "stock", label: "stockRows", icon: <InboxOutlined />, order: 2 } },
  { path: "/stock/lots", load: () => import("./LotsPage"), permission: "inventory.lot.view", nav: { group: "stock", label: "lots", icon: <BarcodeOutlined />, order: 3 } },
  { path: "/stock/movements", load: () => import("./MovementsPage"), permission: "inventory.stock.view", nav: { group: "stock", label: "ledger", icon: <SwapOutlined />, order: 4 } },
  { path: "/stock/holds", load: () => import("./HoldsPage"), permission: "inventory.hold.view", nav: { group: "stock", label: "stockHolds", icon: <StopOutlined />, order: 5 } },
  { path: "/stock/verify", load: () => import("./VerifyPage"), permission: "inventory.verify.view", nav: { group: "stock", label: "verify", icon: <AuditOutlined />, order: 6 } },
];
