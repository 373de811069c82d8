/** Light or dark, plain or high contrast; chosen here, else as the device is set. */
import { applyTokens, type ThemeMode } from "@/shared/theme/tokens";

export type ThemeChoice = ThemeMode | "auto";
const THEME = "hecang.pda.theme";
const CONTRAST = "hecang.pda.contrast";

export function themeChoice(): ThemeChoice {
  const saved = localStorage.getItem(THEME);
  return saved === "light" || saved === "dark" ? saved : "auto";
}

export function isHighContrast(): boolean {
  const saved = localStorage.getItem(CONTRAST);
  return saved === null ? globalThis.matchMedia("(prefers-contrast: more)").matches : saved === "on";
}

export function setTheme(choice: ThemeChoice): void {
  localStorage.setItem(THEME, choice);
  dress();
}

export function setHighContrast(on: boolean): void {
  localStorage.setItem(CONTRAST, on ? "on" : "off");
  dress();
}

/** Puts the choice on the page. */
export function dress(): void {
  const choice = themeChoice();
  const dark = choice === "auto" ? globalThis.matchMedia("(prefers-color-scheme: dark)").matches : choice === "dark";
  applyTokens(dark ? "dark" : "light");
  document.documentElement.dataset.contrast = isHighContrast() ? "high" : "normal";
}
