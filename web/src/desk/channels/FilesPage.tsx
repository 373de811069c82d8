import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListTab } from "@/shared/list/types";
import { FileProblems, type FileProblem } from "@/shared/ui/FileProblems";
import { StateTag } from "@/shared/ui/StateTag";
import { ChannelTabs } from "./ChannelTabs";
import { connectionFilter } from "./columns";
import NS from "./locale";
import type { ConnectionRef } from "./types";

interface Row {
  id: number;
  connection: ConnectionRef;
  name: string;
  state: string;
  orders: number;
  problems: FileProblem[];
  taken_at: string;
}

/** Files of orders from folders, SFTP, EDI and e-mail: what became of each. */
export default function FilesPage() {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<Row>[]>(
    () => [
      { key: "name", title: t("col.file"), width: 240, fixed: "left", render: (row) => <span className="hc-num">{row.name}</span> },
      { key: "connection", title: t("col.name"), width: 160, render: (row) => row.connection.name },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <StateTag state={row.state} ns={NS} group="file" /> },
      { key: "orders", title: t("col.orders"), width: 90, align: "right", render: (row) => <Quantity value={row.orders} /> },
      { key: "problems", title: t("col.problem"), width: 420, render: (row) => <FileProblems problems={row.problems} /> },
      { key: "taken", title: t("col.taken"), width: 130, sort: "taken_at", render: (row) => <DateTime value={row.taken_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => [{ key: "all", label: t("tab.all"), query: {} }, ...["failed", "taken"].map((key) => ({ key, label: t(`state.file.${key}`), query: { state: [key] }, attention: key === "failed" }))], [t]);
  const filters = useMemo(() => [connectionFilter(t)], [t]);
  return (
    <ListPage<Row>
      id="channel-files" title={t("page.files")} path="/channel-files" tabs={tabs} filters={filters} search={t("searchFile")} columns={columns} rowId={(row) => row.id} rowName={(row) => row.name}
      exportPath="/channel-files/export" exportPermission="integrations.order.view" primaryAction={<ChannelTabs />} refreshEvery={15_000} empty={{ title: t("empty.files"), hint: t("empty.filesHint") }}
    />
  );
}
