import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useWarehouseMap } from "@/desk/floor/map";
import { formatNumber } from "@/shared/format/text";
import { WarehouseMap } from "@/shared/map/WarehouseMap";
import { EmptyState } from "@/shared/ui/EmptyState";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { PlanBatch } from "./types";
import { percent, saving, toWalk } from "./walk";
import css from "./waves.module.css";

/** Batches on the left, the walk of the chosen one on the floor plan; ↑ ↓ go through them. */
export function BatchWalks({ batches, warehouseId, linked = false }: { batches: readonly PlanBatch[]; warehouseId: number; linked?: boolean }) {
  const { t, i18n } = useTranslation(NS);
  const [at, setAt] = useState(0);
  const map = useWarehouseMap(warehouseId);
  const chosen = batches[Math.min(at, batches.length - 1)];
  const walk = useMemo(
    () => (chosen ? toWalk(chosen.path, (chosen.stops ?? []).map((stop) => ({ location: { ...stop, id: stop.location_id }, done: stop.picked !== undefined && stop.picked >= stop.units && stop.units > 0 })), chosen.walk_mm) : undefined),
    [chosen],
  );
  const number = (value: number) => formatNumber(value, i18n.language);
  if (!chosen) return <EmptyState compact title={t("detail.none")} />;
  return (
    <div className={css.walksBox}>
      <div className={css.walks}>
        <ul
          className={`hc-card ${css.list ?? ""}`}
          aria-label={t("detail.batches")}
          onKeyDown={(event) => {
            const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
            if (step === 0) return;
            event.preventDefault();
            const next = Math.max(0, Math.min(batches.length - 1, at + step));
            setAt(next);
            event.currentTarget.querySelectorAll("button")[next]?.focus();
          }}
        >
          {batches.map((batch, index) => (
            <li key={batch.id ?? index}>
              <button type="button" className={css.batch} aria-current={batch === chosen} onClick={() => setAt(index)}>
                <span className="hc-row">
                  <strong>{batch.number ?? t("result.batch", { index: index + 1 })}</strong>
                  {batch.state ? <StateTag ns={NS} state={batch.state} group="batch" tone={batch.state === "picked" ? "green" : batch.state === "picking" ? "blue" : "grey"} /> : null}
                </span>
                <span className={css.batchMetres}>{t("result.metres", { metres: number(Math.round(batch.walk_mm / 1000)) })}</span>
                <span className="hc-muted">{t(`batchKind.${batch.kind}`, { defaultValue: batch.kind })} · {t("result.facts", { orders: number(batch.fulfilment_count), lines: number(batch.line_count), units: number(batch.unit_count) })}</span>
                <span className={`${css.batchMetres ?? ""} hc-faint`}>{t("result.save", { percent: percent(saving(batch.walk_mm, batch.single_walk_mm), i18n.language) })}</span>
                {batch.picker ? <span className="hc-faint">{batch.picker.display_name ?? batch.picker.username}</span> : null}
              </button>
            </li>
          ))}
        </ul>
        <div className="hc-stack">
          <div className={`hc-card ${css.mapBox ?? ""}`} role="group" aria-label={t("result.map", { index: batches.indexOf(chosen) + 1 })}>
            {map.data ? <WarehouseMap geometry={map.data} colour="none" walk={walk} height={linked ? 460 : 520} /> : null}
          </div>
          {linked && chosen.id !== undefined && (chosen.state === "released" || chosen.state === "picking") ? <Link to={`/picking/${chosen.id}`}>{t("action.pick")} {chosen.number}</Link> : null}
        </div>
      </div>
    </div>
  );
}
