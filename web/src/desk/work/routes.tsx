import { CarryOutOutlined, DashboardOutlined, TeamOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";
import "@/shared/i18n/workNav";

export const workRoutes: AreaRoute[] = [
  { path: "/floor", load: () => import("./FloorPage"), permission: "work.task.view", nav: { group: "warehouse", label: "floorView", icon: <DashboardOutlined />, order: 0 } },
  { path: "/tasks", load: () => import("./TasksPage"), permission: "work.task.view", nav: { group: "warehouse", label: "tasks", icon: <CarryOutOutlined />, order: 2 } },
  { path: "/tasks/:id", load: () => import("./TaskPage"), permission: "work.task.view" },
  { path: "/workers", load: () => import("./WorkersPage"), permission: "work.worker.view", nav: { group: "warehouse", label: "workers", icon: <TeamOutlined />, order: 50 } },
];
