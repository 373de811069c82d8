import type { AreaRoute } from "@/shared/shell/types";

export const accountRoutes: AreaRoute[] = [{ path: "/account/password", load: () => import("./PasswordPage") }];
