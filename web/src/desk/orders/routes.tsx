import { DeploymentUnitOutlined, FieldTimeOutlined, FileTextOutlined, SwapOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const orderRoutes: AreaRoute[] = [
  { path: "/orders", load: () => import("./OrdersPage"), permission: "orders.order.view", nav: { group: "orders", label: "orders", icon: <FileTextOutlined /> } },
  { path: "/presales", load: () => import("./moves/PresalesPage"), permission: "orders.presale.view", nav: { group: "orders", label: "presales", icon: <FieldTimeOutlined /> } },
  { path: "/sourcing", load: () => import("./sourcing/SourcingPage"), permission: "orders.sourcing.view", nav: { group: "orders", label: "sourcing", icon: <DeploymentUnitOutlined /> } },
  { path: "/promises", load: () => import("./sourcing/PromisesPage"), permission: "outbound.promise.view" },
  { path: "/substitutes", load: () => import("./moves/SubstitutesPage"), permission: "orders.substitute.view", nav: { group: "orders", label: "substitutes", icon: <SwapOutlined /> } },
  { path: "/orders/:id", load: () => import("./OrderPage"), permission: "orders.order.view" },
];
