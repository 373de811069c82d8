import "@/shared/i18n/floorNav";
import { BankOutlined, CalendarOutlined, EnvironmentOutlined, HeatMapOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const facilityRoutes: AreaRoute[] = [
  { path: "/map", load: () => import("./MapPage"), permission: "facility.warehouse.view", nav: { group: "warehouse", label: "facility", icon: <HeatMapOutlined />, order: 6 } },
  { path: "/warehouses", load: () => import("./WarehousesPage"), permission: "facility.warehouse.view", nav: { group: "settings", label: "warehouses", icon: <BankOutlined />, order: 20 } },
  { path: "/warehouses/:id/layout", load: () => import("./LayoutPage"), permission: "facility.layout.manage" },
  { path: "/calendar", load: () => import("./calendar/CalendarPage"), permission: "facility.warehouse.view", nav: { group: "settings", label: "calendar", icon: <CalendarOutlined />, order: 21 } },
  { path: "/locations", load: () => import("./LocationsPage"), permission: "facility.location.view", nav: { group: "settings", label: "locations", icon: <EnvironmentOutlined />, order: 21 } },
];
