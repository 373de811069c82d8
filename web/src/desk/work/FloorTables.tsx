import { Button, Table, Tooltip } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DateTime, Quantity } from "@/shared/format/format";
import { cx } from "@/shared/ui/cx";
import { EmptyState } from "@/shared/ui/EmptyState";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { ShiftLine } from "./ShiftLine";
import type { FloorLate, FloorTask, FloorView, FloorWorker } from "./types";
import { byZone, KINDS, minutes, nameOf, progressOf, taskTone, type ZoneRow } from "./words";
import css from "./work.module.css";

/** Longer than this over what was expected is worth a look. */
const SLOW_PERCENT = 150;
/** Late tasks shown here; the list has all. */
export const MOST_LATE = 12;

function Doing({ task }: { task: FloorTask }) {
  const { t } = useTranslation(NS);
  const percent = progressOf(task);
  const slow = percent !== null && percent > SLOW_PERCENT;
  const worked = minutes(task.worked_seconds);
  return (
    <div className={css.doing}>
      <div className="hc-row">
        <Link to={`/tasks?open=${task.id}`}>{t(`kind.${task.kind}`)} {task.note || task.id}</Link>
        <StateTag ns={NS} state={task.state} tone={taskTone(task.state)} />
        {task.is_late ? <ToneTag tone="red">{t("late")}</ToneTag> : null}
      </div>
      <div className="hc-muted">
        <span className="hc-num">{task.from_code || "…"} → {task.to_code || "…"}</span>
        {task.sku_code ? <> · {task.sku_code}</> : null}
        {task.quantity > 0 ? <> · <Quantity value={task.quantity} unit="piece" /></> : null}
      </div>
      {task.state === "assigned" ? null : (
        <div className={css.pace}>
          {percent === null ? null : <span className={cx(css.paceBar, slow && css.slow)} aria-hidden><span style={{ width: `${Math.min(100, percent)}%` }} /></span>}
          <span className={cx("hc-num", slow ? css.slowText : "hc-muted")}>{percent === null ? t("floor.workedFor", { minutes: worked }) : t("floor.workedOf", { minutes: worked, expected: minutes(task.est_seconds) })}</span>
        </div>
      )}
    </div>
  );
}

export function Workers({ view }: { view: FloorView }) {
  const { t } = useTranslation(NS);
  return (
    <Table<FloorWorker>
      size="small" rowKey={(row) => row.user.id} pagination={false} dataSource={view.workers} scroll={{ x: 620 }}
      locale={{ emptyText: <EmptyState compact title={t("floor.nobody")} hint={t("floor.nobodyHint")} action={<Link to="/workers"><Button>{t("workers.title")}</Button></Link>} /> }}
      columns={[
        {
          title: t("col.worker"), width: 150,
          render: (_, row) => (
            <>
              <Link to={`/tasks?tab=held&assignee_id=${row.user.id}`}>{nameOf(row.user)}</Link>
              <div>{row.is_on_shift ? <span className="hc-muted">{row.place ? row.place.code : t("floor.placeUnknown")}</span> : <ToneTag tone="orange">{t("floor.offShift")}</ToneTag>}</div>
              <ShiftLine endsAt={row.shift_ends_at} breaks={row.next_break && !row.on_break_since ? [row.next_break] : []} />
            </>
          ),
        },
        {
          title: t("floor.doing"),
          render: (_, row) => (
            <>
              {row.on_break_since ? <div className="hc-row"><ToneTag tone="orange">{t("shifts.onBreak")}</ToneTag><DateTime value={row.on_break_since} /></div> : null}
              {row.task ? <Doing task={row.task} /> : row.on_break_since ? null : <ToneTag tone="grey">{t("floor.idle")}</ToneTag>}
            </>
          ),
        },
        {
          title: t("floor.since"), width: 130,
          render: (_, row) => (
            <>
              <DateTime value={row.task?.started_at ?? row.task?.assigned_at} />
              <div className="hc-faint">{t("floor.seen")} <DateTime value={row.last_seen_at} /></div>
            </>
          ),
        },
        { title: t("floor.queue"), width: 80, align: "right", render: (_, row) => <Tooltip title={t("floor.queueHint", { assigned: row.assigned, paused: row.paused })}><span className="hc-num">{row.assigned} / {row.paused}</span></Tooltip> },
        { title: t("floor.done8"), width: 90, align: "right", render: (_, row) => <Link to={`/tasks?tab=done&assignee_id=${row.user.id}`}><Quantity value={row.done} /></Link> },
      ]}
    />
  );
}

export function Waiting({ view }: { view: FloorView }) {
  const { t } = useTranslation(NS);
  const rows = useMemo(() => byZone(view.waiting, t("floor.noZone")), [view.waiting, t]);
  const kinds = KINDS.filter((kind) => view.waiting.some((one) => one.kind === kind));
  const cellOf = (row: ZoneRow, kind: string) => {
    const cell = row.cells[kind];
    if (!cell) return null;
    return (
      <Tooltip title={<>{t("floor.cell", { units: cell.units, minutes: minutes(cell.est_seconds), later: cell.not_ready })} · {t("floor.oldest")} <DateTime value={cell.oldest_at} /></>}>
        <Link to={`/tasks?tab=open&kind=${kind}${row.key === "0" ? "" : `&zone_id=${row.key}`}`}>
          <Quantity value={cell.tasks} />
          {cell.late > 0 ? <div className={css.lateCount}>{t("floor.lateIn", { count: cell.late })}</div> : null}
        </Link>
      </Tooltip>
    );
  };
  return (
    <Table<ZoneRow>
      size="small" rowKey="key" pagination={false} dataSource={rows} scroll={{ x: "max-content" }}
      locale={{ emptyText: <EmptyState compact title={t("floor.nothingWaits")} hint={t("floor.nothingWaitsHint")} /> }}
      columns={[
        { title: t("col.zone"), fixed: "left", render: (_, row) => (row.key === "0" ? <span className="hc-faint">{row.zone}</span> : <Link to={`/tasks?tab=open&zone_id=${row.key}`}>{row.zone}</Link>) },
        ...kinds.map((kind) => ({ title: t(`kind.${kind}`), align: "right" as const, render: (_: unknown, row: ZoneRow) => cellOf(row, kind) })),
        { title: t("floor.work"), align: "right", render: (_, row) => <Quantity value={minutes(row.seconds)} unit="minute" /> },
      ]}
    />
  );
}

export function Late({ view }: { view: FloorView }) {
  const { t } = useTranslation(NS);
  return (
    <Table<FloorLate>
      size="small" rowKey="id" pagination={false} dataSource={view.late.slice(0, MOST_LATE)}
      locale={{ emptyText: <EmptyState compact title={t("floor.nothingLate")} /> }}
      columns={[
        { title: t("col.task"), render: (_, row) => <Link to={`/tasks?open=${row.id}`}>{t(`kind.${row.kind}`)} {row.note || row.id}</Link> },
        { title: t("col.due"), width: 110, render: (_, row) => <DateTime value={row.due_at} /> },
        { title: t("floor.where"), width: 110, render: (_, row) => row.location_code || row.zone_code },
        { title: t("col.worker"), width: 110, render: (_, row) => (row.assignee ? nameOf(row.assignee) : <ToneTag tone="orange">{t("nobody")}</ToneTag>) },
      ]}
    />
  );
}
