import { useQuery } from "@tanstack/react-query";
import { Table, Tooltip, type TableColumnType } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate } from "react-router";
import { api } from "@/api";
import { DetailDrawer, type DetailContent } from "@/shared/detail/DetailDrawer";
import { DateTime, Quantity } from "@/shared/format/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState } from "@/shared/ui/ErrorState";
import { Kpi, KpiRow } from "@/shared/ui/Kpi";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { Movements } from "./Movements";
import { StockMenu } from "./StockMenu";
import type { SkuStock, StockRow } from "./types";

interface Node {
  key: string;
  label: string;
  kind: "warehouse" | "location" | "lot";
  quantity: number;
  allocated: number;
  /** What of the ledger this number is the sum of (`lw` warehouse, `ll` location, `lt` lot). */
  ledger: Record<string, string>;
  row?: StockRow;
  count?: number;
  children?: Node[];
}

/** The tree warehouse → location → lot, each node with its sums. */
export function stockTree(stock: SkuStock, noLot: string): Node[] {
  return stock.warehouses.map((place) => {
    const locations = place.locations.map(({ location, lots }): Node => {
      const base = { ll: String(location.id) };
      return {
        key: `l${location.id}`,
        kind: "location",
        label: location.code,
        quantity: lots.reduce((sum, lot) => sum + lot.quantity, 0),
        allocated: lots.reduce((sum, lot) => sum + lot.allocated, 0),
        ledger: base,
        children: lots.map((row) => ({
          key: `s${row.id}`,
          kind: "lot",
          label: row.lot?.code ?? noLot,
          quantity: row.quantity,
          allocated: row.allocated,
          ledger: row.lot ? { ...base, lt: String(row.lot.id) } : base,
          row,
        })),
      };
    });
    return {
      key: `w${place.warehouse.id}`,
      kind: "warehouse",
      label: `${place.warehouse.code} ${place.warehouse.name}`,
      quantity: locations.reduce((sum, one) => sum + one.quantity, 0),
      allocated: locations.reduce((sum, one) => sum + one.allocated, 0),
      ledger: { lw: String(place.warehouse.id) },
      count: locations.length,
      children: locations,
    };
  });
}

/** The same page with the ledger open, narrowed to one place. */
function ledgerSearch(search: string, place: Record<string, string>): string {
  const params = new URLSearchParams(search);
  for (const key of ["lw", "ll", "lt"]) params.delete(key);
  params.set("dtab", "ledger");
  for (const [key, value] of Object.entries(place)) params.set(key, value);
  return params.toString();
}

/** Stock of one SKU: sums, then the tree; every number opens the ledger entries that it is made of. */
export function SkuStockView({ skuId }: { skuId: string }) {
  const { t } = useTranslation(NS);
  const query = useQuery({
    queryKey: ["detail", "sku", skuId, "stock"],
    queryFn: ({ signal }) => api.get<SkuStock>(`/skus/${skuId}/stock`, undefined, signal),
  });
  const location = useLocation();
  const tree = useMemo(() => (query.data ? stockTree(query.data, t("drawer.noLot")) : []), [query.data, t]);
  if (query.isError && !query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;

  const sum = (key: "free" | "reserved" | "on_hand" | "allocated" | "held") => query.data?.warehouses.reduce((all, one) => all + one[key], 0);
  const figure = (node: Node, value: number) =>
    value === 0 ? (
      <span className="hc-faint">0</span>
    ) : (
      <Tooltip title={t("drawer.ledgerOf")}>
        <Link to={{ search: ledgerSearch(location.search, node.ledger) }} replace><Quantity value={value} /></Link>
      </Tooltip>
    );
  const columns: TableColumnType<Node>[] = [
    {
      title: t("drawer.tree"),
      render: (_, node) => (
        <span>
          <span className={node.kind === "warehouse" ? undefined : "hc-num"} style={node.kind === "warehouse" ? { fontWeight: 600 } : undefined}>{node.label}</span>
          {node.count === undefined ? null : <span className="hc-faint"> {t("drawer.locations", { count: node.count })}</span>}
        </span>
      ),
    },
    {
      title: t("col.condition"), width: 150,
      render: (_, { row }) =>
        row ? (
          <span className="hc-row" style={{ gap: 4 }}>
            <ToneTag tone={row.condition === "good" ? "green" : "orange"}>{t(`condition.${row.condition}`, { defaultValue: row.condition })}</ToneTag>
            {row.is_sellable ? null : <span className="hc-faint">{t("drawer.notSellable")}</span>}
          </span>
        ) : null,
    },
    { title: t("col.expires"), width: 110, render: (_, { row }) => (row?.lot?.expires_on ? <DateTime value={row.lot.expires_on} mode="date" /> : null) },
    { title: t("col.onHand"), width: 90, align: "right", render: (_, node) => figure(node, node.quantity) },
    { title: t("col.allocated"), width: 90, align: "right", render: (_, node) => <Quantity value={node.allocated} /> },
    { title: "", width: 44, render: (_, { row }) => (row ? <StockMenu row={row} /> : null) },
  ];
  return (
    <div className="hc-stack">
      <KpiRow>
        {(["free", "reserved", "on_hand", "allocated", "held"] as const).map((key) => (
          <Kpi key={key} label={t(`col.${key === "on_hand" ? "onHand" : key}`)} value={sum(key)} loading={query.isLoading} hint={<span>{t(`help.${key === "on_hand" ? "onHand" : key}`)}</span>} />
        ))}
      </KpiRow>
      <Table<Node>
        size="small"
        rowKey="key"
        pagination={false}
        loading={query.isLoading}
        columns={columns}
        dataSource={tree}
        scroll={{ x: 600 }}
        expandable={{ defaultExpandAllRows: tree.length === 1, defaultExpandedRowKeys: tree.map((node) => node.key) }}
        key={tree.map((node) => node.key).join()}
        locale={{ emptyText: <EmptyState compact title={t("drawer.noStock")} hint={t("drawer.noStockHint")} /> }}
      />
    </div>
  );
}

/** Stock of one SKU over the availability list. */
export function SkuStockDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const navigate = useNavigate();
  const query = useQuery({
    queryKey: ["detail", "sku", id, "stock"],
    queryFn: ({ signal }) => api.get<SkuStock>(`/skus/${id}/stock`, undefined, signal),
  });
  const sku = query.data?.sku;
  const content: DetailContent | null = sku
    ? {
        kind: t("drawer.kind"),
        number: sku.code,
        subtitle: sku.name,
        actions: [{ code: "product", label: t("drawer.product"), run: () => void navigate(`/products/${id}`) }],
        tabs: [
          { key: "stock", label: t("drawer.byWarehouse"), children: <SkuStockView skuId={id} /> },
          { key: "ledger", label: t("drawer.ledger"), children: <Movements skuId={id} /> },
        ],
      }
    : null;
  return <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/products/${id}?dtab=stock`} width={820} />;
}

