import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import { InspectionDrawer } from "./InspectionDetail";
import NS from "./locale";
import { NextStep, Product } from "./parts";
import type { InspectionRow } from "./types";

const STATES = ["waiting", "in_progress", "decided", "skipped", "cancelled"] as const;
export const SEVERITIES = ["normal", "tightened", "reduced", "stopped"] as const;

export default function InspectionsPage() {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<InspectionRow>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 145, fixed: "left", sort: "id", render: (row) => <span className="hc-num">{row.number}</span> },
      { key: "state", title: t("col.state"), width: 100, render: (row) => <StateTag ns={NS} state={row.state} {...(row.state === "decided" ? { tone: row.decision === "reject" ? "red" : "green" } : {})} /> },
      { key: "sku", title: t("col.sku"), width: 180, render: (row) => <Product sku={row.sku} /> },
      { key: "supplier", title: t("col.supplier"), width: 125, render: (row) => row.supplier?.name ?? "" },
      { key: "units", title: t("col.units"), width: 70, align: "right", render: (row) => <Quantity value={row.quantity} /> },
      { key: "sample", title: t("col.sample"), width: 80, align: "right", render: (row) => <span className="hc-num">{row.inspected} / {row.sample_size}</span> },
      { key: "defects", title: t("col.defects"), width: 170, align: "right", render: (row) => <span className="hc-num">{row.critical} / {row.major} / {row.minor}</span> },
      { key: "decision", title: t("col.decision"), width: 135, render: (row) => (row.decision ? `${t(`decision.${row.decision}`)} ${row.accepted} / ${row.rejected}` : "") },
      { key: "created", title: t("col.created"), width: 100, sort: "created_at", render: (row) => <DateTime value={row.created_at} /> },
      { key: "severity", title: t("col.severity"), width: 100, render: (row) => (row.severity === "normal" ? t("severity.normal") : <ToneTag tone={row.severity === "reduced" ? "green" : "orange"}>{t(`severity.${row.severity}`)}</ToneTag>) },
      { key: "lot", title: t("col.lot"), width: 110, render: (row) => row.lot?.code ?? "" },
      { key: "decided", title: t("col.decided"), width: 120, sort: "decided_at", hidden: true, render: (row) => <DateTime value={row.decided_at} /> },
      { key: "warehouse", title: t("col.warehouse"), width: 110, hidden: true, render: (row) => row.warehouse.code },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "severity", label: t("col.severity"), type: "select", width: 130, options: SEVERITIES.map((value) => ({ value, label: t(`severity.${value}`) })) },
      { key: "supplier_id", label: t("col.supplier"), type: "remote", path: "/suppliers", toOption: (one: { id: number; code: string; name: string }) => ({ value: String(one.id), label: `${one.code} ${one.name}` }), width: 160 },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => [...STATES.map((key) => ({ key, label: t(`state.${key}`), attention: key === "waiting" })), { key: "all", label: t("tab.all"), query: {} }], [t]);
  return (
    <ListPage<InspectionRow>
      id="inspections"
      title={t("insp.title")}
      path="/inspections"
      countsPath="/inspections/counts"
      tabs={tabs}
      tabParam="state"
      defaultTab="waiting"
      search={t("insp.search")}
      filters={filters}
      columns={columns}
      rowId={(row) => row.id}
      rowName={(row) => row.number}
      rowTone={(row) => (row.severity === "tightened" && row.state === "waiting" ? "orange" : undefined)}
      defaultSort="-id"
      warehouseParam="warehouse_id"
      exportPath="/inspections/export"
      drawer={(id, close) => <InspectionDrawer id={id} onClose={close} />}
      refreshEvery={30_000}
      empty={{ title: t("insp.empty"), hint: t("insp.emptyHint"), action: <NextStep to="/inspection-plans" permission="inbound.inspection_plan.view">{t("next.plans")}</NextStep> }}
    />
  );
}
