import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListTab } from "@/shared/list/types";
import { connectionFilter, State } from "./columns";
import NS from "./locale";
import { QimenTabs } from "./QimenTabs";
import type { Message } from "./types";

const STATES = ["failed", "done"] as const;

/** What the other side has told or ordered, and what became of it. */
export default function MessagesPage() {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<Message>[]>(
    () => [
      { key: "method", title: t("col.method"), width: 210, fixed: "left", render: (row) => <span className="hc-mono">{row.method}</span> },
      { key: "document", title: t("col.document"), width: 170, render: (row) => <span className="hc-num">{row.document_code}</span> },
      { key: "state", title: t("col.state"), width: 120, render: (row) => <State state={row.state} /> },
      { key: "message", title: t("col.message"), width: 380, render: (row) => row.message },
      { key: "code", title: t("col.code"), width: 150, render: (row) => <span className="hc-mono">{row.code}</span> },
      { key: "connection", title: t("col.name"), width: 140, render: (row) => row.connection.name },
      { key: "repeats", title: t("col.repeats"), width: 90, align: "right", render: (row) => <Quantity value={row.repeats} /> },
      { key: "received", title: t("col.received"), width: 130, sort: "received_at", render: (row) => <DateTime value={row.received_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => [{ key: "all", label: t("state.all"), query: {} }, ...STATES.map((key) => ({ key, label: t(`state.${key}`), query: { state: [key] }, attention: key === "failed" }))], [t]);
  const filters = useMemo(() => [connectionFilter(t)], [t]);
  return (
    <ListPage<Message>
      id="qimen-messages" title={t("page.messages")} path="/qimen-messages" countsPath="/qimen-messages/counts" tabs={tabs} defaultTab="all" filters={filters} search={t("search")} columns={columns}
      rowId={(row) => row.id} rowName={(row) => row.document_code} exportPath="/qimen-messages/export" primaryAction={<QimenTabs />} refreshEvery={15_000}
      empty={{ title: t("empty.messages"), hint: t("empty.messagesHint") }}
    />
  );
}
