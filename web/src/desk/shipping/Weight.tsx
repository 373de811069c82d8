import { useTranslation } from "react-i18next";
import { formatNumber } from "@/shared/format/text";

/** Grams in the unit that people say: under a kilogram in grams. */
export function weightText(grams: number, language: string): string {
  return grams < 1000 ? `${formatNumber(grams, language)} g` : `${formatNumber(grams / 1000, language)} kg`;
}

export function Weight({ grams }: { grams: number | null | undefined }) {
  const { i18n } = useTranslation();
  return grams == null ? <span className="hc-faint">{"—"}</span> : <span className="hc-num">{weightText(grams, i18n.language)}</span>;
}
