import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DateTime } from "@/shared/format/format";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import type { Tone } from "@/shared/ui/states";
import NS from "./locale";
import type { Appointment, Discrepancy, Numbered, Ref } from "./types";

const TONES: Record<string, Tone> = { announced: "grey", receiving: "blue", received: "green", open: "blue", closed: "green", booked: "grey", arrived: "orange", docked: "blue", left: "green", no_show: "red", cancelled: "grey", decided: "blue", settled: "green" };

/** A state of receiving in its colour; an open difference needs a person. */
export function State({ state, asks = false }: { state: string; asks?: boolean }) {
  return <StateTag ns={NS} {...(asks ? { group: "asks" } : {})} state={state} tone={asks && state === "open" ? "orange" : (TONES[state] ?? "grey")} />;
}

export function Sku({ sku }: { sku: Ref }) {
  return <><Link to={`/products/${sku.id}`} onClick={(event) => event.stopPropagation()}>{sku.code}</Link> <span className="hc-muted">{sku.name}</span></>;
}

/** A link to another document; nothing where there is none. */
export function Doc({ to, doc }: { to: string; doc: Numbered | null }) {
  return doc ? <Link className="hc-num" to={`${to}/${doc.id}`} onClick={(event) => event.stopPropagation()}>{doc.number}</Link> : null;
}

export function Minutes({ seconds }: { seconds: number | null }) {
  const { t } = useTranslation(NS);
  return seconds === null ? null : <span className="hc-num">{t("minutes", { count: Math.round(seconds / 60) })}</span>;
}

/** When a truck is at the dock. */
export function Span({ row }: { row: Appointment }) {
  if (!row.start || !row.end) return <DateTime value={row.planned_at} mode="absolute" />;
  return <><DateTime value={row.start} mode="absolute" /></>;
}

/** What a difference is about, in words. */
export function Detail({ row }: { row: Discrepancy }) {
  const { t } = useTranslation(NS);
  const { expected, received, remaining_days: left, wanted_days: wanted, ended_order: order, lot, serials } = row.detail;
  const parts = [
    expected === undefined ? "" : t("dis.expected", { expected, received }),
    left === undefined ? "" : Number(left) < 0 ? t("dis.since", { days: -Number(left) }) : t("dis.life", { days: left }),
    wanted === undefined ? "" : t("dis.wanted", { days: wanted }),
    order === undefined ? "" : t("dis.ended", { order }),
    lot === undefined ? "" : `${t("col.lot")} ${String(lot)}`,
    Array.isArray(serials) ? `${t("col.serials")} ${serials.slice(0, 3).join(", ")}${serials.length > 3 ? " …" : ""}` : "",
    row.note,
  ];
  return <>{parts.filter(Boolean).join(" · ")}</>;
}

export function Condition({ condition }: { condition: string }) {
  const { t } = useTranslation(NS);
  return condition === "good" ? t("condition.good") : <ToneTag tone={condition === "quarantine" ? "orange" : "red"} icon={false}>{t(`condition.${condition}`)}</ToneTag>;
}
