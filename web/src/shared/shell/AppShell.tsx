import { DownOutlined, MenuFoldOutlined, MenuUnfoldOutlined } from "@ant-design/icons";
import { Spin, Tooltip } from "antd";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Outlet, useLocation, useNavigation } from "react-router";
import { useSession } from "@/shared/session/session";
import { cx } from "@/shared/ui/cx";
import { ErrorBoundary } from "@/shared/ui/ErrorBoundary";
import { Logo } from "./Logo";
import css from "./shell.module.css";
import { TopBar } from "./TopBar";
import { NAV_GROUPS, type AreaRoute, type NavEntry } from "./types";

const KEY = "hecang.nav";
const CLOSED = "hecang.nav.closed";

type NavRoute = AreaRoute & { nav: NavEntry };

/** Left navigation, top bar, and the page in the middle. */
export function AppShell({ routes }: { routes: readonly AreaRoute[] }) {
  const { t } = useTranslation();
  const { can } = useSession();
  const location = useLocation();
  const navigation = useNavigation();
  const [collapsed, setCollapsed] = useState(() => localStorage.getItem(KEY) === "collapsed" || (localStorage.getItem(KEY) === null && globalThis.innerWidth < 1200));
  const [closed, setClosed] = useState<string[]>(() => (localStorage.getItem(CLOSED) ?? "").split(",").filter((group) => group !== ""));
  const toggle = (group: string) => {
    const next = closed.includes(group) ? closed.filter((other) => other !== group) : [...closed, group];
    localStorage.setItem(CLOSED, next.join(","));
    setClosed(next);
  };
  const visible = routes.filter((route): route is NavRoute => route.nav !== undefined && can(route.permission));

  // The entry of the page we are on: the longest that the address begins with.
  const current = visible
    .map((route) => route.path)
    .filter((path) => location.pathname === path || (path !== "/" && location.pathname.startsWith(`${path}/`)))
    .sort((a, b) => b.length - a.length)[0];

  useEffect(() => {
    document.getElementById("main")?.scrollTo({ top: 0 });
  }, [location.pathname]);

  return (
    <div className={cx(css.shell, collapsed && css.collapsed)}>
      <a href="#main" className={css.skip}>{t("app.skip")}</a>
      <aside className={css.side}>
        <Link to="/" className={css.brand} aria-label={t("app.name")}>
          <Logo size={26} />
          {collapsed ? null : <span className={css.brandName}>{t("app.name")}<small>{t("app.latin")}</small></span>}
        </Link>
        <nav aria-label={t("nav.main")} className={css.nav}>
          {NAV_GROUPS.map((group) => {
            const entries = visible.filter((route) => route.nav.group === group).sort((a, b) => (a.nav.order ?? 0) - (b.nav.order ?? 0));
            if (entries.length === 0) return null;
            const title = t(`nav.group.${group}`);
            const open = collapsed || !closed.includes(group) || entries.some((route) => route.path === current);
            return (
              <div key={group} className={css.group} role="group" aria-label={title || undefined}>
                {title && !collapsed ? (
                  <button type="button" className={cx(css.groupTitle, !open && css.groupClosed)} aria-expanded={open} onClick={() => toggle(group)}>
                    {title} <DownOutlined aria-hidden />
                  </button>
                ) : null}
                {(open ? entries : []).map((route) => {
                  const label = t(`nav.${route.nav.label}`);
                  const link = (
                    <Link key={route.path} to={route.path} className={cx(css.link, route.path === current && css.active)} aria-current={route.path === current ? "page" : undefined} aria-label={label}>
                      <span className={css.linkIcon} aria-hidden>{route.nav.icon}</span>
                      {collapsed ? null : label}
                    </Link>
                  );
                  return collapsed ? <Tooltip key={route.path} title={label} placement="right">{link}</Tooltip> : link;
                })}
              </div>
            );
          })}
        </nav>
        <button
          type="button"
          className={css.fold}
          aria-label={t(collapsed ? "nav.expand" : "nav.collapse")}
          aria-expanded={!collapsed}
          onClick={() => {
            localStorage.setItem(KEY, collapsed ? "open" : "collapsed");
            setCollapsed(!collapsed);
          }}
        >
          {collapsed ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
        </button>
      </aside>
      <TopBar routes={visible} />
      <main id="main" className={css.main} tabIndex={-1} aria-busy={navigation.state !== "idle"}>
        {navigation.state === "loading" ? <div className={css.progress} aria-hidden /> : null}
        <ErrorBoundary key={location.pathname}>
          <Suspense fallback={<Spin delay={300} className={css.spin ?? ""} />}>
            <Outlet />
          </Suspense>
        </ErrorBoundary>
      </main>
    </div>
  );
}
