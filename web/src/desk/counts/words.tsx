import type { Tone } from "@/shared/ui/states";
import { ToneTag } from "@/shared/ui/StateTag";
import { useTranslation } from "react-i18next";
import NS from "./locale";

export const KINDS = ["full", "zone", "sample", "cycle", "risk", "event"] as const;
export const LOCATION_KINDS = ["pick_face", "reserve", "returns", "quarantine", "damaged", "staging", "pack_station", "dock"] as const;
export const CLASSES = ["A", "B", "C"] as const;

const TONES: Record<string, Tone> = {
  draft: "grey", open: "blue", counted: "orange", closed: "green", cancelled: "grey", counting: "blue", done: "green", skipped: "grey",
  matched: "green", recount: "orange", approve: "orange", accepted: "blue", posted: "green", blocked: "red", dismissed: "grey", superseded: "grey",
};

/** The state of a count, place or line. */
export function CountState({ state }: { state: string }) {
  const { t } = useTranslation(NS);
  return <ToneTag tone={TONES[state] ?? "grey"}>{t(`state.${state}`, { defaultValue: state })}</ToneTag>;
}

/** A share as people read it. */
export function percent(value: number | null | undefined, digits = 1): string {
  return value == null ? "–" : `${(value * 100).toFixed(digits)} %`;
}

/** A difference with its sign; nothing where it is hidden. */
export function Signed({ value, unit }: { value: number | null; unit?: string }) {
  const { i18n } = useTranslation(NS);
  if (value === null) return <span className="hc-faint">–</span>;
  const words = new Intl.NumberFormat(i18n.language, { signDisplay: "exceptZero" }).format(value);
  return <span className={value === 0 ? "hc-num hc-faint" : "hc-num"}>{words}{unit ? ` ${unit}` : ""}</span>;
}
