import { NotificationOutlined, SendOutlined, TeamOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const notificationRoutes: AreaRoute[] = [
  { path: "/notifications", load: () => import("./InboxPage") },
  { path: "/notifications/settings", load: () => import("./PreferencesPage"), nav: { group: "settings", label: "notifications", icon: <NotificationOutlined />, order: 31 } },
  { path: "/notifications/targets", load: () => import("./TargetsPage"), permission: "notifications.target.view", nav: { group: "settings", label: "targets", icon: <SendOutlined />, order: 32 } },
  { path: "/notifications/log", load: () => import("./LogPage"), permission: "notifications.delivery.view" },
  { path: "/teams", load: () => import("./TeamsPage"), permission: "notifications.team.view", nav: { group: "settings", label: "teams", icon: <TeamOutlined />, order: 33 } },
];
