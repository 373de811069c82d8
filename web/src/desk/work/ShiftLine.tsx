import { useTranslation } from "react-i18next";
import { formatClock } from "@/shared/format/text";
import { useScope } from "@/shared/session/scope";
import NS from "./locale";
import type { Hours } from "./types";

/** Until when somebody works, and their breaks, by the clock of the warehouse. */
export function ShiftLine({ endsAt, breaks }: { endsAt: string | null; breaks: readonly Hours[] }) {
  const { t, i18n } = useTranslation(NS);
  const { timeZone } = useScope();
  const clock = (value: string) => formatClock(value, i18n.language, timeZone);
  const parts = [
    ...(endsAt ? [t("shifts.until", { at: clock(endsAt) })] : []),
    ...breaks.map((one) => t("shifts.rest", { from: clock(one.begins_at), to: clock(one.ends_at) })),
  ];
  return parts.length === 0 ? null : <span className="hc-muted hc-num">{parts.join(" · ")}</span>;
}
