import type { ThemeConfig } from "antd";

/** The one set of tokens. Everything that has a colour takes it from here (CSS: `var(--hc-…)`). */
export type ThemeMode = "light" | "dark";

const light = {
  bg: "#f6f7f9",
  surface: "#ffffff",
  raised: "#ffffff",
  sunken: "#f1f3f6",
  hover: "#f3f4f8",
  border: "#e4e7ec",
  borderStrong: "#cdd2da",
  text: "#161a22",
  text2: "#505a6b",
  text3: "#5f6878",
  primary: "#3f51d1",
  primaryHover: "#3343b5",
  primarySoft: "#eef0fd",
  onPrimary: "#ffffff",
  focus: "#3f51d1",
  grey: "#5b6474",
  greySoft: "#eef0f3",
  blue: "#1a5fc4",
  blueSoft: "#e8f1fd",
  orange: "#a14a05",
  orangeSoft: "#fef0e1",
  red: "#be1f2e",
  redSoft: "#fdebec",
  green: "#1a7440",
  greenSoft: "#e5f5ec",
  shadow: "0 8px 28px rgba(16, 24, 40, 0.12), 0 1px 3px rgba(16, 24, 40, 0.08)",
};

const dark: typeof light = {
  bg: "#0e1014",
  surface: "#16191f",
  raised: "#1d2129",
  sunken: "#11141a",
  hover: "#1f242d",
  border: "#272c36",
  borderStrong: "#3a414e",
  text: "#e8eaef",
  text2: "#a9b1bf",
  text3: "#8b94a4",
  primary: "#8b9bff",
  primaryHover: "#a3b0ff",
  primarySoft: "#222845",
  onPrimary: "#10131f",
  focus: "#9dabff",
  grey: "#aab2c0",
  greySoft: "#262b35",
  blue: "#7db4ff",
  blueSoft: "#14294a",
  orange: "#f7a957",
  orangeSoft: "#3a2610",
  red: "#ff8a8f",
  redSoft: "#41191d",
  green: "#66cf93",
  greenSoft: "#12331f",
  shadow: "0 12px 32px rgba(0, 0, 0, 0.5), 0 1px 2px rgba(0, 0, 0, 0.4)",
};

export const palettes = { light, dark };

export const fontFamily =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "Helvetica Neue", Arial, sans-serif';

const kebab = (name: string): string => name.replace(/[A-Z0-9]/g, (c) => `-${c.toLowerCase()}`);

/** Puts the palette of `mode` on the page as CSS variables. */
export function applyTokens(mode: ThemeMode, root: HTMLElement = document.documentElement): void {
  root.dataset.theme = mode;
  root.style.colorScheme = mode;
  root.style.setProperty("--hc-font", fontFamily);
  for (const [name, value] of Object.entries(palettes[mode])) root.style.setProperty(`--hc-${kebab(name)}`, value);
}

/** The same values for Ant Design. */
export function antTheme(mode: ThemeMode, algorithm: ThemeConfig["algorithm"]): ThemeConfig {
  const c = palettes[mode];
  return {
    ...(algorithm ? { algorithm } : {}),
    token: {
      colorPrimary: c.primary,
      colorInfo: c.blue,
      colorSuccess: c.green,
      colorWarning: c.orange,
      colorError: c.red,
      colorInfoBg: c.blueSoft,
      colorSuccessBg: c.greenSoft,
      colorWarningBg: c.orangeSoft,
      colorErrorBg: c.redSoft,
      colorInfoBorder: c.border,
      colorSuccessBorder: c.border,
      colorWarningBorder: c.border,
      colorErrorBorder: c.border,
      colorLink: c.primary,
      colorLinkHover: c.primaryHover,
      colorTextBase: c.text,
      colorText: c.text,
      colorTextSecondary: c.text2,
      colorTextTertiary: c.text3,
      colorTextDescription: c.text2,
      colorTextPlaceholder: c.text3,
      colorTextLightSolid: c.onPrimary,
      colorBgLayout: c.bg,
      colorBgContainer: c.surface,
      colorBgElevated: c.raised,
      colorBorder: c.borderStrong,
      colorBorderSecondary: c.border,
      colorSplit: c.border,
      fontFamily,
      fontSize: 13,
      borderRadius: 6,
      controlHeight: 32,
      motionDurationMid: "0.12s",
      motionDurationSlow: "0.18s",
      boxShadowSecondary: c.shadow,
    },
    components: {
      Table: {
        headerBg: c.sunken,
        headerColor: c.text2,
        headerSplitColor: "transparent",
        headerSortActiveBg: c.sunken,
        headerSortHoverBg: c.hover,
        bodySortBg: c.surface,
        rowHoverBg: c.hover,
        rowSelectedBg: c.primarySoft,
        rowSelectedHoverBg: c.primarySoft,
        borderColor: c.border,
        cellPaddingBlockSM: 6,
        cellPaddingInlineSM: 10,
        cellPaddingBlockMD: 9,
        cellPaddingInlineMD: 12,
        headerBorderRadius: 0,
      },
      Tooltip: { colorBgSpotlight: mode === "light" ? "#1c212b" : "#39404d", colorTextLightSolid: "#ffffff" },
      Tabs: { horizontalItemPadding: "8px 0", horizontalItemGutter: 22, titleFontSize: 13 },
      Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none", fontWeight: 500 },
      Form: { itemMarginBottom: 18 },
      Drawer: { paddingLG: 20 },
    },
  };
}
