import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, InputNumber, Modal, Skeleton, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type BulkResult } from "@/api";
import { DateTime, Quantity } from "@/shared/format/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { ShiftLine } from "./ShiftLine";
import type { PlannedStep, WorkPlan } from "./types";
import { assignmentsOf, minutes, nameOf } from "./words";
import css from "./work.module.css";

/** Steps of one worker that are shown. */
const SHOWN = 8;

function Step({ step, at }: { step: PlannedStep; at: number }) {
  const { t } = useTranslation(NS);
  const { task } = step;
  return (
    <li className={step.is_now ? css.step : css.stepLater}>
      <span className={css.stepNumber} aria-hidden>{at}</span>
      <div>
        <div className="hc-row">
          <strong>{t(`kind.${task.kind}`)} {task.note || task.id}</strong>
          {step.state === "started" ? <ToneTag tone="blue">{t("state.started")}</ToneTag> : null}
          {step.was_for ? <ToneTag tone="orange">{t("plan.from", { who: nameOf(step.was_for) })}</ToneTag> : null}
          {step.late_seconds > 0 ? <ToneTag tone="red">{t("plan.late", { minutes: minutes(step.late_seconds) })}</ToneTag> : null}
        </div>
        <div className="hc-muted"><span className="hc-num">{task.from_code || "…"} → {task.to_code || "…"}</span> · <DateTime value={step.begin_at} /> · {t("plan.walk", { seconds: step.travel_seconds })}</div>
      </div>
    </li>
  );
}

function Proposal({ plan, count }: { plan: WorkPlan; count: number }) {
  const { t } = useTranslation(NS);
  return (
    <div className="hc-stack">
      <div className={css.planSums}>
        <span>{t("plan.sumTasks")} <strong><Quantity value={count} /></strong></span>
        <span>{t("plan.sumWalk")} <strong><Quantity value={minutes(plan.travel_seconds)} unit="minute" /></strong></span>
        <span>{t("plan.sumLate")} <strong><Quantity value={minutes(plan.late_seconds)} unit="minute" /></strong></span>
        <span>{t("plan.sumChanges")} <strong><Quantity value={plan.changes} /></strong></span>
      </div>
      {plan.queues.length === 0 ? <EmptyState compact title={t("floor.nobody")} hint={t("floor.nobodyHint")} /> : null}
      <div className={css.queues}>
        {plan.queues.map((one) => (
          <section key={one.user.id} className={css.queue} aria-label={nameOf(one.user)}>
            <h3>{nameOf(one.user)}</h3>
            <ShiftLine endsAt={one.ends_at} breaks={one.breaks} />
            {one.steps.length === 0 ? <p className="hc-faint">{t("plan.nothing")}</p> : <ol>{one.steps.slice(0, SHOWN).map((step, at) => <Step key={step.task.id} step={step} at={at + 1} />)}</ol>}
            {one.steps.length > SHOWN ? <p className="hc-faint">{t("plan.more", { count: one.steps.length - SHOWN })}</p> : null}
          </section>
        ))}
      </div>
      {plan.unassigned_count > 0 ? (
        <Table
          size="small" rowKey={(row) => row.task.id} pagination={false} scroll={{ y: 180 }} dataSource={plan.unassigned}
          columns={[
            { title: t("plan.unassigned", { count: plan.unassigned_count }), render: (_, row) => `${t(`kind.${row.task.kind}`)} ${row.task.note || row.task.id} · ${row.task.from_code || row.task.zone_code}` },
            { title: t("plan.why"), render: (_, row) => t(`why.${row.why}`) },
          ]}
        />
      ) : null}
    </div>
  );
}

/** Who does what next, as the optimiser proposes it; nothing is given out before it is applied. */
export function PlanDialog({ warehouseId, onClose }: { warehouseId: number; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const client = useQueryClient();
  const report = useReportProblem();
  const { message } = App.useApp();
  const [queue, setQueue] = useState(2);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<BulkResult["results"]>([]);
  const plan = useQuery({
    queryKey: ["work-plan", warehouseId, queue],
    queryFn: ({ signal }) => api.post<WorkPlan>("/work-plan", { warehouse_id: warehouseId, max_queue: queue }, { signal }),
    staleTime: 0, gcTime: 0, refetchOnWindowFocus: false,
  });
  const wanted = plan.data ? assignmentsOf(plan.data) : [];
  const apply = async () => {
    setBusy(true);
    try {
      const answer = await api.post<BulkResult>("/work-plan/apply", { warehouse_id: warehouseId, assignments: wanted });
      const failed = answer.results.filter((one) => !one.ok);
      await client.invalidateQueries({ queryKey: ["list"] });
      if (failed.length === 0) {
        void message.success(t("plan.applied", { count: answer.results.length }));
        onClose();
      } else {
        setRefused(failed);
        await plan.refetch();
      }
    } catch (error) {
      report(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open width={980} title={t("plan.title")} onCancel={onClose} mask={{ closable: false }}
      footer={
        <div className={css.planFoot}>
          <label className={css.grow}>{t("plan.queue")} <InputNumber min={1} max={20} value={queue} onChange={(value) => setQueue(value ?? 2)} style={{ width: 70 }} /></label>
          <Button onClick={onClose}>{t("close")}</Button>
          <Button type="primary" loading={busy} disabled={wanted.length === 0 || plan.isFetching} onClick={() => void apply()}>{t("plan.apply", { count: wanted.length })}</Button>
        </div>
      }
    >
      <p className="hc-muted">{t("plan.hint")}</p>
      {refused.length > 0 ? (
        <Alert type="warning" showIcon title={t("plan.refused", { count: refused.length })} description={<ul>{refused.slice(0, 5).map((one) => <li key={one.id}>{t("one")} {one.id}: {one.message}</li>)}</ul>} />
      ) : null}
      {plan.error ? <ErrorState error={plan.error} onRetry={() => void plan.refetch()} /> : null}
      {plan.isLoading ? <Skeleton active /> : null}
      {plan.data ? <Proposal plan={plan.data} count={wanted.length} /> : null}
    </Modal>
  );
}
