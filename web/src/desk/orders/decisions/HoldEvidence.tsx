import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Money } from "@/shared/format/format";
import NS from "./locale";
import type { OrderHold } from "../types";

interface Duplicate {
  order_id?: number;
  number?: string;
  shop?: string;
  same_shop?: boolean;
  minutes?: number;
  matches?: string[];
  in_same_message?: boolean;
}

interface Credit {
  reason: string;
  limit: string;
  open: string;
  amount: string;
  currency: string;
  term_days: number | null;
}

interface Reason {
  rule_id: number;
  version: number;
  rule: string;
  reason: string;
  note: string;
}

/** How long two orders lie apart, in the largest unit that says it. */
function apart(minutes: number): { unit: "minutes" | "hours"; count: number } {
  return minutes < 120 ? { unit: "minutes", count: minutes } : { unit: "hours", count: Math.round(minutes / 60) };
}

function DuplicateEvidence({ detail }: { detail: Duplicate }) {
  const { t } = useTranslation(NS);
  const { unit, count } = apart(detail.minutes ?? 0);
  const same = (detail.matches ?? []).map((match) => t(`match.${match}`)).join("、");
  return (
    <span>
      {detail.order_id ? <Link to={`/orders/${detail.order_id}`}>{detail.number}</Link> : t("evidence.sameMessage")}
      {detail.shop ? ` · ${detail.same_shop ? t("evidence.sameShop") : t("evidence.shop", { shop: detail.shop })}` : null}
      {` · ${t(`evidence.${unit}`, { count })}`}
      {same ? ` · ${t("evidence.same", { same })}` : null}
    </span>
  );
}

function CreditEvidence({ detail }: { detail: Credit }) {
  const { t } = useTranslation(NS);
  const money = (amount: string) => <Money amount={amount} currency={detail.currency} />;
  return (
    <span>
      {t(`credit.${detail.reason}`, { days: detail.term_days, currency: detail.currency })} · {t("credit.owed")} {money(detail.open)} · {t("credit.may")} {money(detail.limit)} · {t("credit.this")} {money(detail.amount)}
    </span>
  );
}

function RuleEvidence({ rules }: { rules: readonly Reason[] }) {
  return rules.map((one) => (
    <div key={one.rule_id}>
      {one.reason} · <Link to={`/rules/${one.rule_id}`}>{`${one.rule} v${one.version}`}</Link>
      {one.note ? ` · ${one.note}` : null}
    </div>
  ));
}

/** What a hold rests on: the other order, the rule, the figures. */
export function HoldEvidence({ hold }: { hold: OrderHold }) {
  const detail = hold.detail ?? {};
  return (
    <>
      {hold.note ? <div>{hold.note}</div> : null}
      {hold.code === "duplicate_suspected" ? <DuplicateEvidence detail={detail} /> : null}
      {hold.code === "credit" && "reason" in detail ? <CreditEvidence detail={detail as unknown as Credit} /> : null}
      {hold.code === "rule" && Array.isArray(detail.rules) ? <RuleEvidence rules={detail.rules as Reason[]} /> : null}
    </>
  );
}
