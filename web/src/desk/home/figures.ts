import type { Tone } from "@/shared/ui/states";

/** Today's numbers, by name; a number that the user may not see is absent. */
export type Figures = Partial<Record<string, number>>;

export interface AttentionItem {
  key: string;
  count: number;
  tone: Tone;
  to: string;
}

const WATCHED: { key: string; tone: Tone; to: string }[] = [
  { key: "late", tone: "red", to: "/orders?sort=promised_at" },
  { key: "held", tone: "orange", to: "/orders?tab=held" },
  { key: "short", tone: "orange", to: "/orders?tab=short" },
  { key: "pending", tone: "orange", to: "/orders?tab=pending" },
  { key: "putbacks_open", tone: "orange", to: "/putbacks" },
  { key: "parcels_waiting", tone: "blue", to: "/manifests" },
  { key: "findings", tone: "orange", to: "/products?tab=findings" },
];

/** What needs a person, the most urgent first; nothing that is zero. */
export function attention(figures: Figures): AttentionItem[] {
  return WATCHED.flatMap(({ key, tone, to }) => {
    const count = figures[key] ?? 0;
    return count > 0 ? [{ key, tone, to, count }] : [];
  });
}

/** The stations between order and parcel, in their order; absent ones are left out. */
export const FLOW: { key: string; to: string; tone?: Tone }[] = [
  { key: "pending", to: "/orders?tab=pending", tone: "orange" },
  { key: "approved", to: "/orders?tab=approved" },
  { key: "fulfilments_ready", to: "/waves" },
  { key: "fulfilments_released", to: "/picking" },
  { key: "fulfilments_picked", to: "/packing" },
  { key: "parcels_waiting", to: "/manifests" },
  { key: "shipped_today", to: "/orders?tab=shipped" },
];

export function partOfDay(hour: number): "morning" | "afternoon" | "evening" {
  if (hour >= 5 && hour < 12) return "morning";
  return hour >= 12 && hour < 18 ? "afternoon" : "evening";
}
