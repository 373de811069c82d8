import { Progress } from "antd";
import { useTranslation } from "react-i18next";
import type { Job } from "@/api/types";
import { toneOf } from "./states";

const KNOWN = ["queued", "running", "reading", "validated", "applying", "done", "failed", "cancelled"];

/** One background job: name, bar, how far. Without a total the bar only says that it is moving. */
export function JobProgress({ job }: { job: Job }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  const done = job.done ?? 0;
  const finished = toneOf(job.state) === "green";
  const failed = toneOf(job.state) === "red";
  const percent = finished ? 100 : job.total ? Math.min(100, Math.floor((done / job.total) * 100)) : 0;
  const words = KNOWN.includes(job.state) ? t(`job.${job.state}`) : t(`state.common.${job.state}`, { defaultValue: job.state });
  return (
    <div>
      <div className="hc-row" style={{ justifyContent: "space-between" }}>
        <span className="hc-ellipsis">{job.title ?? job.kind}</span>
        <span className="hc-faint hc-num">
          {words}
          {job.total ? ` · ${t("job.progress", { done: number.format(done), total: number.format(job.total) })}` : done ? ` · ${t("job.rows", { done: number.format(done) })}` : ""}
        </span>
      </div>
      <Progress percent={percent} showInfo={false} size="small" status={failed ? "exception" : finished ? "success" : "active"} aria-label={job.title ?? job.kind} />
      {job.message ? <div className="hc-faint">{job.message}</div> : null}
    </div>
  );
}
