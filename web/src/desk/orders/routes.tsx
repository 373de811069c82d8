import { FileTextOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const orderRoutes: AreaRoute[] = [
  { path: "/orders", load: () => import("./OrdersPage"), permission: "orders.order.view", nav: { group: "orders", label: "orders", icon: <FileTextOutlined /> } },
  { path: "/orders/:id", load: () => import("./OrderPage"), permission: "orders.order.view" },
];
