import { describe, expect, it } from "vitest";
import type { Dict } from "./index";
import { i18n } from "./index";

/** Modules of words; each exports the name of its namespace. */
const localeModules = import.meta.glob<string>("../../**/locale.ts", { eager: true, import: "default" });
/** English texts that show Chinese: the language's own name, and a recipient as people paste it. */
const CHINESE_EXAMPLES = new Set(["common:app.latin", "entry:pasteHelp"]);
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

/** Where a module is, seen from the root of the sources. */
const place = (from: string, base = "file:///shared/i18n/") => new URL(from.replace(/^@\//, "/"), base).pathname;
const namespaceAt = new Map(Object.entries(localeModules).map(([file, name]) => [place(file), name]));

/** Namespaces of the words that a module imports. */
function imported(file: string, text: string): string[] {
  return [...text.matchAll(/import \w+ from "([\w@./-]+\/locale)"/g)]
    .map((match) => namespaceAt.get(place(`${match[1] ?? ""}.ts`, `file://${place(file)}`)))
    .filter((one) => one !== undefined);
}

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
      for (const [key, text] of en) expect(text, `en ${key} is Chinese`).not.toMatch(CHINESE_EXAMPLES.has(`${namespace}:${key}`) ? /$^/ : /[\u4e00-\u9fff]/);
    });
  }

  it("has every key that the code asks for", () => {
    const missing: string[] = [];
    for (const [file, text] of Object.entries(sources)) {
      const own = /useTranslation\("(\w+)"\)/.exec(text)?.[1];
      const area = /desk\/(\w+)\//.exec(file)?.[1];
      for (const match of text.matchAll(/\bt\(\s*"([\w:.]+)"/g)) {
        const full = match[1] ?? "";
        const [namespace, key] = full.includes(":") ? (full.split(":") as [string, string]) : [undefined, full];
        const places = namespace ? [namespace] : [own, ...imported(file, text), area, "common"].filter((one): one is string => one !== undefined);
        if (!places.some((place) => i18n.exists(key, { ns: place, fallbackNS: false }) || i18n.exists(`${key}_other`, { ns: place }))) missing.push(`${file}: ${full}`);
      }
    }
    expect(missing).toEqual([]);
  });
});
