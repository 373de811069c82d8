import { CheckOutlined, SwapOutlined } from "@ant-design/icons";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useOptions } from "@/desk/floor/options";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useScope } from "@/shared/session/scope";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { useCandidates } from "./queries";
import { TaskDrawer } from "./TaskDetail";
import type { Person, TaskRow } from "./types";
import { useTaskAsks } from "./useTaskAsks";
import { KINDS, minutes, nameOf, rowTone, TABS, taskTone } from "./words";
import css from "./work.module.css";

const NO_PEOPLE: Person[] = [];

export default function TasksPage() {
  const { t } = useTranslation(NS);
  const { warehouse } = useScope();
  const people = useCandidates().data?.items ?? NO_PEOPLE;
  const zones = useOptions("/zones", { query: warehouse ? { warehouse_id: warehouse.id } : {}, permission: "facility.zone.view" }).options;
  const asks = useTaskAsks(people);
  const columns = useMemo<ListColumn<TaskRow>[]>(
    () => [
      { key: "id", title: t("col.task"), width: 90, fixed: "left", sort: "id", render: (row) => <span className="hc-num">{row.id}</span> },
      { key: "kind", title: t("col.kind"), width: 100, render: (row) => t(`kind.${row.kind}`) },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <StateTag ns={NS} state={row.state} tone={taskTone(row.state)} /> },
      { key: "assignee", title: t("col.worker"), width: 110, render: (row) => (row.assignee ? nameOf(row.assignee) : <span className="hc-faint">{t("nobody")}</span>) },
      { key: "way", title: t("col.way"), width: 210, render: (row) => <span className="hc-num">{row.from_location?.code ?? "…"} → {row.to_location?.code ?? "…"}</span> },
      { key: "zone", title: t("col.zone"), width: 80, render: (row) => row.zone?.code ?? "" },
      { key: "what", title: t("col.what"), width: 200, render: (row) => <span className={css.what}>{row.sku ? `${row.sku.code} ${row.sku.name}` : (row.container?.code ?? row.note)}</span> },
      { key: "quantity", title: t("col.quantity"), width: 80, align: "right", render: (row) => (row.quantity > 0 ? <Quantity value={row.quantity} /> : "") },
      { key: "priority", title: t("col.priority"), width: 90, align: "right", sort: "priority", render: (row) => <Quantity value={row.priority} /> },
      { key: "due", title: t("col.due"), width: 120, sort: "due_at", render: (row) => <DateTime value={row.due_at} /> },
      { key: "needs", title: t("col.needs"), width: 120, render: (row) => [row.skill, row.equipment].filter(Boolean).join(" · ") },
      { key: "expected", title: t("col.expected"), width: 100, align: "right", render: (row) => (row.est_seconds > 0 ? <Quantity value={minutes(row.est_seconds)} unit="minute" /> : "") },
      { key: "worked", title: t("col.worked"), width: 100, align: "right", render: (row) => (row.worked_seconds > 0 ? <Quantity value={minutes(row.worked_seconds)} unit="minute" /> : "") },
      { key: "note", title: t("col.note"), width: 160, hidden: true, render: (row) => row.note },
      { key: "created", title: t("col.created"), width: 120, sort: "created_at", render: (row) => <DateTime value={row.created_at} /> },
      { key: "done", title: t("col.done"), width: 120, hidden: true, sort: "done_at", render: (row) => <DateTime value={row.done_at} /> },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "kind", label: t("col.kind"), type: "select", multiple: true, width: 150, options: KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) })) },
      { key: "zone_id", label: t("col.zone"), type: "select", width: 130, options: zones.map((one) => ({ value: String(one.value), label: one.label })) },
      { key: "assignee_id", label: t("col.worker"), type: "select", width: 130, options: people.map((one) => ({ value: String(one.id), label: nameOf(one) })) },
    ],
    [t, zones, people],
  );
  const bulkActions = useMemo<BulkAction[]>(
    () => [
      { code: "reprioritise", label: t("action.reprioritise"), path: "/tasks/reprioritise", permission: "work.task.manage", primary: true, ask: asks.reprioritise },
      { code: "hand_over", label: t("action.hand_over"), path: "/tasks/hand-over", permission: "work.task.manage", icon: <SwapOutlined />, ask: asks.handOver },
      { code: "release", label: t("action.release"), path: "/tasks/release", permission: "work.task.work", confirm: true },
      { code: "claim", label: t("action.claim"), path: "/tasks/claim", permission: "work.task.work", icon: <CheckOutlined /> },
      { code: "cancel", label: t("action.cancel"), path: "/tasks/cancel", permission: "work.task.manage", danger: true, ask: asks.cancel },
    ],
    [t, asks.reprioritise, asks.handOver, asks.cancel],
  );
  const tabs = useMemo<ListTab[]>(() => TABS.map((key) => ({ key, label: t(`tab.${key}`), attention: key === "late" })), [t]);
  return (
    <ListPage<TaskRow>
      id="tasks"
      title={t("tasks.title")}
      hint={t("tasks.hint")}
      path="/tasks"
      countsPath="/tasks/counts"
      tabs={tabs}
      defaultTab="standing"
      search={t("tasks.search")}
      warehouseParam="warehouse_id"
      filters={filters}
      columns={columns}
      rowId={(row) => row.id}
      rowName={(row) => `${t(`kind.${row.kind}`)} ${row.id}`}
      rowTone={rowTone}
      defaultSort="-id"
      bulkActions={bulkActions}
      exportPath="/tasks/export"
      exportPermission="work.task.export"
      drawer={(id, close) => <TaskDrawer id={id} onClose={close} />}
      refreshEvery={15_000}
      empty={{ title: t("tasks.empty"), hint: t("tasks.emptyHint") }}
    />
  );
}
