import { useQuery } from "@tanstack/react-query";
import { Segmented, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { DateTime } from "@/shared/format/format";
import { cx } from "@/shared/ui/cx";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import css from "./sourcing.module.css";
import NS from "./locale";

const PARTS = ["freight", "handling", "split", "wait", "late", "scarcity"] as const;
type Parts = Record<(typeof PARTS)[number], number>;

interface Place {
  id: number;
  code: string;
  name: string;
  kind: string;
}
interface Candidate {
  warehouse: Place;
  service: { id: number; code: string; name: string } | null;
  km: number | null;
  missing: number;
  units: number;
  leaves_at: string | null;
  arrives_at: string | null;
  is_certain: boolean;
  parts: Parts;
  cost: number;
}
interface Weighing {
  candidates: Candidate[];
  cost: number;
  open_units: number;
  words: string;
}
interface Answer {
  reason: string | null;
  decided_at: string | null;
  decided: Weighing | null;
  now: Weighing | null;
  only: number[];
  never: number[];
}
interface Step {
  code: string;
  at: string | null;
  text: string;
  is_certain: boolean;
}

/** One cost as a bar of its parts, as long as the dearest of them is wide. */
function Cost({ candidate, dearest }: { candidate: Candidate; dearest: number }) {
  const { t } = useTranslation(NS);
  const parts = PARTS.filter((part) => candidate.parts[part] > 0);
  const words = parts.map((part) => `${t(`parts.${part}`)} ${candidate.parts[part].toFixed(2)}`).join(" · ");
  return (
    <div className={css.cost}>
      <div className={css.barRow}>
        <div className={css.track} aria-hidden>
          {parts.map((part) => (
            <span key={part} className={css[part]} style={{ width: `${(candidate.parts[part] / dearest) * 100}%` }} />
          ))}
        </div>
        <strong className="hc-num">{candidate.cost.toFixed(2)}</strong>
      </div>
      <span className={css.words}>{words}</span>
    </div>
  );
}

function Candidates({ weighing }: { weighing: Weighing }) {
  const { t } = useTranslation(NS);
  const dearest = Math.max(...weighing.candidates.map((one) => one.cost), 0.01);
  return (
    <>
      <p className={css.why}>{weighing.words}</p>
      {weighing.open_units > 0 ? <ToneTag tone="orange">{t("openUnits", { count: weighing.open_units })}</ToneTag> : null}
      <ol className={css.list}>
        {weighing.candidates.map((one) => (
          <li key={one.warehouse.id} className={cx(css.candidate, one.units > 0 && css.chosen)}>
            <div className={css.head}>
              <strong>{one.warehouse.name}</strong>
              <span className="hc-muted">{one.warehouse.code}</span>
              {one.warehouse.kind === "warehouse" ? null : <ToneTag tone="grey">{t(`kind.${one.warehouse.kind}`)}</ToneTag>}
              {one.units > 0 ? <ToneTag tone="green">{t("ships", { count: one.units })}</ToneTag> : null}
              {one.missing > 0 ? <ToneTag tone="orange">{t("missing", { count: one.missing })}</ToneTag> : null}
            </div>
            <Cost candidate={one} dearest={dearest} />
            <div className={css.words}>
              {[one.service?.name ?? t("byDistance"), one.km === null ? null : t("km", { km: Math.round(one.km) })].filter(Boolean).join(" · ")}
              {one.leaves_at ? <span>{t("leaves")} <DateTime value={one.leaves_at} mode="absolute" /></span> : null}
              {one.service && one.arrives_at ? <span>{t("arrives")} <DateTime value={one.arrives_at} mode="absolute" /></span> : null}
              {one.is_certain ? null : <span>{t("unsure")}</span>}
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}

function Legend() {
  const { t } = useTranslation(NS);
  return (
    <div className={css.legend} aria-hidden>
      {PARTS.map((part) => <span key={part}><i className={css[part]} />{t(`parts.${part}`)}</span>)}
    </div>
  );
}

function Promise({ orderId }: { orderId: number }) {
  const { t } = useTranslation(NS);
  const query = useQuery({
    queryKey: ["detail", "order", String(orderId), "promise"],
    queryFn: ({ signal }) => api.get<{ steps: Step[] }>(`/orders/${orderId}/promise`, undefined, signal),
  });
  if (!query.data) return query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : <Skeleton active />;
  return (
    <section aria-label={t("promise")}>
      <h3 className={css.title}>{t("promise")}</h3>
      <ol className={css.steps}>
        {query.data.steps.map((step, index) => (
          <li key={`${step.code}-${index}`} className={cx(step.code === "promised" && css.promised)}>
            <span className={css.when}>{step.at ? <DateTime value={step.at} mode="absolute" /> : <span className="hc-faint">{t("unknown")}</span>}</span>
            <strong>{t(`step.${step.code}`)}</strong>
            <span className="hc-muted">{step.text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Why an order comes from where it comes, what each warehouse would cost, and when it arrives. */
export function Sourcing({ orderId }: { orderId: number }) {
  const { t } = useTranslation(NS);
  const [view, setView] = useState<"decided" | "now">("decided");
  const query = useQuery({
    queryKey: ["detail", "order", String(orderId), "sourcing"],
    queryFn: ({ signal }) => api.get<Answer>(`/orders/${orderId}/sourcing`, undefined, signal),
  });
  const answer = query.data;
  if (!answer) return query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : <Skeleton active />;
  const shown = (view === "decided" ? answer.decided : answer.now) ?? answer.decided ?? answer.now;
  return (
    <div className={css.sourcing}>
      <section aria-label={t("why")}>
        <div className={css.top}>
          <h3 className={css.title}>{t("why")}</h3>
          {answer.reason ? <span className="hc-muted">{t(`reason.${answer.reason}`)} <DateTime value={answer.decided_at} mode="absolute" /></span> : null}
          {answer.decided && answer.now ? (
            <Segmented size="small" value={view} onChange={setView} options={[{ value: "decided", label: t("decided") }, { value: "now", label: t("now") }]} />
          ) : null}
        </div>
        {answer.only.length + answer.never.length > 0 ? <p className="hc-muted">{t("fixed")}</p> : null}
        {shown ? <><Candidates weighing={shown} /><Legend /></> : <EmptyState compact title={t("none")} hint={t("noneHint")} />}
        {answer.now === null && shown ? <p className="hc-faint">{t("gone")}</p> : null}
      </section>
      <Promise orderId={orderId} />
    </div>
  );
}
