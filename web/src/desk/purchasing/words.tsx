import { useTranslation } from "react-i18next";
import { StateTag } from "@/shared/ui/StateTag";
import type { Tone } from "@/shared/ui/states";
import NS from "./locale";

const TONES: Record<string, Tone> = { submitted: "orange", approved: "orange", sent: "blue", received: "green", ordered: "green", matched: "green", differs: "orange", waiting: "blue", sending: "blue" };

export function PurchaseState({ state, sent = false }: { state: string; sent?: boolean }) {
  const tone = sent && state === "sent" ? "green" : TONES[state];
  return <StateTag ns={NS} state={state} {...(tone ? { tone } : {})} />;
}

export function useRoles(): (roles: readonly string[]) => string {
  const { t } = useTranslation(NS);
  return (roles) => roles.map((role) => (role === "" ? t("orders.anybody") : t(`role.${role}`, { defaultValue: role }))).join(", ");
}

export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? "—" : `${(value * 100).toFixed(1)}%`;
}

/** A price without the zeros that only the database needs. */
export function plainPrice(value: string | null): string {
  return value === null ? "" : value.replace(/(\.\d{2}\d*?)0+$/, "$1");
}
