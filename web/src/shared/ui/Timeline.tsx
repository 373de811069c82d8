import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { DateTime } from "@/shared/format/format";
import { EmptyState } from "./EmptyState";
import type { Tone } from "./states";
import css from "./ui.module.css";

export interface TimelineEvent {
  id: string | number;
  at: string;
  /** What happened, in the user's words. */
  title: ReactNode;
  /** Who; absent = the system. */
  who?: string | null | undefined;
  note?: ReactNode;
  tone?: Tone;
}

/** Everything that happened, newest first, with who and when. */
export function Timeline({ events }: { events: readonly TimelineEvent[] }) {
  const { t } = useTranslation();
  if (events.length === 0) return <EmptyState compact title={t("detail.noTimeline")} />;
  const sorted = [...events].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (
    <ol className={css.timeline} aria-label={t("detail.timeline")}>
      {sorted.map((event) => (
        <li key={event.id}>
          <span className={`${css.timelineDot ?? ""} ${css[event.tone ?? "grey"] ?? ""}`} aria-hidden />
          <div className={css.timelineTitle}>{event.title}</div>
          <div className={css.timelineMeta}>
            <DateTime value={event.at} mode="absolute" /> · <DateTime value={event.at} /> · {event.who ?? t("detail.system")}
          </div>
          {event.note ? <div className={css.timelineNote}>{event.note}</div> : null}
        </li>
      ))}
    </ol>
  );
}
