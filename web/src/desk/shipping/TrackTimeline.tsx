import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Space } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { DateTime } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import { Timeline, type TimelineEvent } from "@/shared/ui/Timeline";
import css from "./shipping.module.css";
import NS from "./tracking/locale";
import type { TimelineAnswer } from "./trackingTypes";
import { trackTone, troubleTone } from "./trackingWords";

/** A parcel's way: where it is, what is wrong, every scan, what the carrier was told. */
export function TrackTimeline({ waybillId }: { waybillId: number }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const ask = useAsk();
  const report = useReportProblem();
  const client = useQueryClient();
  const key = ["detail", "track", waybillId];
  const query = useQuery({ queryKey: key, queryFn: ({ signal }) => api.get<TimelineAnswer>(`/waybills/${waybillId}/track`, undefined, signal) });
  const way = query.data;
  if (!way) return null;
  const { track } = way;

  const act = async (path: string, body: Record<string, unknown> | undefined, done: string) => {
    try {
      client.setQueryData(key, await api.post<TimelineAnswer>(path, body));
      void message.success(done);
      await client.invalidateQueries({ queryKey: ["list"] });
    } catch (error) {
      report(error);
    }
  };
  const stop = async () => {
    const answer = await ask({ title: t("way.stopTitle", { number: way.number }), okText: t("way.stop"), text: t("way.stopText"), danger: true, note: { name: "reason", label: t("way.stopReason"), required: true } });
    if (answer) await act(`/waybills/${waybillId}/intercept`, answer, t("way.stopped"));
  };
  const moving = track !== null && way.waybill_state === "handed_over" && !["delivered", "returning", "returned", "cancelled"].includes(track.status);
  const events: TimelineEvent[] = [
    ...way.events.map((one) => ({
      id: `scan-${one.id}`, at: one.at, title: <>{t(`status.${one.status}`)}{one.place ? <span className="hc-muted"> · {one.place}</span> : null}</>,
      who: [way.carrier.name, t(`way.source.${one.source}`)].join(" "), note: one.text, tone: trackTone(one.status),
    })),
    ...way.errands.map((one) => ({
      id: `errand-${one.id}`, at: one.done_at ?? one.created_at, title: <>{t(`way.errand.${one.kind}`)} · {t(`way.errandState.${one.state}`)}</>,
      who: one.created_by, note: [one.reason, one.error].filter((line) => line !== "").join(" · "), tone: one.state === "refused" ? ("red" as const) : ("grey" as const),
    })),
  ];
  return (
    <div className={css.way}>
      <div className={css.wayHead}>
        <Space wrap size={12}>
          {track ? <ToneTag tone={trackTone(track.status)}>{t(`status.${track.status}`)}</ToneTag> : null}
          {track?.attempts ? <ToneTag tone="orange">{t("way.attempts", { count: track.attempts })}</ToneTag> : null}
          {track?.promised_at ? <span className="hc-muted">{t("col.promised")} <DateTime value={track.promised_at} mode="absolute" /></span> : null}
          {track?.expected_at && !track.delivered_at ? <span className="hc-muted">{t("col.expected")} <DateTime value={track.expected_at} mode="absolute" /></span> : null}
          {track?.is_subscribed ? <span className="hc-faint">{t("way.subscribed")}</span> : null}
        </Space>
        <Space>
          {can("shipping.parcel.refresh") && moving ? <Button size="small" onClick={() => void act(`/waybills/${waybillId}/track/refresh`, undefined, t("way.asked"))}>{t("way.refresh")}</Button> : null}
          {can("shipping.parcel.intercept") && moving ? <Button size="small" danger onClick={() => void stop()}>{t("way.stop")}</Button> : null}
        </Space>
      </div>
      {track?.trouble ? <Alert type={troubleTone(track.trouble) === "red" ? "error" : "warning"} showIcon title={t(`trouble.${track.trouble}`)} description={track.trouble_words} style={{ marginBottom: 14 }} /> : null}
      {events.length === 0 ? <EmptyState compact title={t("way.none")} hint={t("way.noneHint")} /> : <Timeline events={events} />}
    </div>
  );
}
