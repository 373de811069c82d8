/**
 * Words. Chinese first, English complete; TypeScript refuses an English file that lacks a key.
 *
 * Shared words live here in namespace "common"; each area adds its own:
 *   // desk/orders/locale.ts
 *   export default addLocale("orders", { title: "订单" }, { title: "Orders" });
 */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { setApiLanguage } from "@/api/client";
import { en } from "./en";
import { zh } from "./zh";

export type Language = "zh-CN" | "en";

export interface Dict {
  [key: string]: string | Dict;
}
/** The same keys, other words. Plural forms (key_one) may be added by the language that has them. */
export type Shape<T> = { [K in keyof T]: T[K] extends string ? string : Shape<T[K]> } & { [K in keyof T as T[K] extends string ? `${K & string}_one` : never]?: string };

const KEY = "hecang.language";

function initialLanguage(): Language {
  const saved = localStorage.getItem(KEY);
  if (saved === "zh-CN" || saved === "en") return saved;
  return navigator.language.toLowerCase().startsWith("en") ? "en" : "zh-CN";
}

export const i18n = i18next.createInstance();

export function apiLanguage(language: string): string {
  return language.startsWith("zh") ? "zh-hans" : "en";
}

i18n.on("languageChanged", (language) => {
  document.documentElement.lang = language;
  setApiLanguage(apiLanguage(language));
});

void i18n.use(initReactI18next).init({
  lng: initialLanguage(),
  fallbackLng: "zh-CN",
  ns: ["common"],
  defaultNS: "common",
  fallbackNS: "common",
  resources: { "zh-CN": { common: zh }, en: { common: en } },
  interpolation: { escapeValue: false },
  initAsync: false,
});

/** Whether a language was chosen on this device. */
export function hasChosenLanguage(): boolean {
  return localStorage.getItem(KEY) !== null;
}

export function setLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
  void i18n.changeLanguage(language);
}

/** Adds the words of one area; call it at module level in the area's `locale.ts`. */
export function addLocale<T extends Dict>(namespace: string, zhWords: T, enWords: Shape<T>): string {
  i18n.addResourceBundle("zh-CN", namespace, zhWords, true, true);
  i18n.addResourceBundle("en", namespace, enWords, true, true);
  return namespace;
}
