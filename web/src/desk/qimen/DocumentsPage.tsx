import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { connectionFilter, State } from "./columns";
import { DocumentDrawer } from "./DocumentDrawer";
import NS from "./locale";
import { QimenTabs } from "./QimenTabs";
import type { QimenDocument } from "./types";

const KINDS = ["entry", "return", "delivery", "stockout"] as const;

/** Documents that both sides know: goods to ship, and goods to receive. */
export default function DocumentsPage() {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<QimenDocument>[]>(
    () => [
      { key: "code", title: t("col.document"), width: 190, fixed: "left", render: (row) => <span className="hc-num">{row.code}</span> },
      { key: "kind", title: t("col.kind"), width: 120, render: (row) => t(`kind.${row.kind}`) },
      { key: "type", title: t("col.type"), width: 90, render: (row) => row.order_type },
      { key: "state", title: t("col.state"), width: 120, render: (row) => <State state={row.state} /> },
      { key: "planned", title: t("col.planned"), width: 90, align: "right", render: (row) => <Quantity value={row.planned} /> },
      { key: "actual", title: t("col.actual"), width: 90, align: "right", render: (row) => <Quantity value={row.actual} /> },
      { key: "warehouse", title: t("col.warehouse"), width: 140, render: (row) => row.warehouse?.name },
      { key: "connection", title: t("col.name"), width: 150, render: (row) => row.connection.name },
      { key: "created", title: t("col.created"), width: 130, sort: "created_at", render: (row) => <DateTime value={row.created_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(
    () => [
      { key: "receive", label: t("state.receive"), query: { kind: ["entry", "return"], state: ["open", "partly"] }, attention: true },
      ...(["open", "partly", "done", "cancelled"] as const).map((key) => ({ key, label: t(`state.${key}`), query: { state: [key] } })),
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(() => [connectionFilter(t), { key: "kind", label: t("filter.kind"), type: "select", width: 140, options: KINDS.map((value) => ({ value, label: t(`kind.${value}`) })) }], [t]);
  return (
    <ListPage<QimenDocument>
      id="qimen-documents" title={t("page.documents")} path="/qimen-documents" countsPath="/qimen-documents/counts" tabs={tabs} defaultTab="receive" filters={filters} search={t("search")} columns={columns}
      rowId={(row) => row.id} rowName={(row) => row.code} exportPath="/qimen-documents/export" primaryAction={<QimenTabs />} drawer={(id, close) => <DocumentDrawer id={id} onClose={close} />}
      empty={{ title: t("empty.documents"), hint: t("empty.documentsHint") }}
    />
  );
}
