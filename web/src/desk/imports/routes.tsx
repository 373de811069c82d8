import { CloudUploadOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const importRoutes: AreaRoute[] = [
  { path: "/imports", load: () => import("./ImportsPage"), permission: "kernel.import.view", nav: { group: "settings", label: "imports", icon: <CloudUploadOutlined />, order: 1 } },
  { path: "/imports/new", load: () => import("./NewImportPage"), permission: "kernel.import.view" },
  { path: "/imports/:id", load: () => import("./ImportPage"), permission: "kernel.import.view" },
];
