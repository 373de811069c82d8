import { ThunderboltOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Space } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import type { Tone } from "@/shared/ui/states";
import NS from "./locale";
import type { Done, Replenishment } from "./types";

const CAUSES = ["demand", "below_min", "manual", "top_up", "consolidation"] as const;
const TASK: Record<string, Tone> = { open: "orange", assigned: "blue", started: "blue", paused: "orange", done: "green", cancelled: "grey" };

/** What has to be carried to pick faces, and who does it. */
export default function ReplenishmentsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { warehouse } = useScope();
  const client = useQueryClient();
  const report = useReportProblem();
  const { message } = App.useApp();
  const [busy, setBusy] = useState("");
  const plan = async (topUp: boolean) => {
    if (!warehouse) return void message.warning(t("faces.pickWarehouse"));
    setBusy(topUp ? "top" : "plan");
    try {
      const done = await api.post<Done>("/replenishments/plan", { warehouse_id: warehouse.id, top_up: topUp });
      if (done.count > 0) void message.success(t("list.planned", { count: done.count }));
      else void message.info(t("list.nothing"));
      await client.invalidateQueries({ queryKey: ["list"] });
    } catch (error) {
      report(error);
    } finally {
      setBusy("");
    }
  };
  const columns = useMemo<ListColumn<Replenishment>[]>(
    () => [
      { key: "sku", title: t("col.sku"), width: 200, fixed: "left", render: (row) => <><Link to={`/products/${row.sku.id}`}>{row.sku.code}</Link> <span className="hc-muted">{row.sku.name}</span></> },
      { key: "from", title: t("col.from"), width: 105, render: (row) => <span className="hc-num">{row.from_location.code}</span> },
      { key: "to", title: t("col.to"), width: 105, render: (row) => <span className="hc-num">{row.to_location.code}</span> },
      { key: "quantity", title: t("col.quantity"), width: 90, align: "right", sort: "quantity", render: (row) => <Quantity value={row.quantity} /> },
      { key: "moved", title: t("col.moved"), width: 75, align: "right", render: (row) => <Quantity value={row.moved} /> },
      { key: "cause", title: t("col.cause"), width: 130, render: (row) => <ToneTag tone={row.cause === "demand" ? "orange" : "grey"} icon={false}>{t(`cause.${row.cause}`)}</ToneTag> },
      { key: "due", title: t("col.due"), width: 115, sort: "due_at", render: (row) => <DateTime value={row.due_at} /> },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <ToneTag tone={TASK[row.task_state] ?? "grey"}>{t(`task.${row.task_state}`)}</ToneTag> },
      { key: "worker", title: t("col.worker"), width: 100, render: (row) => row.worker || <span className="hc-faint">–</span> },
      { key: "ended", title: t("col.ended"), width: 130, render: (row) => (row.ended_by ? t(`ended.${row.ended_by}`) : "") },
      { key: "lot", title: t("col.lot"), width: 110, hidden: true, render: (row) => row.lot_code ?? "" },
      { key: "created", title: t("col.created"), width: 130, sort: "id", render: (row) => <DateTime value={row.created_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => (["open", "done", "cancelled", "all"] as const).map((key) => ({ key, label: t(`tab.${key}`), attention: key === "open" })), [t]);
  const filters = useMemo<ListFilter[]>(() => [{ key: "cause", label: t("filter.cause"), type: "select", multiple: true, width: 150, options: CAUSES.map((value) => ({ value, label: t(`cause.${value}`) })) }], [t]);
  const bulkActions = useMemo<BulkAction[]>(() => [{ code: "cancel", label: t("list.cancel"), path: "/replenishments/cancel", permission: "stockkeeping.replenishment.plan", danger: true, confirm: t("list.cancelConfirm") }], [t]);
  const action = can("stockkeeping.replenishment.plan") ? (
    <Space>
      <Button loading={busy === "top"} onClick={() => void plan(true)}>{t("list.topUp")}</Button>
      <Button type="primary" icon={<ThunderboltOutlined />} loading={busy === "plan"} onClick={() => void plan(false)}>{t("list.plan")}</Button>
    </Space>
  ) : null;
  return (
    <ListPage<Replenishment>
      id="replenishments" title={t("list.title")} path="/replenishments" countsPath="/replenishments/counts" tabs={tabs} defaultTab="open" search={t("list.search")} filters={filters} columns={columns}
      rowId={(row) => row.id} rowName={(row) => `${row.sku.code} → ${row.to_location.code}`} rowTone={(row) => (row.ended_by === "short" ? "red" : undefined)} defaultSort="-id" warehouseParam="warehouse"
      exportPath="/replenishments/export" bulkActions={bulkActions} refreshEvery={20_000} primaryAction={action} empty={{ title: t("list.emptyTitle"), hint: t("list.emptyHint"), action }}
    />
  );
}
