import { describe, expect, it } from "vitest";
import type { Dict } from "./index";
import { i18n } from "./index";

const localeModules = import.meta.glob("../../desk/*/locale.ts", { eager: true });
const sources = import.meta.glob<string>(["../../**/*.{ts,tsx}", "!../../**/*.test.*", "!../../**/locale.ts", "!./*"], { eager: true, query: "?raw", import: "default" });

function flat(dict: Dict, prefix = ""): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(dict)) {
    if (typeof value === "string") all.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) all.set(inner, text);
  }
  return all;
}

const namespaces = Object.keys((i18n.store.data["zh-CN"] ?? {}));
const words = (language: string, namespace: string) => flat(i18n.getResourceBundle(language, namespace) as Dict);

describe("words", () => {
  it("loads the areas", () => {
    expect(Object.keys(localeModules).length).toBeGreaterThan(0);
    expect(namespaces).toContain("common");
  });

  for (const namespace of namespaces) {
    it(`${namespace}: English has every key, with the same placeholders`, () => {
      const zh = words("zh-CN", namespace);
      const en = words("en", namespace);
      const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();
      for (const [key, text] of zh) {
        expect(en.has(key), `en lacks ${key}`).toBe(true);
        expect(holes(en.get(key) ?? ""), key).toEqual(holes(text));
      }
      for (const [key, text] of en) expect(text, `en ${key} is Chinese`).not.toMatch(key === "app.latin" ? /$^/ : /[\u4e00-\u9fff]/);
    });
  }

  it("has every key that the code asks for", () => {
    const missing: string[] = [];
    for (const [file, text] of Object.entries(sources)) {
      const own = /useTranslation\((?:"(\w+)"|(\w+))?\)/.exec(text)?.[1];
      const area = /desk\/(\w+)\//.exec(file)?.[1];
      for (const match of text.matchAll(/\bt\(\s*"([\w:.]+)"/g)) {
        const full = match[1] ?? "";
        const [namespace, key] = full.includes(":") ? (full.split(":") as [string, string]) : [undefined, full];
        const places = namespace ? [namespace] : [own, area, "common"].filter((one): one is string => one !== undefined);
        if (!places.some((place) => i18n.exists(key, { ns: place, fallbackNS: false }) || i18n.exists(`${key}_other`, { ns: place }))) missing.push(`${file}: ${full}`);
      }
    }
    expect(missing).toEqual([]);
  });
});
