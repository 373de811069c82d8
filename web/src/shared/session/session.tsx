import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, use, useEffect, useMemo, type ReactNode } from "react";
import { api, setCsrfToken } from "@/api/client";
import type { Me } from "@/api/types";

export const ME_KEY = ["auth", "me"] as const;

export interface Session {
  me: Me;
  /** Whether the role holds a permission such as "orders.order.approve". */
  can: (permission: string | undefined) => boolean;
  signOut: () => Promise<void>;
}

const SessionContext = createContext<Session | null>(null);

/** Who is signed in; `undefined` data while loading, an ApiProblem 401 when nobody is. */
export function useMe() {
  return useQuery({
    queryKey: ME_KEY,
    queryFn: async ({ signal }) => {
      const me = await api.get<Me>("/auth/me", undefined, signal);
      setCsrfToken(me.csrf_token);
      return me;
    },
    retry: false,
    staleTime: 5 * 60_000,
  });
}

export function hasPermission(permissions: readonly string[], wanted: string | undefined): boolean {
  if (wanted === undefined || permissions.includes("*")) return true;
  return permissions.includes(wanted);
}

export function SessionProvider({ me, children }: { me: Me; children: ReactNode }) {
  const client = useQueryClient();
  useEffect(() => setCsrfToken(me.csrf_token), [me.csrf_token]);
  const value = useMemo<Session>(
    () => ({
      me,
      can: (permission) => hasPermission(me.permissions, permission),
      signOut: async () => {
        await api.post("/auth/logout");
        client.clear();
        globalThis.location.assign("/login");
      },
    }),
    [me, client],
  );
  return <SessionContext value={value}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("useSession needs a SessionProvider");
  return session;
}
