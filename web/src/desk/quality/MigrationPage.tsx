import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, apiUrl } from "@/api";
import { cx } from "@/shared/ui/cx";
import { ErrorState } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader } from "@/shared/ui/PageHeader";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import css from "./quality.module.css";

interface Step {
  kind: string;
  title: string;
  why: string;
  there: number;
  findings: number;
  allowed: boolean;
  optional: boolean;
}

/** The way from spreadsheets, step by step. */
export default function MigrationPage() {
  const { t } = useTranslation(NS);
  const steps = useQuery({ queryKey: ["quality", "migration"], queryFn: () => api.get<{ items: Step[] }>("/quality/migration") });
  const next = steps.data?.items.find((step) => step.there === 0 && !step.optional);
  return (
    <>
      <PageHeader title={t("move.title")} hint={t("move.hint")} />
      <PageBody>
        {steps.isError ? <ErrorState error={steps.error} onRetry={() => void steps.refetch()} /> : null}
        {steps.isLoading ? <Skeleton active /> : null}
        <ol className={css.steps}>
          {steps.data?.items.map((step, index) => (
            <li key={step.kind} className={cx(css.step, step.there > 0 && css.done)} aria-current={step === next ? "step" : undefined}>
              <span className={css.number} aria-hidden>{index + 1}</span>
              <span>
                <strong>{step.title}</strong> {step.optional ? <span className="hc-faint">{t("move.optional")}</span> : null} {step === next ? <ToneTag tone="blue">{t("move.next")}</ToneTag> : null}
                <div className="hc-muted">{step.why}</div>
              </span>
              <span>
                {step.there > 0 ? <ToneTag tone="green">{t("move.there", { count: step.there })}</ToneTag> : <span className="hc-faint">{t("move.there", { count: 0 })}</span>}
                {step.findings > 0 ? <div><Link to="/quality">{t("move.findings", { count: step.findings })}</Link></div> : null}
              </span>
              <span className={css.actions}>
                <Button href={apiUrl(`/imports/kinds/${step.kind}/template.csv`)}>{t("move.template")}</Button>
                {step.allowed ? <Link to={`/imports/new?kind=${step.kind}`}><Button type={step === next ? "primary" : "default"}>{t("move.import")}</Button></Link> : <Button disabled title={t("move.noRight")}>{t("move.import")}</Button>}
              </span>
            </li>
          ))}
        </ol>
      </PageBody>
    </>
  );
}
