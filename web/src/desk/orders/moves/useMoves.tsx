import { App } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import type { DetailAction, DetailFact } from "@/shared/detail/DetailDrawer";
import { Money } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import type { OrderDetail, OrderLine } from "../types";
import { ExchangeOrder } from "./ExchangeOrder";
import NS from "./locale";
import { MergeOrders } from "./MergeOrders";
import { SplitOrder } from "./SplitOrder";
import { SubstituteLine } from "./SubstituteLine";

const DIALOGS = { split: SplitOrder, merge: MergeOrders, substitute: SubstituteLine, exchange: ExchangeOrder };
type Dialog = keyof typeof DIALOGS;

/** What can be done with the lines of an order: actions for its drawer, and the dialog that is open. */
export function useMoves(order: OrderDetail | undefined, refresh: () => Promise<unknown>): { actions: (DetailAction & { permission: string })[]; dialog: ReactNode } {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const ask = useAsk();
  const report = useReportProblem();
  const [open, setOpen] = useState<Dialog | null>(null);
  if (!order) return { actions: [], dialog: null };

  const post = async (code: string, body: Record<string, unknown>, done: string) => {
    try {
      await api.post(`/orders/${order.id}/${code}`, body);
      await refresh();
      void message.success(done);
    } catch (error) {
      report(error);
    }
  };
  const unmerge = async () => {
    const answer = await ask({ title: t("action.unmerge"), okText: t("action.unmerge"), text: t("unmerge.text", { number: order.number }), note: { name: "note", label: t("note") } });
    if (answer) await post("unmerge", answer, t("unmerge.done", { number: order.number }));
  };
  const actions = (Object.keys(DIALOGS) as Dialog[]).map((code) => ({ code, permission: `orders.order.${code}`, label: t(`action.${code}`), run: () => setOpen(code) }));
  const Chosen = open ? DIALOGS[open] : null;
  return {
    actions: [
      ...(order.state === "merged" ? [{ code: "unmerge", permission: "orders.order.unmerge", label: t("action.unmerge"), run: () => void unmerge() }] : actions),
      ...(Number(order.balance_due) > 0 && order.balance_paid_at === null
        ? [{ code: "pay-balance", permission: "orders.presale.pay", label: t("action.payBalance"), run: () => void post("pay-balance", {}, t("fact.paid")) }]
        : []),
    ],
    dialog: Chosen ? <Chosen order={order} onClose={() => setOpen(null)} onSaved={() => void refresh()} /> : null,
  };
}

/** Marks beside the state of an order. */
export function MoveTags({ order }: { order: { can_merge?: boolean; awaits_release?: boolean; kind?: string } }) {
  const { t } = useTranslation(NS);
  return (
    <>
      {order.awaits_release ? <ToneTag tone="blue">{t("waits")}</ToneTag> : null}
      {order.kind === "exchange" || order.kind === "resend" ? <ToneTag tone="grey" icon={false}>{t(`kind.${order.kind}`)}</ToneTag> : null}
      {order.can_merge ? <ToneTag tone="blue" icon={false}>{t("hint")}</ToneTag> : null}
    </>
  );
}

/** Orders that hang together with this one, and what is still to be paid. */
export function useMoveFacts(order: OrderDetail | undefined): DetailFact[] {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  if (!order) return [];
  const due = Number(order.balance_due) > 0;
  return [
    ...(order.relatives.length > 0 && can("orders.order.view")
      ? [{
          label: t("fact.relatives"), wide: true,
          value: (
            <span className="hc-row" style={{ gap: 12, flexWrap: "wrap" }}>
              {order.relatives.map((one) => (
                <span key={`${one.relation}${one.id}`}>
                  <span className="hc-muted">{t(`relation.${one.relation}`)}</span> <Link to={`/orders/${one.id}`}>{one.number}</Link>
                </span>
              ))}
            </span>
          ),
        }]
      : []),
    ...(due
      ? [{ label: t("fact.balance"), value: order.balance_paid_at === null ? <>{t("fact.unpaid", { amount: "" })} <Money amount={order.balance_due} currency={order.currency} /></> : t("fact.paid") }]
      : []),
  ];
}

/** What a line is beside what the customer bought, and with which order. */
export function LineMarks({ line }: { line: OrderLine }) {
  const { t } = useTranslation(NS);
  return (
    <>
      {line.kind === "goods" ? null : <div><ToneTag tone="blue" icon={false}>{t(`lineKind.${line.kind}`)}</ToneTag></div>}
      {line.source_order ? <div className="hc-faint">{t("boughtWith", { number: line.source_order.number })}</div> : null}
    </>
  );
}
