import { Segmented, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { DateTime } from "@/shared/format/format";
import { formatNumber } from "@/shared/format/text";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { Choice, Verdict } from "./types";
import css from "./waves.module.css";

type Shown = "all" | "released" | "kept";

const minutes = (seconds: number) => Math.round(seconds / 60);

/** What the optimiser releases now and what it keeps: the floor, the reasons, and each order with its figures. */
export function ChoiceResult({ choice }: { choice: Choice }) {
  const { t, i18n } = useTranslation(NS);
  const [shown, setShown] = useState<Shown>("all");
  const number = (value: number) => formatNumber(value, i18n.language);
  const rows = choice.orders.filter((order) => shown === "all" || order.released === (shown === "released"));
  return (
    <section className={`hc-card ${css.choice ?? ""}`} aria-label={t("choice.title")}>
      <h2>{t("choice.headline", { released: number(choice.released_count), kept: number(choice.kept_count) })}</h2>
      <div className="hc-muted">
        {t("choice.floor", { pickers: number(choice.pickers), minutes: number(minutes(choice.next_wave_s)), load: number(minutes(choice.load_s)), capacity: number(minutes(choice.capacity_s)), work: number(minutes(choice.released_s)) })}
      </div>
      <div className={css.reasons}>
        {choice.reasons.map((one) => (
          <ToneTag key={one.reason} tone={one.released ? "blue" : "grey"} icon={false}>{`${t(`choice.reason.${one.reason}`, { defaultValue: one.reason })} ${number(one.count)}`}</ToneTag>
        ))}
      </div>
      <Segmented<Shown> size="small" value={shown} onChange={setShown} options={(["all", "released", "kept"] as const).map((value) => ({ value, label: t(`choice.show.${value}`) }))} />
      <Table<Verdict>
        size="small"
        rowKey="id"
        dataSource={rows}
        pagination={{ pageSize: 8, size: "small", showSizeChanger: false, hideOnSinglePage: true }}
        columns={[
          { title: t("choice.order"), dataIndex: "number", className: css.whole },
          { title: t("choice.decision"), width: "26%", render: (_, order) => t(`choice.reason.${order.reason}`, { defaultValue: order.reason }) },
          { title: t("choice.shipBy"), className: css.whole, render: (_, order) => (order.ship_by ? <DateTime value={order.ship_by} mode="absolute" /> : "–") },
          { title: t("choice.slack"), align: "right", render: (_, order) => (order.slack_s === null ? "–" : number(minutes(order.slack_s))) },
          { title: t("choice.walkNow"), align: "right", render: (_, order) => number(order.walk_now_s) },
          { title: t("choice.walkLater"), align: "right", render: (_, order) => number(order.walk_later_s) },
        ]}
      />
    </section>
  );
}
