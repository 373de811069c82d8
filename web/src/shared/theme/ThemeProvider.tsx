import { App as AntApp, ConfigProvider, theme as antd } from "antd";
import type { Locale } from "antd/es/locale";
import english from "antd/es/locale/en_US";
import { createContext, use, useEffect, useLayoutEffect, useMemo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { antTheme, applyTokens, type ThemeMode } from "./tokens";

const KEY = "hecang.theme";

interface ThemeValue {
  mode: ThemeMode;
  setMode: (mode: ThemeMode) => void;
}

const ThemeContext = createContext<ThemeValue>({ mode: "light", setMode: () => undefined });

/** Whether a theme was chosen on this device. */
export function hasChosenTheme(): boolean {
  return localStorage.getItem(KEY) !== null;
}

function initialMode(): ThemeMode {
  const saved = localStorage.getItem(KEY);
  if (saved === "light" || saved === "dark") return saved;
  return globalThis.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Light or dark, remembered; sets CSS variables and Ant Design's theme and words together. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const [mode, setMode] = useState<ThemeMode>(initialMode);
  const [chinese, setLocale] = useState<Locale>(english);

  useLayoutEffect(() => {
    applyTokens(mode);
  }, [mode]);

  useEffect(() => {
    let live = true;
    if (i18n.language.startsWith("zh"))
      void import("antd/es/locale/zh_CN").then((module) => {
        if (live) setLocale(module.default);
      });
    return () => {
      live = false;
    };
  }, [i18n.language]);

  const value = useMemo<ThemeValue>(
    () => ({
      mode,
      setMode: (next) => {
        localStorage.setItem(KEY, next);
        setMode(next);
      },
    }),
    [mode],
  );
  const theme = useMemo(() => antTheme(mode, mode === "dark" ? antd.darkAlgorithm : antd.defaultAlgorithm), [mode]);

  return (
    <ThemeContext value={value}>
      <ConfigProvider
        theme={theme}
        button={{ autoInsertSpace: false }}
        locale={i18n.language.startsWith("zh") ? chinese : english}
      >
        <AntApp component={false} message={{ maxCount: 3, duration: 4 }} notification={{ placement: "bottomRight" }}>
          {children}
        </AntApp>
      </ConfigProvider>
    </ThemeContext>
  );
}

export function useTheme(): ThemeValue {
  return use(ThemeContext);
}
