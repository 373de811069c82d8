import type { Tone } from "@/shared/ui/states";

/** Colours of order states where the common mapping does not know what the order desk means by them. */
export function orderTone(state: string): Tone | undefined {
  return state === "pending" ? "orange" : undefined;
}

export const HOLD_CODES = ["stock_short", "amount_limit", "address_incomplete", "blocked_customer", "duplicate_suspected", "remark", "manual", "damaged"] as const;

/** Late: promised, past, and not gone yet. */
export function isLate(order: { promised_at: string | null; state: string }, now: Date): boolean {
  return order.promised_at !== null && !["shipped", "cancelled"].includes(order.state) && Date.parse(order.promised_at) < now.getTime();
}
