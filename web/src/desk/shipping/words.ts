import type { Tone } from "@/shared/ui/states";

/** An open box is work under way; a sealed one without a waybill needs a person. */
export function parcelTone(state: string): { tone?: Tone } {
  return state === "open" ? { tone: "blue" } : state === "sealed" ? { tone: "orange" } : {};
}
