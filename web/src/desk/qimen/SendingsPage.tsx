import { RedoOutlined } from "@ant-design/icons";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListTab } from "@/shared/list/types";
import { connectionFilter, State } from "./columns";
import NS from "./locale";
import { QimenTabs } from "./QimenTabs";
import type { Sending } from "./types";

const STATES = ["refused", "pending", "done"] as const;

/** What the other side is told: waiting, arrived or refused. */
export default function SendingsPage() {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<Sending>[]>(
    () => [
      { key: "method", title: t("col.method"), width: 210, fixed: "left", render: (row) => <span className="hc-mono">{row.method}</span> },
      { key: "document", title: t("col.document"), width: 170, render: (row) => <span className="hc-num">{row.document_code}</span> },
      { key: "state", title: t("col.state"), width: 120, render: (row) => <State state={row.state} /> },
      { key: "message", title: t("col.message"), width: 300, render: (row) => row.message },
      { key: "key", title: t("col.key"), width: 190, render: (row) => <span className="hc-mono">{row.key}</span> },
      { key: "connection", title: t("col.name"), width: 140, render: (row) => row.connection.name },
      { key: "tries", title: t("col.tries"), width: 70, align: "right", render: (row) => <Quantity value={row.tries} /> },
      { key: "created", title: t("col.created"), width: 130, sort: "created_at", render: (row) => <DateTime value={row.created_at} /> },
      { key: "next", title: t("col.next"), width: 130, render: (row) => (row.state === "pending" ? <DateTime value={row.next_try_at} /> : null) },
      { key: "done", title: t("col.done"), width: 130, render: (row) => <DateTime value={row.done_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => [{ key: "all", label: t("state.all"), query: {} }, ...STATES.map((key) => ({ key, label: t(`state.${key}`), query: { state: [key] }, attention: key === "refused" }))], [t]);
  const filters = useMemo(() => [connectionFilter(t)], [t]);
  const bulkActions = useMemo<BulkAction[]>(() => [{ code: "resend", label: t("action.resend"), path: "/qimen-sendings/resend", permission: "integrations.qimen.resend", primary: true, icon: <RedoOutlined /> }], [t]);
  return (
    <ListPage<Sending>
      id="qimen-sendings" title={t("page.sendings")} path="/qimen-sendings" countsPath="/qimen-sendings/counts" tabs={tabs} defaultTab="all" filters={filters} search={t("searchSending")} columns={columns}
      rowId={(row) => row.id} rowName={(row) => row.document_code} bulkActions={bulkActions} exportPath="/qimen-sendings/export" primaryAction={<QimenTabs />} refreshEvery={15_000}
      empty={{ title: t("empty.sendings"), hint: t("empty.sendingsHint") }}
    />
  );
}
