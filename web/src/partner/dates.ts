/** Days and moments where the warehouse stands, whatever the reader's clock says. */
import type { Language } from "./locale";

/** Noon of a day in UTC: the same calendar day in every time zone that warehouses stand in, shown as UTC. */
const noon = (day: string) => new Date(`${day}T12:00:00Z`);

export function dayText(day: string, language: Language): string {
  return new Intl.DateTimeFormat(language, { month: "short", day: "numeric", weekday: "short", timeZone: "UTC" }).format(noon(day));
}

export function clockText(moment: string, language: Language, timeZone: string): string {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone }).format(new Date(moment));
}

export function momentText(moment: string, language: Language, timeZone: string): string {
  return new Intl.DateTimeFormat(language, { month: "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false, timeZone }).format(new Date(moment));
}

/** The calendar day of a moment at the warehouse, as `2026-03-02`. */
export function dayAt(moment: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone }).format(moment);
}

/** The days that can be booked: from the notice on to the horizon. */
export function bookableDays(now: Date, leadHours: number, horizonDays: number, timeZone: string): string[] {
  const days: string[] = [];
  const first = now.getTime() + leadHours * 3_600_000;
  const last = now.getTime() + horizonDays * 86_400_000;
  for (let at = first; at <= last; at += 86_400_000) {
    const day = dayAt(new Date(at), timeZone);
    if (day !== days.at(-1)) days.push(day);
  }
  return days;
}

/** What a `datetime-local` field says, as a moment: it is wall-clock time of the warehouse. */
export function momentOf(local: string, timeZone: string): string {
  const asUtc = new Date(`${local}:00Z`).getTime();
  const offset = (at: number) => {
    const parts = Object.fromEntries(new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).formatToParts(new Date(at)).map((part) => [part.type, part.value]));
    return Date.parse(`${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:00Z`) - at;
  };
  return new Date(asUtc - offset(asUtc - offset(asUtc))).toISOString();
}
