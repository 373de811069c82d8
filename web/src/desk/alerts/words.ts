import type { Tone } from "@/shared/ui/states";
import type { StockAlert } from "./types";

export const KINDS = ["below_safety", "below_reorder", "expiring", "expired", "slow", "dead", "overstock"] as const;

const TONES: Record<string, Tone> = { below_safety: "red", below_reorder: "orange", expiring: "orange", expired: "red", slow: "orange", dead: "red", overstock: "orange" };

export function kindTone(kind: string): Tone {
  return TONES[kind] ?? "grey";
}

/** What makes sense for a kind, the likeliest first. */
export function answersFor(kind: string): ("purchase" | "transfer" | "hold" | "promote" | "count")[] {
  switch (kind) {
    case "below_safety":
    case "below_reorder":
      return ["purchase", "transfer", "count"];
    case "expiring":
      return ["promote", "transfer", "hold"];
    case "expired":
      return ["hold", "count"];
    default:
      return kind === "overstock" ? ["transfer", "count"] : ["promote", "transfer", "count"];
  }
}

/** Where the desk shows what an alert has led to. */
export function documentUrl(alert: Pick<StockAlert, "document_kind" | "document_id">): string | undefined {
  const pages: Record<string, string> = { transfer: `/transfers?open=${alert.document_id}`, ticket: `/tickets?open=${alert.document_id}`, purchase_request: "/buying", stock_hold: "/stock/holds", count: `/stock/counts?open=${alert.document_id}` };
  return alert.document_id === null ? undefined : pages[alert.document_kind];
}

/** Key and figure of the words about days. */
export function daysWord(alert: Pick<StockAlert, "kind" | "days">): { key: string; count: number } | null {
  if (alert.days === null) return null;
  if (alert.kind === "expired") return { key: "days.expired", count: Math.max(0, -alert.days) };
  if (alert.kind === "expiring") return alert.days > 0 ? { key: "days.left", count: alert.days } : { key: "days.none", count: 0 };
  return { key: "days.idle", count: alert.days };
}

/** Whether the threshold of a kind counts days, not units. */
export function isInDays(kind: string): boolean {
  return kind === "expiring" || kind === "slow" || kind === "dead";
}
