import { AimOutlined, ReloadOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { NextStep, Product, useRun } from "./parts";
import { PutawayDrawer } from "./PutawayDetail";
import type { PutawayRow } from "./types";

const STATES = ["planned", "waiting", "stuck", "done", "cancelled"] as const;

export default function PutawaysPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { warehouse } = useScope();
  const { run, busy } = useRun();
  const { message } = App.useApp();
  const columns = useMemo<ListColumn<PutawayRow>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 95, fixed: "left", sort: "id", render: (row) => <span className="hc-num">#{row.id}</span> },
      { key: "state", title: t("col.state"), width: 145, render: (row) => <StateTag ns={NS} group="put" state={row.state} tone={row.state === "stuck" ? "red" : row.state === "done" ? "green" : row.state === "planned" ? "blue" : row.state === "waiting" ? "orange" : "grey"} /> },
      { key: "kind", title: t("col.kind"), width: 110, render: (row) => (row.kind === "crossdock" ? <ToneTag tone="orange" icon={false}>{t("kind.crossdock")}</ToneTag> : t("kind.shelf")) },
      { key: "sku", title: t("col.sku"), width: 185, render: (row) => (row.is_whole ? <span>{t("put.whole")} <span className="hc-num">{row.container?.code}</span></span> : <Product sku={row.sku} />) },
      { key: "condition", title: t("col.condition"), width: 120, render: (row) => (row.condition === "good" ? t("condition.good") : <ToneTag tone="orange">{t(`condition.${row.condition}`)}</ToneTag>) },
      { key: "units", title: t("col.units"), width: 65, align: "right", render: (row) => <Quantity value={row.quantity} /> },
      { key: "done", title: t("col.done"), width: 75, align: "right", render: (row) => <Quantity value={row.done} /> },
      { key: "from", title: t("col.from"), width: 85, render: (row) => row.from_location.code },
      { key: "to", title: t("col.to"), width: 100, render: (row) => (row.to_location ? <strong>{row.to_location.code}</strong> : <span className="hc-faint">{t("none")}</span>) },
      { key: "created", title: t("col.created"), width: 105, sort: "created_at", render: (row) => <DateTime value={row.created_at} /> },
      { key: "doneBy", title: t("col.doneBy"), width: 110, render: (row) => row.done_by },
      { key: "lot", title: t("col.lot"), width: 110, render: (row) => row.lot?.code ?? "" },
      { key: "warehouse", title: t("col.warehouse"), width: 110, hidden: true, render: (row) => row.warehouse.code },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "kind", label: t("col.kind"), type: "select", width: 110, options: ["shelf", "crossdock"].map((value) => ({ value, label: t(`kind.${value}`) })) },
      { key: "overridden", label: t("put.overrides"), type: "bool" },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => [...STATES.map((key) => ({ key, label: t(`state.put.${key}`), attention: key === "stuck" })), { key: "all", label: t("tab.all"), query: {} }], [t]);
  const bulkActions = useMemo<BulkAction[]>(() => [{ code: "replan", label: t("action.replan"), path: "/putaways/replan", permission: "inbound.putaway.manage", icon: <AimOutlined /> }], [t]);
  const planAll =
    can("inbound.putaway.manage") && warehouse ? (
      <Button
        icon={<ReloadOutlined />}
        loading={busy === "plan"}
        onClick={() =>
          void run("plan", async () => {
            const answer = await api.post<{ planned: number; stuck: number }>("/putaways/plan", { warehouse_id: warehouse.id });
            void message.info(t("put.planned", { ...answer }));
          })
        }
      >
        {t("put.planAll")}
      </Button>
    ) : null;
  return (
    <ListPage<PutawayRow>
      id="putaways"
      title={t("put.title")}
      path="/putaways"
      countsPath="/putaways/counts"
      tabs={tabs}
      tabParam="state"
      defaultTab="planned"
      search={t("put.search")}
      filters={filters}
      columns={columns}
      rowId={(row) => row.id}
      rowName={(row) => `#${row.id}`}
      rowTone={(row) => (row.state === "stuck" ? "red" : row.kind === "crossdock" && row.state === "planned" ? "orange" : undefined)}
      defaultSort="-id"
      warehouseParam="warehouse_id"
      bulkActions={bulkActions}
      exportPath="/putaways/export"
      primaryAction={planAll}
      drawer={(id, close) => <PutawayDrawer id={id} onClose={close} />}
      refreshEvery={30_000}
      empty={{ title: t("put.empty"), hint: t("put.emptyHint"), action: <NextStep to="/receipts" permission="inbound.receipt.view">{t("next.receipts")}</NextStep> }}
    />
  );
}
