import { Alert } from "antd";
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { formatNumber } from "@/shared/format/text";
import { Kpi, KpiRow } from "@/shared/ui/Kpi";
import NS from "./locale";
import { percent, saving, walkBars, walkMinutes } from "./walk";
import css from "./waves.module.css";

interface Totals {
  fulfilment_count: number;
  line_count: number;
  unit_count: number;
  short_units?: number;
  walk_mm: number;
  single_walk_mm: number;
  s_shape_mm: number;
}

/** The plan in words first, then in bars: what it does and what it saves. */
export function PlanResult({ plan, batchCount, actions, brief = false }: { plan: Totals; batchCount: number; actions?: ReactNode; brief?: boolean }) {
  const { t, i18n } = useTranslation(NS);
  const metres = (mm: number) => formatNumber(Math.round(mm / 1000), i18n.language);
  const part = saving(plan.walk_mm, plan.single_walk_mm);
  const bars = walkBars(plan);
  return (
    <>
      <section className="hc-card" aria-live="polite">
        <div className={css.headline}>
          <div>
            <h2>{t("result.headline", { count: batchCount, orders: formatNumber(plan.fulfilment_count, i18n.language), metres: metres(plan.walk_mm) })}</h2>
            <div className={part > 0 ? css.saves : "hc-muted"}>
              {part > 0 ? t("result.saves", { saved: metres(plan.single_walk_mm - plan.walk_mm), percent: percent(part, i18n.language) }) : t("result.noSaves")}
            </div>
            {plan.s_shape_mm > plan.walk_mm ? <div className="hc-muted">{t("result.routes", { saved: metres(plan.s_shape_mm - plan.walk_mm), percent: percent(saving(plan.walk_mm, plan.s_shape_mm), i18n.language) })}</div> : null}
          </div>
          <div className="hc-row">{actions}</div>
        </div>
        <div className={css.bars}>
          {bars.map((bar) => (
            <Fragment key={bar.key}>
              <span className={bar.key === "walked" ? "" : "hc-muted"}>{t(`result.${bar.key}`)}</span>
              <span className={css.bar} aria-hidden><span className={bar.key === "walked" ? css.mine : ""} style={{ width: `${100 * bar.part}%` }} /></span>
              <span className={bar.key === "walked" ? "hc-num" : "hc-num hc-muted"}>{t("result.metres", { metres: metres(bar.mm) })}</span>
            </Fragment>
          ))}
        </div>
      </section>
      {plan.short_units ? <Alert type="warning" showIcon title={t("result.short", { count: plan.short_units })} /> : null}
      {brief ? null : <KpiRow>
        <Kpi label={t("result.orders")} value={plan.fulfilment_count} hint={plan.fulfilment_count > 0 ? t("result.perOrder", { metres: metres(plan.walk_mm / plan.fulfilment_count) }) : null} />
        <Kpi label={t("result.batches")} value={batchCount} hint={t("result.minutes", { minutes: formatNumber(walkMinutes(plan.walk_mm), i18n.language) })} />
        <Kpi label={t("result.lines")} value={plan.line_count} />
        <Kpi label={t("result.units")} value={plan.unit_count} />
      </KpiRow>}
    </>
  );
}
