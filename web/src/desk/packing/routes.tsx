import { InboxOutlined } from "@ant-design/icons";
import type { AreaRoute } from "@/shared/shell/types";

export const packingRoutes: AreaRoute[] = [
  { path: "/packing", load: () => import("./PackingPage"), permission: "outbound.parcel.pack", nav: { group: "warehouse", label: "packing", icon: <InboxOutlined />, order: 3 } },
];
