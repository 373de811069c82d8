/** Numbers, money and times as text. Pure; the components in `format.tsx` add locale and zone. */

export function formatNumber(value: number | string, language: string, fraction = 0): string {
  const number = typeof value === "string" ? Number(value) : value;
  if (!Number.isFinite(number)) return String(value);
  return new Intl.NumberFormat(language, { minimumFractionDigits: fraction, maximumFractionDigits: Math.max(fraction, 3) }).format(number);
}

/** Money comes as a decimal string; never goes through arithmetic here. */
export function formatMoney(amount: string | number, currency: string, language: string): string {
  const number = Number(amount);
  if (!Number.isFinite(number)) return String(amount);
  return new Intl.NumberFormat(language, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(number);
}

/** English days are written 2026-01-31: 01/02 means different days to different readers. */
const dayLanguage = (language: string) => (language.startsWith("en") ? "sv-SE" : language);

export function formatAbsolute(value: string | Date, language: string, timeZone: string, seconds = true): string {
  return new Intl.DateTimeFormat(dayLanguage(language), {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    hourCycle: "h23",
  }).format(new Date(value));
}

/** The hour and minute of a moment in a zone. */
export function formatClock(value: string | Date, language: string, timeZone: string): string {
  return new Intl.DateTimeFormat(language, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(value));
}

export function formatDate(value: string | Date, language: string, timeZone: string): string {
  return new Intl.DateTimeFormat(dayLanguage(language), { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(value));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 30],
  ["month", 12],
  ["year", Number.POSITIVE_INFINITY],
];

/** "3 minutes ago", "in 2 hours": the largest unit that says it. */
export function formatRelative(value: string | Date, now: Date, language: string): string {
  let amount = (new Date(value).getTime() - now.getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(Math.trunc(amount)) < size) return format.format(Math.trunc(amount), unit);
    amount /= size;
  }
  return "";
}

/** 00:42:07 for countdowns; negative when late. */
export function formatCountdown(milliseconds: number): string {
  const late = milliseconds < 0;
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const part = (n: number) => String(n).padStart(2, "0");
  return `${late ? "-" : ""}${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`;
}
