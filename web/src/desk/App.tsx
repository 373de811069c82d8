import { QueryClient, QueryClientProvider, useQueryClient } from "@tanstack/react-query";
import { Button, Spin } from "antd";
import { lazy, Suspense, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { createBrowserRouter, Navigate, Outlet, RouterProvider, useLocation, useNavigate, useRouteError, type RouteObject } from "react-router";
import { ApiProblem, isProblem } from "@/api";
import { setUnauthorizedHandler } from "@/api/client";
import { ScopeProvider } from "@/shared/session/scope";
import { ME_KEY, SessionProvider, useMe, useSession } from "@/shared/session/session";
import { AppShell } from "@/shared/shell/AppShell";
import type { AreaRoute } from "@/shared/shell/types";
import { setLanguage, hasChosenLanguage } from "@/shared/i18n";
import { hasChosenTheme, ThemeProvider, useTheme } from "@/shared/theme/ThemeProvider";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState } from "@/shared/ui/ErrorState";
import { areaRoutes } from "./routes";

function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        refetchOnWindowFocus: true,
        // What the server refuses it refuses again; only a lost connection is worth another try.
        retry: (count, error) => count < 2 && (!isProblem(error) || error.status === 0 || error.status >= 502),
      },
    },
  });
}

const FirstPassword = lazy(() => import("./account/FirstPassword"));

/** Lets in who is signed in; others go to the login page with the way back. */
function Guard() {
  const me = useMe();
  const location = useLocation();
  const navigate = useNavigate();
  const client = useQueryClient();

  useEffect(() => {
    setUnauthorizedHandler(() => {
      client.removeQueries({ queryKey: ME_KEY });
      const { pathname, search } = globalThis.location;
      if (pathname !== "/login") void navigate(`/login?${new URLSearchParams({ next: pathname + search, expired: "1" })}`, { replace: true });
    });
    return () => setUnauthorizedHandler(undefined);
  }, [client, navigate]);

  if (me.data?.user.must_change_password)
    return (
      <Suspense fallback={<Spin fullscreen delay={300} />}>
        <FirstPassword />
      </Suspense>
    );
  if (me.data)
    return (
      <SessionProvider me={me.data}>
        <ScopeProvider>
          <Preferences />
          <AppShell routes={areaRoutes} />
        </ScopeProvider>
      </SessionProvider>
    );
  if (me.isPending) return <Spin fullscreen delay={300} />;
  if (isProblem(me.error) && (me.error.status === 401 || me.error.status === 403)) {
    const next = location.pathname + location.search;
    return <Navigate to={next === "/" ? "/login" : `/login?${new URLSearchParams({ next })}`} replace />;
  }
  return <ErrorState error={me.error} onRetry={() => void me.refetch()} />;
}

/** Takes language and theme from the account on a device where nothing was chosen yet. */
function Preferences() {
  const { me } = useSession();
  const { setMode } = useTheme();
  const { language, theme } = me.user;
  useEffect(() => {
    if (!hasChosenLanguage()) setLanguage(language === "en" ? "en" : "zh-CN");
    if (!hasChosenTheme() && (theme === "dark" || theme === "light")) setMode(theme);
  }, [language, theme, setMode]);
  return null;
}

function Permitted({ route }: { route: AreaRoute }) {
  const { can } = useSession();
  return can(route.permission) ? <Outlet /> : <ErrorState error={new ApiProblem(403, {})} />;
}

function NotFound() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <EmptyState
      title={t("error.notFound")}
      hint={
        <>
          <div>{t("error.notFoundWhy")}</div>
          <div>{t("error.notFoundDo")}</div>
        </>
      }
      action={<Button type="primary" onClick={() => void navigate("/")}>{t("action.home")}</Button>}
    />
  );
}

function RouteFailure() {
  const { t } = useTranslation();
  const error = useRouteError();
  return <ErrorState error={error} action={<Button type="primary" onClick={() => globalThis.location.reload()}>{t("action.reload")}</Button>} />;
}

function toRoute(route: AreaRoute): RouteObject {
  return {
    path: route.path,
    element: <Permitted route={route} />,
    errorElement: <RouteFailure />,
    children: [{ index: true, lazy: async () => ({ Component: (await route.load()).default }), errorElement: <RouteFailure /> }],
  };
}

export function makeRoutes(): RouteObject[] {
  return [
    { path: "/login", lazy: async () => ({ Component: (await import("./login/LoginPage")).default }), errorElement: <RouteFailure />, hydrateFallbackElement: <></> },
    { element: <Guard />, errorElement: <RouteFailure />, hydrateFallbackElement: <></>, children: [...areaRoutes.map(toRoute), { path: "*", element: <NotFound /> }] },
  ];
}

export function App() {
  const client = useMemo(() => makeQueryClient(), []);
  const router = useMemo(() => createBrowserRouter(makeRoutes()), []);
  return (
    <QueryClientProvider client={client}>
      <ThemeProvider>
        <RouterProvider router={router} />
      </ThemeProvider>
    </QueryClientProvider>
  );
}
