import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useAsk } from "@/shared/form/useAsk";
import NS from "./locale";
import type { Person } from "./types";
import { nameOf, PRIORITIES } from "./words";

type Body = Record<string, unknown> | null;

/** The questions asked before tasks are handed over, put in another order or cancelled; null when given up. */
export function useTaskAsks(people: readonly Person[]): { handOver: () => Promise<Body>; reprioritise: () => Promise<Body>; cancel: () => Promise<Body> } {
  const { t } = useTranslation(NS);
  const ask = useAsk();
  const handOver = useCallback(async () => {
    const answer = await ask({
      title: t("action.hand_over"), okText: t("action.hand_over"), note: { name: "note", label: t("ask.note") },
      choice: { name: "user_id", label: t("col.worker"), required: true, options: people.map((one) => ({ value: String(one.id), label: nameOf(one) })) },
    });
    return answer ? { ...answer, user_id: Number(answer.user_id) } : null;
  }, [ask, t, people]);
  const reprioritise = useCallback(async () => {
    const answer = await ask({
      title: t("action.reprioritise"), okText: t("action.reprioritise"), note: { name: "note", label: t("ask.note") },
      choice: { name: "priority", label: t("col.priority"), required: true, options: PRIORITIES.map((value) => ({ value: String(value), label: t(`priority.${value}`) })) },
    });
    return answer ? { ...answer, priority: Number(answer.priority) } : null;
  }, [ask, t]);
  const cancel = useCallback(
    () => ask({ title: t("action.cancel"), okText: t("action.cancel"), danger: true, text: t("ask.cancelText"), note: { name: "note", label: t("ask.note") } }),
    [ask, t],
  );
  return { handOver, reprioritise, cancel };
}
