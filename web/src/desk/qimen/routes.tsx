import { SwapOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const qimenRoutes: AreaRoute[] = [
  { path: "/qimen", load: () => import("./ConnectionsPage"), permission: "integrations.qimen.view", nav: { group: "settings", label: "qimen", icon: <SwapOutlined />, order: 35 } },
  { path: "/qimen/documents", load: () => import("./DocumentsPage"), permission: "integrations.qimen.view" },
  { path: "/qimen/messages", load: () => import("./MessagesPage"), permission: "integrations.qimen.view" },
  { path: "/qimen/sendings", load: () => import("./SendingsPage"), permission: "integrations.qimen.view" },
];
