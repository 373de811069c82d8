import { ThunderboltOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DateTime } from "@/shared/format/format";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState } from "@/shared/ui/ErrorState";
import { Kpi, KpiRow } from "@/shared/ui/Kpi";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import { FloorMap } from "./FloorMap";
import { Late, MOST_LATE, Waiting, Workers } from "./FloorTables";
import NS from "./locale";
import { PlanDialog } from "./PlanDialog";
import { useFloor } from "./queries";
import css from "./work.module.css";

/** The floor at a glance: who does what and since when, what is late, what waits where; and the plan for all. */
export default function FloorPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { warehouse, warehouses, setWarehouse } = useScope();
  const home = warehouse ?? warehouses[0];
  const floor = useFloor(home?.id);
  const [planning, setPlanning] = useState(false);
  if (!home) return <EmptyState title={t("floor.noWarehouse")} hint={t("floor.noWarehouseHint")} />;
  const view = floor.data;
  const onShift = view?.workers.filter((one) => one.is_on_shift).length;
  const busy = view?.workers.filter((one) => one.task?.state === "started").length;
  const waiting = view?.waiting.reduce((all, one) => all + one.tasks, 0);
  const done = view?.done_lately.reduce((all, one) => all + one.tasks, 0);
  return (
    <div className={css.page}>
      <PageHeader
        title={t("floor.title")}
        titleText={t("floor.title")}
        hint={<>{home.code} {home.name}{view ? <> · <DateTime value={view.at} /></> : null}</>}
        actions={
          <>
            {warehouse || warehouses.length < 2 ? null : (
              <Select aria-label={t("col.warehouse")} value={String(home.id)} onChange={(id: string) => setWarehouse(id)} options={warehouses.map((one) => ({ value: String(one.id), label: `${one.code} ${one.name}` }))} />
            )}
            <Link to="/tasks"><Button>{t("tasks.title")}</Button></Link>
            {can("work.task.manage") ? <Button type="primary" icon={<ThunderboltOutlined />} onClick={() => setPlanning(true)}>{t("plan.action")}</Button> : null}
          </>
        }
      />
      <PageBody>
        {floor.error && !view ? <ErrorState error={floor.error} onRetry={() => void floor.refetch()} /> : null}
        <KpiRow>
          <Kpi label={t("floor.onShift")} value={onShift} loading={!view} to="/workers?is_on_shift=true" />
          <Kpi label={t("floor.busy")} value={busy} loading={!view} to="/tasks?tab=held" hint={onShift ? t("floor.busyOf", { count: onShift }) : null} />
          <Kpi label={t("floor.waiting")} value={waiting} loading={!view} to="/tasks?tab=open" tone={waiting ? "orange" : undefined} />
          <Kpi label={t("floor.late")} value={view?.late_count} loading={!view} to="/tasks?tab=late" tone={view?.late_count ? "red" : undefined} />
          <Kpi label={t("floor.doneHour")} value={done} loading={!view} to="/tasks?tab=done" />
        </KpiRow>
        {view ? (
          <div className={css.grid}>
            <div className={css.column}>
              <Section title={t("floor.who")} flush><Workers view={view} /></Section>
              <Section title={t("floor.waits")} flush><Waiting view={view} /></Section>
            </div>
            <div className={css.column}>
              <Section title={t("floor.lateTitle")} flush extra={view.late_count > MOST_LATE ? <Link to="/tasks?tab=late">{t("floor.allLate", { count: view.late_count })}</Link> : null}><Late view={view} /></Section>
              <Section title={t("floor.map")} flush><FloorMap view={view} warehouseId={home.id} /></Section>
            </div>
          </div>
        ) : null}
      </PageBody>
      {planning ? <PlanDialog warehouseId={Number(home.id)} onClose={() => setPlanning(false)} /> : null}
    </div>
  );
}
