import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { useSkills } from "./queries";
import type { WorkerRow } from "./types";
import { ShiftLine } from "./ShiftLine";
import { ShiftsDialog } from "./ShiftsDialog";
import { nameOf } from "./words";
import { WorkerDialog } from "./WorkerDialog";

export default function WorkersPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const known = useSkills();
  const [planning, setPlanning] = useState(false);
  const [editing, setEditing] = useState<WorkerRow | "new" | null>(null);
  const manages = can("work.worker.manage");
  const columns = useMemo<ListColumn<WorkerRow>[]>(() => {
    const shift = async (row: WorkerRow) => {
      const name = nameOf(row.user);
      try {
        if (row.is_on_shift) {
          const yes = row.held === 0 || (await modal.confirm({ title: t("workers.end"), content: t("workers.endText", { name, count: row.held }), okText: t("workers.end"), cancelText: t("close") }));
          if (!yes) return;
          await api.post(`/workers/${row.user.id}/shift/end`);
        } else await api.post(`/workers/${row.user.id}/shift/begin`, { warehouse_id: row.warehouse.id });
        void message.success(t(row.is_on_shift ? "workers.ended" : "workers.begun", { name }));
        await client.invalidateQueries({ queryKey: ["list"] });
      } catch (error) {
        report(error);
      }
    };
    return [
      { key: "name", title: t("col.worker"), width: 150, sort: "username", render: (row) => nameOf(row.user) },
      { key: "shift", title: t("col.shift"), width: 220, render: (row) => (row.is_on_shift ? <span className="hc-row"><ToneTag tone="green">{t("workers.on")}</ToneTag><DateTime value={row.on_shift_since} /><ShiftLine endsAt={row.shift_ends_at} breaks={[]} /></span> : <ToneTag tone="grey">{t("workers.off")}</ToneTag>) },
      { key: "hours", title: t("shifts.usual"), width: 110, render: (row) => row.shift?.name ?? "" },
      { key: "warehouse", title: t("col.warehouse"), width: 100, render: (row) => row.warehouse.code },
      { key: "skills", title: t("col.skills"), width: 160, render: (row) => row.skills.join(" · ") },
      { key: "equipment", title: t("col.equipment"), width: 140, render: (row) => row.equipment.join(" · ") },
      { key: "kinds", title: t("col.kinds"), width: 180, render: (row) => (row.kinds.length === 0 ? <span className="hc-faint">{t("workers.allKinds")}</span> : row.kinds.map((kind) => t(`kind.${kind}`)).join(" · ")) },
      { key: "home", title: t("col.home"), width: 100, render: (row) => row.home_zone?.code ?? "" },
      { key: "place", title: t("col.place"), width: 120, render: (row) => row.last_location?.code ?? "" },
      { key: "seen", title: t("col.seen"), width: 120, sort: "last_seen_at", render: (row) => <DateTime value={row.last_seen_at} /> },
      { key: "held", title: t("col.held"), width: 80, align: "right", render: (row) => <Link to={`/tasks?tab=held&assignee_id=${row.user.id}`}><Quantity value={row.held} /></Link> },
      ...(manages
        ? [{
            key: "actions", title: "", label: t("col.shift"), width: 130, fixed: "right" as const,
            render: (row: WorkerRow) => <Button size="small" onClick={(event) => { event.stopPropagation(); void shift(row); }}>{t(row.is_on_shift ? "workers.end" : "workers.begin")}</Button>,
          }]
        : []),
    ];
  }, [t, manages, modal, message, client, report]);
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "is_on_shift", label: t("workers.on"), type: "bool" },
      { key: "skill", label: t("col.skills"), type: "select", multiple: true, width: 160, options: (known.data?.skills ?? []).map((value) => ({ value, label: value })) },
    ],
    [t, known.data],
  );
  const add = manages ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>{t("workers.add")}</Button> : null;
  return (
    <>
      <ListPage<WorkerRow>
        id="workers"
        title={t("workers.title")}
        hint={t("workers.hint")}
        path="/workers"
        search={t("workers.search")}
        warehouseParam="warehouse_id"
        filters={filters}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => nameOf(row.user)}
        defaultSort="username"
        exportPath="/workers/export"
        exportPermission="work.worker.view"
        refreshEvery={30_000}
        primaryAction={<>{manages ? <Button onClick={() => setPlanning(true)}>{t("shifts.title")}</Button> : null}{add}</>}
        {...(manages ? { onOpen: (row: WorkerRow) => setEditing(row) } : {})}
        empty={{ title: t("workers.empty"), hint: t("workers.emptyHint"), action: add }}
      />
      {planning ? <ShiftsDialog onClose={() => setPlanning(false)} /> : null}
      {editing ? <WorkerDialog worker={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
    </>
  );
}
