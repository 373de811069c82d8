import { ApiOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const channelRoutes: AreaRoute[] = [
  { path: "/channels", load: () => import("./ChannelsPage"), permission: "integrations.connection.view", nav: { group: "orders", label: "channels", icon: <ApiOutlined />, order: 8 } },
  { path: "/channels/orders", load: () => import("./PlatformOrdersPage"), permission: "integrations.order.view" },
  { path: "/channels/products", load: () => import("./MappingPage"), permission: "integrations.product.view" },
  { path: "/channels/stock", load: () => import("./StockPage"), permission: "integrations.stock.view" },
  { path: "/channels/confirms", load: () => import("./ConfirmsPage"), permission: "integrations.order.view" },
  { path: "/channels/requests", load: () => import("./RequestsPage"), permission: "integrations.order.view" },
  { path: "/channels/files", load: () => import("./FilesPage"), permission: "integrations.order.view" },
];
