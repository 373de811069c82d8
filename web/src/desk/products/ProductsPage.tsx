import { CloudUploadOutlined, PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { FilterOption, ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useListState } from "@/shared/list/useListState";
import { useSession } from "@/shared/session/session";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { Size } from "./Size";
import { SkuDrawer } from "./SkuDetail";
import type { CategoryRef, SkuRow } from "./types";
import { FINDING_CODES, KINDS, TEMPERATURES } from "./words";

export default function ProductsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const state = useListState();

  const columns = useMemo<ListColumn<SkuRow>[]>(
    () => [
      { key: "code", title: t("col.code"), width: 150, fixed: "left", sort: "code", render: (row) => <span className="hc-num">{row.code}</span> },
      { key: "name", title: t("col.name"), width: 210, sort: "name", render: (row) => row.name },
      { key: "status", title: t("col.status"), width: 100, render: (row) => <StateTag state={row.status} ns={NS} /> },
      { key: "findings", title: t("col.findings"), width: 100, render: (row) => (row.finding_count ? <ToneTag tone="orange">{row.finding_count}</ToneTag> : null) },
      { key: "category", title: t("col.category"), width: 140, render: (row) => row.category?.name },
      { key: "barcode", title: t("col.barcode"), width: 126, render: (row) => <span className="hc-num">{row.barcode}</span> },
      { key: "weight", title: t("col.weight"), width: 100, align: "right", render: (row) => <Quantity value={row.weight_g} unit="g" /> },
      { key: "size", title: t("col.size"), width: 140, align: "right", render: (row) => <Size of={row} /> },
      { key: "abc", title: t("col.abc"), width: 64, render: (row) => row.abc_class },
      { key: "kind", title: t("col.kind"), width: 90, hidden: true, render: (row) => t(`kind.${row.kind}`, { defaultValue: row.kind }) },
      { key: "updated", title: t("col.updated"), width: 110, sort: "updated_at", render: (row) => <DateTime value={row.updated_at} /> },
    ],
    [t],
  );

  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "category", label: t("filter.category"), type: "remote", path: "/categories", toOption: ((one: CategoryRef): FilterOption => ({ value: String(one.id), label: one.name })) },
      { key: "kind", label: t("filter.kind"), type: "select", width: 110, options: KINDS.map((value) => ({ value, label: t(`kind.${value}`) })) },
      { key: "abc_class", label: t("filter.abc"), type: "select", width: 80, options: ["A", "B", "C"].map((value) => ({ value, label: value })) },
      { key: "temperature", label: t("filter.temperature"), type: "select", width: 110, options: TEMPERATURES.map((value) => ({ value, label: t(`temperature.${value}`) })) },
      { key: "finding", label: t("filter.finding"), type: "select", options: FINDING_CODES.map((value) => ({ value, label: t(`finding.${value}`) })) },
    ],
    [t],
  );

  const tabs = useMemo<ListTab[]>(
    () => [
      { key: "all", label: t("tab.all"), query: {} },
      { key: "active", label: t("tab.active"), query: { status: "active" } },
      { key: "findings", label: t("tab.findings"), query: { has_findings: true }, attention: true },
      { key: "draft", label: t("tab.draft"), query: { status: "draft" } },
      { key: "discontinued", label: t("tab.discontinued"), query: { status: "discontinued" } },
    ],
    [t],
  );

  const importer = (
    <Link to="/imports/new?kind=sku"><Button icon={<CloudUploadOutlined />}>{t("action.import")}</Button></Link>
  );
  return (
    <ListPage<SkuRow>
      id="products"
      title={t("title")}
      path="/skus"
      countsPath="/skus/counts"
      tabs={tabs}
      columns={columns}
      filters={filters}
      search={t("search")}
      defaultSort="code"
      rowId={(row) => row.id}
      exportPath="/skus/export"
      exportPermission="catalog.sku.export"
      drawer={(id, close) => <SkuDrawer id={id} onClose={close} />}
      primaryAction={
        <>
          {can("catalog.sku.import") ? importer : null}
          {can("catalog.sku.create") ? <Link to="/products/new"><Button type="primary" icon={<PlusOutlined />}>{t("new")}</Button></Link> : null}
        </>
      }
      empty={state.tab === "findings" ? { title: t("empty.findings"), hint: t("empty.findingsHint") } : { title: t("empty.title"), hint: t("empty.hint"), action: importer }}
    />
  );
}
