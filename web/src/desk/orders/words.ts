import type { Tone } from "@/shared/ui/states";

/** Colours of order states where the common mapping does not know what the order desk means by them. */
export function orderTone(state: string): Tone | undefined {
  return state === "pending" ? "orange" : undefined;
}

export const HOLD_CODES = ["stock_short", "amount_limit", "address_incomplete", "blocked_customer", "duplicate_suspected", "remark", "manual", "damaged", "presale_limit", "rule", "credit"] as const;

/** Late: promised, past, and not gone yet. */
export function isLate(order: { promised_at: string | null; state: string }, now: Date): boolean {
  return order.promised_at !== null && !["shipped", "cancelled", "merged"].includes(order.state) && Date.parse(order.promised_at) < now.getTime();
}

/** "orders.order.approved" → "approved"; "orders.recipient.viewed" → "recipient_viewed". */
export function eventCode(action: string): string {
  const parts = action.split(".").slice(1);
  if (parts[0] === "order" || parts.length === 0) parts.shift();
  return parts.join("_") || action;
}

/** The texts under some keys of an audit entry, whether single or in a list. */
export function textsOf(values: Record<string, unknown> | null, keys: readonly string[]): string[] {
  return keys.flatMap((key) => {
    const value = values?.[key];
    return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string" && one !== "");
  });
}
