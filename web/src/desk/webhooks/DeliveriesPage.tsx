import { RedoOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Drawer, Skeleton, Table } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { Facts } from "@/shared/detail/DetailDrawer";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { CopyText } from "@/shared/ui/CopyText";
import { ErrorState } from "@/shared/ui/ErrorState";
import { StateTag } from "@/shared/ui/StateTag";
import type { Tone } from "@/shared/ui/states";
import { useEventTypes } from "./EndpointDialogs";
import NS from "./locale";
import type { Delivery, DeliveryDetail } from "./types";
import css from "./webhooks.module.css";

const TONES: Record<string, Tone> = { waiting: "blue", sending: "blue", delivered: "green", dead: "red" };
const STATES = ["waiting", "delivered", "dead"] as const;

function State({ state }: { state: string }) {
  return <StateTag ns={NS} state={state} tone={TONES[state] ?? "grey"} />;
}

function DeliveryDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const query = useQuery({ queryKey: ["detail", "webhook-delivery", id], queryFn: ({ signal }) => api.get<DeliveryDetail>(`/webhooks/deliveries/${id}`, undefined, signal) });
  const one = query.data;
  return (
    <Drawer open size={680} onClose={onClose} title={one ? one.type : ""}>
      {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {one ? (
        <div className="hc-stack">
          <Facts
            facts={[
              { label: t("deliveries.key"), value: <CopyText text={one.key} /> },
              { label: t("deliveries.endpoint"), value: one.endpoint.name },
              { label: t("deliveries.state"), value: <State state={one.state} /> },
              { label: t("deliveries.time"), value: <DateTime value={one.created_at} mode="absolute" /> },
            ]}
          />
          <h3>{t("deliveries.tries")}</h3>
          <Table
            size="small"
            rowKey="id"
            pagination={false}
            dataSource={one.tries}
            columns={[
              { title: t("deliveries.time"), render: (_, row) => <DateTime value={row.at} mode="absolute" /> },
              { title: t("deliveries.status"), render: (_, row) => row.status ?? row.error },
              { title: "ms", align: "right", render: (_, row) => <Quantity value={row.ms} /> },
              { title: t("deliveries.answer"), render: (_, row) => <span className="hc-mono">{row.answer}</span> },
            ]}
          />
          <h3>{t("deliveries.body")}</h3>
          <pre className={css.body}>{JSON.stringify(one.body, null, 2)}</pre>
        </div>
      ) : (
        <Skeleton active />
      )}
    </Drawer>
  );
}

/** Every message on its way, delivered or given up. */
export default function DeliveriesPage() {
  const { t } = useTranslation(NS);
  const types = useEventTypes();
  const columns = useMemo<ListColumn<Delivery>[]>(
    () => [
      { key: "type", title: t("deliveries.type"), width: 160, render: (row) => row.type },
      { key: "endpoint", title: t("deliveries.endpoint"), width: 150, render: (row) => row.endpoint.name },
      { key: "state", title: t("deliveries.state"), width: 110, render: (row) => <State state={row.state} /> },
      { key: "attempts", title: t("deliveries.attempts"), width: 70, align: "right", render: (row) => <Quantity value={row.attempts} /> },
      { key: "status", title: t("deliveries.status"), width: 170, render: (row) => row.last_error || row.last_status },
      { key: "due", title: t("deliveries.due"), width: 130, render: (row) => (row.state === "waiting" ? <DateTime value={row.due_at} /> : null) },
      { key: "time", title: t("deliveries.time"), width: 130, render: (row) => <DateTime value={row.created_at} /> },
      { key: "key", title: t("deliveries.key"), width: 310, render: (row) => <span className="hc-mono">{row.key}</span> },
      { key: "replay", title: t("action.replay"), width: 90, hidden: true, render: (row) => (row.replay > 0 ? t("deliveries.replayed", { count: row.replay }) : "") },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => [{ key: "all", label: t("all"), query: {} }, ...STATES.map((state) => ({ key: state, label: t(`state.${state}`), query: { state }, attention: state === "dead" }))], [t]);
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "endpoint", label: t("deliveries.endpoint"), type: "remote", width: 150, path: "/webhooks/endpoints", toOption: ((one: { id: number; name: string }) => ({ value: String(one.id), label: one.name })) },
      { key: "type", label: t("deliveries.type"), type: "select", width: 170, options: (types.data?.items ?? []).map((one) => ({ value: one.type, label: one.type })) },
    ],
    [t, types.data],
  );
  const bulkActions = useMemo<BulkAction[]>(() => [{ code: "resend", label: t("action.resend"), path: "/webhooks/deliveries/resend", permission: "integrations.webhook.manage", primary: true, icon: <RedoOutlined /> }], [t]);
  return (
    <ListPage<Delivery>
      id="webhook-deliveries" title={t("deliveries.title")} path="/webhooks/deliveries" countsPath="/webhooks/deliveries/counts" tabs={tabs} defaultTab="all" filters={filters} columns={columns}
      rowId={(row) => row.id} rowName={(row) => row.key} defaultSort="-id" bulkActions={bulkActions} exportPath="/webhooks/deliveries/export" refreshEvery={10_000}
      drawer={(id, close) => <DeliveryDrawer id={id} onClose={close} />}
      empty={{ title: t("deliveries.emptyTitle"), hint: t("deliveries.emptyHint") }}
    />
  );
}
