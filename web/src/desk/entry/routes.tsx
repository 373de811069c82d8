import { PhoneOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const entryRoutes: AreaRoute[] = [
  { path: "/orders/new", load: () => import("./EntryPage"), permission: "orders.order.create", nav: { group: "orders", label: "newOrder", icon: <PhoneOutlined />, order: 2 } },
];
