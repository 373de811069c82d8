import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { useListState } from "@/shared/list/useListState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { Related, SkuDrawer } from "./SkuDetail";
import type { SkuFinding } from "./types";
import { FINDING_CODES } from "./words";

type Row = SkuFinding & { id: number; sku: { id: number; code: string; name: string } };

/** Everything that is odd about product data, one row a finding. */
export default function FindingsPage() {
  const { t } = useTranslation(NS);
  const state = useListState();
  const columns = useMemo<ListColumn<Row>[]>(
    () => [
      { key: "sku", title: t("quality.sku"), width: 150, fixed: "left", render: (row) => <span className="hc-num">{row.sku.code}</span> },
      { key: "name", title: t("col.name"), width: 240, render: (row) => row.sku.name },
      { key: "finding", title: t("col.findings"), width: 170, render: (row) => <ToneTag tone="orange">{t(`finding.${row.code}`, { defaultValue: row.code })}</ToneTag> },
      { key: "message", title: t("col.problem"), width: 460, render: (row) => row.message },
      { key: "related", title: "", label: t("col.code"), width: 130, render: (row) => <Related finding={row} /> },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(
    () => [{ key: "code", label: t("filter.finding"), type: "select", width: 200, options: FINDING_CODES.map((value) => ({ value, label: t(`finding.${value}`) })) }],
    [t],
  );
  return (
    <ListPage<Row>
      id="sku-findings"
      title={t("quality.title")}
      hint={t("quality.hint")}
      path="/skus/findings"
      columns={columns}
      filters={filters}
      rowId={(row) => row.id}
      onOpen={(row) => state.setOpen(String(row.sku.id))}
      drawer={(id, close) => <SkuDrawer id={id} onClose={close} />}
      exportPath="/skus/findings/export"
      exportPermission="catalog.sku.export"
      search={t("search")}
      empty={{ title: t("empty.findings"), hint: t("empty.findingsHint") }}
    />
  );
}
