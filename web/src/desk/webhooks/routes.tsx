import { ApiOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const webhookRoutes: AreaRoute[] = [
  { path: "/webhooks", load: () => import("./EndpointsPage"), permission: "integrations.webhook.view", nav: { group: "settings", label: "webhooks", icon: <ApiOutlined />, order: 34 } },
  { path: "/webhooks/deliveries", load: () => import("./DeliveriesPage"), permission: "integrations.webhook.view" },
];
