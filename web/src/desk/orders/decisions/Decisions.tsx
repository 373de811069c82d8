import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState } from "@/shared/ui/ErrorState";
import { Timeline, type TimelineEvent } from "@/shared/ui/Timeline";
import NS from "./locale";

interface Decision {
  id: number;
  stage: string;
  rule: { id: number; name: string; version: number | null } | null;
  code: string;
  title: string;
  outcome: ({ action: string } & Record<string, unknown>)[];
  facts: { name: string; label: string; value: string }[];
  actor: string;
  decided_at: string;
}

function told(parameters: Record<string, unknown>): string {
  return Object.values(parameters).flat().filter((value) => value !== "" && value !== null).map(String).join(" ");
}

function Outcome({ outcome }: { outcome: Decision["outcome"] }) {
  const { t } = useTranslation(NS);
  return outcome.map(({ action, ...parameters }, place) => (
    <span key={place}>{`${place > 0 ? " · " : ""}${t(`outcome.${action}`, { defaultValue: action })} ${told(parameters)}`}</span>
  ));
}

/** Which rule or check decided what on an order, and on which facts. */
export function Decisions({ orderId }: { orderId: number }) {
  const { t } = useTranslation(NS);
  const list = useQuery({
    queryKey: ["detail", "order", String(orderId), "decisions"],
    queryFn: ({ signal }) => api.get<{ items: Decision[]; by_default: boolean }>(`/orders/${orderId}/decisions`, undefined, signal),
  });
  if (list.error) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data) return null;
  if (list.data.by_default) return <Alert type="success" showIcon title={t("byDefault")} />;
  if (list.data.items.length === 0) return <EmptyState compact title={t("none")} hint={t("noneHint")} />;
  const events = list.data.items.map((decision): TimelineEvent => ({
    id: decision.id,
    at: decision.decided_at,
    who: decision.actor,
    title: (
      <>
        {decision.rule ? <Link to={`/rules/${decision.rule.id}`}>{decision.title}</Link> : decision.title}{" "}
        <span className="hc-faint">{`${t(`stage.${decision.stage}`)} · ${decision.rule ? t("version", { version: decision.rule.version }) : t("builtIn")}`}</span>
      </>
    ),
    note: (
      <>
        <div><Outcome outcome={decision.outcome} /></div>
        {decision.rule && decision.facts.length > 0 ? <div className="hc-muted">{`${t("because")}: ${decision.facts.map((fact) => `${fact.label} ${fact.value}`).join(" · ")}`}</div> : null}
      </>
    ),
    tone: decision.outcome.some(({ action }) => action === "hold") ? "orange" : "green",
  }));
  return <Timeline events={events} />;
}
