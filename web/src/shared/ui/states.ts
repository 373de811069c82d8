/** One colour per meaning, everywhere: grey draft, blue in progress, orange needs a person, red broken, green done. */
export type Tone = "grey" | "blue" | "orange" | "red" | "green";

const TONES: Record<Tone, readonly string[]> = {
  grey: ["draft", "new", "created", "imported", "planned", "cancelled", "inactive", "retired", "expired", "skipped", "closed", "merged", "disabled", "archived", "info"],
  blue: [
    "in_progress", "running", "queued", "pending", "approved", "sourced", "reserved", "allocated", "released", "planning", "picking", "picked", "sorting", "sorted", "packing",
    "packed", "verifying", "verified", "labelled", "sealed", "manifested", "loading", "loaded", "assigned", "accepted", "in_transit", "started", "partially_shipped", "partially_reserved",
    "processing", "reading", "applying", "receiving", "validating", "importing", "waved", "confirmed", "ready", "in_use", "sourcing", "fulfilling", "handed_over", "staged",
  ],
  orange: [
    "to_audit", "pending_audit", "open", "held", "on_hold", "short", "shortage", "backordered", "exception", "waiting", "review", "needs_review", "warning", "to_approve",
    "late", "suspended", "partial", "quarantine", "to_confirm", "needs_mapping", "validated", "checked", "partially_done",
  ],
  red: ["failed", "error", "blocked", "rejected", "damaged", "lost", "broken", "overdue", "returned", "refused", "locked", "invalid", "undeliverable"],
  green: ["done", "completed", "shipped", "delivered", "resolved", "active", "ok", "available", "good", "success", "succeeded", "finished", "sellable", "consumed", "enabled", "put_away", "taken"],
};

const BY_STATE = new Map(Object.entries(TONES).flatMap(([tone, states]) => states.map((state) => [state, tone as Tone] as const)));

/** The tone of a state code; an unknown code is grey, never a guess. */
export function toneOf(state: string): Tone {
  return BY_STATE.get(state.toLowerCase()) ?? "grey";
}
