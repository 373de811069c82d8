import type { AreaRoute } from "@/shared/shell/types";

export const notificationRoutes: AreaRoute[] = [];
