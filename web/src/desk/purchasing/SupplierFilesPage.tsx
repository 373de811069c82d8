import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DateTime } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { FileProblems, type FileProblem } from "@/shared/ui/FileProblems";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { Ref } from "./types";

interface Row {
  id: number;
  supplier: Ref;
  name: string;
  state: string;
  orders: string[];
  problems: FileProblem[];
  taken_at: string;
}

/** Suppliers' answers to purchase orders by EDI: what was taken of each file, and what was not. */
export default function SupplierFilesPage() {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<Row>[]>(
    () => [
      { key: "name", title: t("files.name"), width: 240, fixed: "left", render: (row) => <span className="hc-num">{row.name}</span> },
      { key: "supplier", title: t("col.supplier"), width: 180, render: (row) => row.supplier.name },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <StateTag state={row.state} ns={NS} group="file" /> },
      { key: "orders", title: t("files.answered"), width: 220, render: (row) => <span className="hc-num">{row.orders.join(", ") || "—"}</span> },
      { key: "problems", title: t("files.problem"), width: 420, render: (row) => <FileProblems problems={row.problems} /> },
      { key: "taken", title: t("files.taken"), width: 130, sort: "taken_at", render: (row) => <DateTime value={row.taken_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => [{ key: "all", label: t("orders.tab.all"), query: {} }, ...["failed", "taken"].map((key) => ({ key, label: t(`state.file.${key}`), query: { state: [key] }, attention: key === "failed" }))], [t]);
  const filters = useMemo<ListFilter[]>(() => [{ key: "supplier_id", label: t("col.supplier"), type: "remote", width: 160, path: "/suppliers", toOption: (one: Ref) => ({ value: String(one.id), label: one.name }) }], [t]);
  return (
    <ListPage<Row>
      id="supplier-files" title={t("files.title")} hint={t("files.hint")} path="/supplier-files" tabs={tabs} filters={filters} columns={columns} rowId={(row) => row.id} rowName={(row) => row.name}
      exportPath="/supplier-files/export" exportPermission="purchasing.link.view" empty={{ title: t("files.empty"), hint: t("files.emptyHint") }}
    />
  );
}
