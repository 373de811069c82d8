// Fails when the first load or a route asks for more script than its budget (gzip).
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const FIRST_LOAD = 350 * 1024;
const NEXT_ROUTE = 120 * 1024;
/** Chunks that several routes share are loaded once; these are measured on their own. */
const LAZY_LIBRARY = 220 * 1024;

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const bytes = new Map();

function gz(file) {
  if (!bytes.has(file)) bytes.set(file, gzipSync(readFileSync(new URL(file, dist))).length);
  return bytes.get(file);
}

/** Every chunk that loads together with `key`. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

const kb = (n) => `${(n / 1024).toFixed(1)} KB`;
const sum = (keys) => [...keys].reduce((all, key) => all + gz(manifest[key].file), 0);
const failures = [];

const BUYERS_PAGE = 80 * 1024;
const track = sum(closure("track.html"));
console.log(`buyer's page          ${kb(track)} of ${kb(BUYERS_PAGE)}`);
if (track > BUYERS_PAGE) failures.push("buyer's page");

const PARTNERS_PAGE = 90 * 1024;
const partner = sum(closure("partner.html"));
console.log(`partners' page        ${kb(partner)} of ${kb(PARTNERS_PAGE)}`);
if (partner > PARTNERS_PAGE) failures.push("partners' page");

const HANDHELD = 200 * 1024;
const pda = sum(closure("pda.html"));
console.log(`handheld              ${kb(pda)} of ${kb(HANDHELD)}`);
if (pda > HANDHELD) failures.push("handheld");

const entry = "index.html";
const first = closure(entry);
const firstSize = sum(first);
console.log(`first load            ${kb(firstSize)} of ${kb(FIRST_LOAD)}`);
if (firstSize > FIRST_LOAD) failures.push("first load");

const users = new Map();
const routes = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry);
for (const key of routes)
  for (const part of closure(key)) if (!first.has(part)) users.set(part, (users.get(part) ?? 0) + 1);

for (const key of routes) {
  const own = [...closure(key)].filter((part) => !first.has(part) && users.get(part) === 1);
  const size = sum(own);
  const limit = key.includes("/Chart") || key.includes("node_modules") ? LAZY_LIBRARY : NEXT_ROUTE;
  if (size > 20 * 1024) console.log(`${key.replace("src/", "").padEnd(40)} ${kb(size)}`);
  if (size > limit) failures.push(key);
}
for (const [part, count] of users) {
  if (count < 2) continue;
  const size = gz(manifest[part].file);
  if (size > 20 * 1024) console.log(`shared by ${String(count).padEnd(3)} ${manifest[part].file.padEnd(30)} ${kb(size)}`);
  if (size > LAZY_LIBRARY) failures.push(part);
}
if (failures.length > 0) {
  console.error(`Over budget: ${failures.join(", ")}`);
  process.exit(1);
}
