import { Skeleton } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatNumber } from "@/shared/format/text";
import type { Tone } from "./states";
import css from "./ui.module.css";

interface KpiProps {
  label: ReactNode;
  value: number | null | undefined;
  unit?: string;
  capped?: boolean;
  /** The same figure at this time yesterday. */
  before?: number | null | undefined;
  target?: number | null | undefined;
  /** Colour only when the number asks for something. */
  tone?: Tone | undefined;
  /** The rows this number is made of. */
  to?: string | undefined;
  hint?: ReactNode;
  loading?: boolean;
}

/** One number with unit, trend, target, and a click that opens its rows. */
export function Kpi({ label, value, unit, capped = false, before, target, tone, to, hint, loading = false }: KpiProps) {
  const { t, i18n } = useTranslation();
  const show = (n: number) => formatNumber(n, i18n.language);
  let trend: string | null = null;
  if (value != null && before != null) {
    const difference = value - before;
    trend =
      difference === 0
        ? t("number.trendFlat")
        : t(difference > 0 ? "number.trendUp" : "number.trendDown", { value: show(Math.abs(difference)) });
  }
  const body = (
    <>
      <span className={css.kpiLabel}>{label}</span>
      {loading ? (
        <Skeleton.Button active size="small" className={css.kpiSkeleton ?? ""} />
      ) : (
        <span className={`${css.kpiValue ?? ""} ${tone && value ? (css[`${tone}Text`] ?? "") : ""}`}>
          {value == null ? t("number.none") : capped ? t("number.capped", { value: show(value) }) : show(value)}
          {unit ? <small>{unit}</small> : null}
        </span>
      )}
      <span className={css.kpiHint}>
        {hint ?? trend}
        {target == null ? null : <span> {t("number.target", { value: show(target) })}</span>}
      </span>
    </>
  );
  return to ? <Link to={to} className={`hc-card ${css.kpi ?? ""} ${css.kpiLink ?? ""}`}>{body}</Link> : <div className={`hc-card ${css.kpi ?? ""}`}>{body}</div>;
}

/** A row of KPIs that wraps. */
export function KpiRow({ children }: { children: ReactNode }) {
  return <div className={css.kpiRow}>{children}</div>;
}
