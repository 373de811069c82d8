import { HomeOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const homeRoutes: AreaRoute[] = [
  { path: "/", load: () => import("./HomePage"), nav: { group: "home", label: "home", icon: <HomeOutlined /> } },
];
