import type { AreaRoute } from "@/shared/shell/types";

export const qualityRoutes: AreaRoute[] = [];
