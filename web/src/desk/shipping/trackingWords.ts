import type { Tone } from "@/shared/ui/states";

const TONES: Record<string, Tone> = {
  created: "grey", picked_up: "blue", in_transit: "blue", customs: "blue", out_for_delivery: "blue", at_pickup_point: "blue", delivered: "green",
  attempt_failed: "orange", exception: "orange", returning: "orange", returned: "red", cancelled: "grey", unknown: "grey",
};

export const trackTone = (status: string): Tone => TONES[status] ?? "grey";
export const troubleTone = (trouble: string): Tone => (trouble === "lost" || trouble === "damaged" ? "red" : "orange");

const VERDICTS: Record<string, Tone> = { matched: "green", weight: "orange", price: "orange", unknown: "red", double: "red", not_ours: "red", pending: "grey" };
export const verdictTone = (verdict: string): Tone => VERDICTS[verdict] ?? "grey";
export const decisionTone = (decision: string): Tone => (decision === "accepted" ? "green" : decision === "disputed" ? "red" : "grey");

/** Minutes in hours, below two days, else in days; one decimal. */
export function spanParts(minutes: number): { value: number; unit: "hours" | "days" } {
  return minutes < 2 * 24 * 60 ? { value: Math.round(minutes / 6) / 10, unit: "hours" } : { value: Math.round(minutes / 144) / 10, unit: "days" };
}

/** A share as whole percent; null where nothing was counted. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 1000) / 10;
}
