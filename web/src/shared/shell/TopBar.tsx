import { GlobalOutlined, KeyOutlined, LogoutOutlined, MoonOutlined, SearchOutlined, SunOutlined, SyncOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Badge, Button, Dropdown, Popover, Select, Tooltip } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api, type Job, type Page } from "@/api";
import { setLanguage } from "@/shared/i18n";
import { LANGUAGE_NAMES } from "@/shared/i18n/names";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { useTheme } from "@/shared/theme/ThemeProvider";
import { EmptyState } from "@/shared/ui/EmptyState";
import { JobProgress } from "@/shared/ui/JobProgress";
import { Bell } from "./Bell";
import { CommandPalette, type PalettePage } from "./CommandPalette";
import css from "./shell.module.css";
import type { AreaRoute, NavEntry } from "./types";

const ALL = "";
const RUNNING = new Set(["queued", "running", "reading", "applying"]);

function WarehouseSwitch() {
  const { t } = useTranslation();
  const { warehouses, warehouse, setWarehouse } = useScope();
  if (warehouses.length === 0) return null;
  const single = warehouses.length === 1;
  return (
    <Select
      aria-label={t("shell.warehouse")}
      className={css.warehouse ?? ""}
      popupMatchSelectWidth={240}
      disabled={single}
      showSearch={warehouses.length > 8 ? { optionFilterProp: "label" } : false}
      value={warehouse ? String(warehouse.id) : ALL}
      onChange={(value: string) => setWarehouse(value === ALL ? null : value)}
      options={[
        ...(single ? [] : [{ value: ALL, label: t("shell.allWarehouses") }]),
        ...warehouses.map((one) => ({ value: String(one.id), label: `${one.code} ${one.name}` })),
      ]}
    />
  );
}

function Jobs() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const jobs = useQuery({
    queryKey: ["jobs"],
    queryFn: ({ signal }) => api.get<Page<Job>>("/jobs", undefined, signal),
    retry: false,
    refetchInterval: (query) => (query.state.data?.items.some((job) => RUNNING.has(job.state)) ? 2_000 : 20_000),
  });
  const items = jobs.data?.items ?? [];
  const running = items.filter((job) => RUNNING.has(job.state)).length;
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open}
      onOpenChange={setOpen}
      content={
        <div className={css.popover}>
          {items.length === 0 ? <EmptyState compact title={t("shell.jobsNone")} hint={t("shell.jobsNoneHint")} /> : items.map((job) => <Link key={job.id} to={`/imports/${job.id}`} className={css.job} onClick={() => setOpen(false)}><JobProgress job={job} /></Link>)}
        </div>
      }
    >
      <Badge count={running} size="small" offset={[-4, 6]}>
        <Button type="text" icon={<SyncOutlined spin={running > 0} />} aria-label={t("shell.jobs")} title={t("shell.jobs")} />
      </Badge>
    </Popover>
  );
}

/** Scope, search, jobs, alerts, language, theme, user. */
export function TopBar({ routes }: { routes: readonly (AreaRoute & { nav: NavEntry })[] }) {
  const { t, i18n } = useTranslation();
  const { me, signOut } = useSession();
  const { mode, setMode } = useTheme();
  const navigate = useNavigate();
  const [palette, setPalette] = useState(false);
  const pages: PalettePage[] = routes.map((route) => ({ path: route.path, title: t(`nav.${route.nav.label}`) }));
  const name = me.user.display_name || me.user.username;

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setPalette(true);
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  return (
    <header className={css.top}>
      <WarehouseSwitch />
      <button type="button" className={css.search} onClick={() => setPalette(true)} aria-keyshortcuts="Control+K">
        <SearchOutlined aria-hidden />
        <span>{t("shell.search")}</span>
        <kbd>{"Ctrl K"}</kbd>
      </button>
      <div className={css.topRight}>
        <Jobs />
        <Bell />
        <Tooltip title={t("shell.language")}>
          <Dropdown
            trigger={["click"]}
            menu={{
              selectable: true,
              selectedKeys: [i18n.language],
              items: [
                { key: "zh-CN", label: LANGUAGE_NAMES["zh-CN"] },
                { key: "en", label: LANGUAGE_NAMES.en },
              ],
              onClick: ({ key }) => {
                setLanguage(key === "en" ? "en" : "zh-CN");
                void api.patch("/auth/me", { language: key === "en" ? "en" : "zh-hans" }).catch(() => undefined);
              },
            }}
          >
            <Button type="text" icon={<GlobalOutlined />} aria-label={t("shell.language")} />
          </Dropdown>
        </Tooltip>
        <Tooltip title={t(mode === "dark" ? "shell.themeLight" : "shell.themeDark")}>
          <Button type="text" icon={mode === "dark" ? <SunOutlined /> : <MoonOutlined />} aria-label={t("shell.theme")} onClick={() => {
              const next = mode === "dark" ? "light" : "dark";
              setMode(next);
              void api.patch("/auth/me", { theme: next }).catch(() => undefined);
            }} />
        </Tooltip>
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [
              { key: "who", disabled: true, label: `${t("shell.roles")}: ${me.roles.join(", ")}` },
              { type: "divider" },
              { key: "password", icon: <KeyOutlined />, label: t("shell.password") },
              { key: "out", icon: <LogoutOutlined />, label: t("shell.signOut") },
            ],
            onClick: ({ key }) => {
              if (key === "out") void signOut();
              if (key === "password") void navigate("/account/password");
            },
          }}
        >
          <button type="button" className={css.user} aria-label={`${t("shell.user")}: ${name}`}>
            <span className={css.avatar} aria-hidden>{name.slice(0, 1).toUpperCase()}</span>
            <span className="hc-ellipsis">{name}</span>
          </button>
        </Dropdown>
      </div>
      <CommandPalette open={palette} onClose={() => setPalette(false)} pages={pages} />
    </header>
  );
}
