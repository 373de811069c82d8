import type { Tone } from "@/shared/ui/states";

export interface Figure {
  count: number;
  /** More than can be counted quickly. */
  capped: boolean;
}

/** Today's numbers by name ("orders_held"); one that the user may not see is absent. */
export type Figures = Partial<Record<string, Figure>>;

/** Groups of numbers, plain or with `capped`, as one flat record. */
export function flatten(groups: Record<string, unknown>): Figures {
  const figures: Figures = {};
  for (const [group, values] of Object.entries(groups)) {
    if (typeof values !== "object" || values === null) continue;
    for (const [key, value] of Object.entries(values as Record<string, unknown>)) {
      const name = `${group}_${key}`;
      if (typeof value === "number") figures[name] = { count: value, capped: false };
      else if (typeof value === "object" && value !== null && "count" in value && typeof value.count === "number")
        figures[name] = { count: value.count, capped: "capped" in value && value.capped === true };
    }
  }
  return figures;
}

interface Watched {
  key: string;
  tone: Tone;
  to: string;
}

export interface AttentionItem extends Watched, Figure {}

const WATCHED: Watched[] = [
  { key: "fulfilments_late", tone: "red", to: "/orders?tab=approved&sort=promised_at" },
  { key: "orders_held", tone: "orange", to: "/orders?tab=held" },
  { key: "orders_short", tone: "orange", to: "/orders?tab=short" },
  { key: "orders_pending", tone: "orange", to: "/orders?tab=pending" },
  { key: "orders_cancelling", tone: "orange", to: "/orders?tab=cancelling" },
  { key: "tasks_putback", tone: "orange", to: "/putbacks" },
  { key: "parcels_without_label", tone: "orange", to: "/parcels" },
  { key: "parcels_labelled", tone: "blue", to: "/manifests" },
];

/** What needs a person, the most urgent first; nothing that is zero. */
export function attention(figures: Figures): AttentionItem[] {
  return WATCHED.flatMap((watched) => {
    const figure = figures[watched.key];
    return figure && figure.count > 0 ? [{ ...watched, ...figure }] : [];
  });
}

/** The stations between order and parcel, in their order; absent ones are left out. */
export const FLOW: { key: string; to: string; tone?: Tone }[] = [
  { key: "orders_pending", to: "/orders?tab=pending", tone: "orange" },
  { key: "fulfilments_ready", to: "/waves" },
  { key: "fulfilments_released", to: "/picking" },
  { key: "fulfilments_picked", to: "/packing" },
  { key: "parcels_labelled", to: "/manifests" },
  { key: "shipped_today_orders", to: "/orders?tab=shipped" },
];

export const TODAY: { key: string; to: string; tone?: Tone }[] = [
  { key: "orders_received_today", to: "/orders" },
  { key: "shipped_today_orders", to: "/orders?tab=shipped" },
  { key: "shipped_today_parcels", to: "/parcels" },
  { key: "shipped_today_units", to: "/parcels" },
  { key: "waves_released", to: "/waves" },
  { key: "tasks_pick", to: "/picking" },
];

export function partOfDay(hour: number): "morning" | "afternoon" | "evening" {
  if (hour >= 5 && hour < 12) return "morning";
  return hour >= 12 && hour < 18 ? "afternoon" : "evening";
}
