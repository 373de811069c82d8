import { Tooltip } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useScope } from "@/shared/session/scope";
import { formatAbsolute, formatDate, formatMoney, formatNumber, formatRelative } from "./text";

const NONE = "—";

/** A figure with its unit, tabular digits. `unit` is a key of common `unit.*` or plain text of the data (pcs, 箱). */
export function Quantity({ value, unit, fraction }: { value: number | string | null | undefined; unit?: string; fraction?: number }) {
  const { i18n } = useTranslation();
  if (value === null || value === undefined || value === "") return <span className="hc-faint">{NONE}</span>;
  return (
    <span className="hc-num">
      {formatNumber(value, i18n.language, fraction)}
      {unit ? <span className="hc-faint"> {i18n.exists(`unit.${unit}`) ? i18n.t(`unit.${unit}`) : unit}</span> : null}
    </span>
  );
}

/** Money with its currency. */
export function Money({ amount, currency = "CNY" }: { amount: number | string | null | undefined; currency?: string | undefined }) {
  const { i18n } = useTranslation();
  if (amount === null || amount === undefined || amount === "") return <span className="hc-faint">{NONE}</span>;
  return <span className="hc-num">{formatMoney(amount, currency, i18n.language)}</span>;
}

/** One shared clock, so that a thousand relative times cost one timer. */
let now = new Date();
const listeners = new Set<(value: Date) => void>();
let timer: ReturnType<typeof setInterval> | undefined;

export function useNow(): Date {
  const [value, setValue] = useState(now);
  useEffect(() => {
    listeners.add(setValue);
    timer ??= setInterval(() => {
      now = new Date();
      for (const listener of listeners) listener(now);
    }, 30_000);
    return () => {
      listeners.delete(setValue);
      if (listeners.size === 0) {
        clearInterval(timer);
        timer = undefined;
      }
    };
  }, []);
  return value;
}

/** A time in the warehouse's zone: relative with the absolute on hover, or absolute with `mode="absolute"`. */
export function DateTime({ value, mode = "relative" }: { value: string | null | undefined; mode?: "relative" | "absolute" | "date" }) {
  const { i18n } = useTranslation();
  const { timeZone } = useScope();
  const clock = useNow();
  if (!value) return <span className="hc-faint">{NONE}</span>;
  const absolute = formatAbsolute(value, i18n.language, timeZone);
  if (mode === "date") return <span className="hc-num">{formatDate(value, i18n.language, timeZone)}</span>;
  if (mode === "absolute") return <time className="hc-num" dateTime={value}>{formatAbsolute(value, i18n.language, timeZone, false)}</time>;
  // A clock that ticks every 30 s must not show a fresh event as lying in the future.
  const reference = new Date(Math.max(clock.getTime(), Math.min(Date.parse(value), clock.getTime() + 30_000)));
  return (
    <Tooltip title={`${absolute} (${timeZone})`}>
      <time className="hc-num" dateTime={value}>{formatRelative(value, reference, i18n.language)}</time>
    </Tooltip>
  );
}
