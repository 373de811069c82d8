import type { Tone } from "@/shared/ui/states";

/** Colours of order states where the common mapping does not know what the order desk means by them. */
export function orderTone(state: string): Tone | undefined {
  return state === "pending" ? "orange" : undefined;
}

export const HOLD_CODES = ["stock_short", "amount_limit", "address_incomplete", "blocked_customer", "duplicate_suspected", "remark", "manual", "damaged", "presale_limit", "rule", "credit", "platform", "refund"] as const;

/** Late: to have arrived, or to have been shipped, by now, and not gone yet. */
export function isLate(order: { promised_at: string | null; ship_by?: string | null; state: string }, now: Date): boolean {
  const past = (value: string | null | undefined) => typeof value === "string" && Date.parse(value) < now.getTime();
  return !["shipped", "cancelled", "merged"].includes(order.state) && (past(order.promised_at) || past(order.ship_by));
}

/** Expected to arrive after what the customer was told. */
export function breaksPromise(order: { promised_at: string | null; expected_at: string | null; state: string }): boolean {
  return order.promised_at !== null && order.expected_at !== null && !["cancelled", "merged"].includes(order.state) && Date.parse(order.expected_at) > Date.parse(order.promised_at);
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

/** Wishes of rules that stand as tags, until splitting and merging have acted on them. */
export function isWish(tag: string): boolean {
  return tag.startsWith("wish:");
}

export const KINDS = ["sale", "presale", "exchange", "resend"] as const;
