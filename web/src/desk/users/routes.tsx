import "@/shared/i18n/floorNav";
import { ApiOutlined, IdcardOutlined, SafetyOutlined, ShopOutlined, TeamOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const userRoutes: AreaRoute[] = [
  { path: "/shops", load: () => import("./ShopsPage"), permission: "orders.shop.view", nav: { group: "settings", label: "shops", icon: <ShopOutlined />, order: 10 } },
  { path: "/users", load: () => import("./UsersPage"), permission: "accounts.user.view", nav: { group: "settings", label: "users", icon: <TeamOutlined />, order: 30 } },
  { path: "/roles", load: () => import("./RolesPage"), permission: "accounts.role.view", nav: { group: "settings", label: "roles", icon: <SafetyOutlined />, order: 31 } },
  { path: "/api-keys", load: () => import("./ApiKeysPage"), permission: "accounts.api_key.view", nav: { group: "settings", label: "apiKeys", icon: <ApiOutlined />, order: 32 } },
  { path: "/profile", load: () => import("./ProfilePage"), nav: { group: "settings", label: "profile", icon: <IdcardOutlined />, order: 50 } },
];
