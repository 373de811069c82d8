import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "@/shared/ui/cx";
import { stepsOf, type Size } from "./box";
import { CartonDrawing, colourOf } from "./CartonDrawing";
import NS from "./locale";
import css from "./packing.module.css";
import type { PackLine, PackPlace } from "./types";

interface Props {
  carton: Size & { code: string };
  fill: number | null;
  places: readonly PackPlace[];
  lines: readonly PackLine[];
}

/** The carton with its goods, step by step: what goes in first lies below and at the back. */
export function PackingSteps({ carton, fill, places, lines }: Props) {
  const { t } = useTranslation(NS);
  const [shown, setShown] = useState<number | null>(null);
  const steps = stepsOf(places);
  // All of them until somebody steps back.
  const last = steps[Math.min(shown ?? steps.length, steps.length) - 1];
  const now = last ? steps.indexOf(last) + 1 : 0;
  const lineIds = lines.map((line) => line.id);
  return (
    <>
      <CartonDrawing carton={carton} fill={fill} places={places.slice(0, last?.to ?? 0)} lineIds={lineIds} />
      {steps.length > 0 ? (
        <div className={css.stepHead}>
          <strong>{t("box.steps")}</strong>
          {steps.length > 1 ? (
            <span className={css.stepKeys}>
              <Button size="small" icon={<LeftOutlined />} aria-label={t("box.stepBack")} disabled={now <= 1} onClick={() => setShown(now - 1)} />
              <span className="hc-num">{t("box.step", { now, all: steps.length })}</span>
              <Button size="small" icon={<RightOutlined />} aria-label={t("box.stepOn")} disabled={now >= steps.length} onClick={() => setShown(now + 1)} />
            </span>
          ) : null}
        </div>
      ) : null}
      <ol className={css.steps}>
        {steps.map((step, index) => (
          <li key={step.from} className={cx(colourOf(lineIds, step.line_id), index >= now && css.later)} aria-current={index + 1 === now ? "step" : undefined}>
            <span className={css.stepNumber}>{step.from === step.to ? step.from : `${step.from}–${step.to}`}</span>
            {lines.find((line) => line.id === step.line_id)?.sku.code}
          </li>
        ))}
      </ol>
    </>
  );
}
