import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, InputNumber, Modal, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import { ChannelTabs } from "./ChannelTabs";
import { originColumns, originFilters } from "./columns";
import NS from "./locale";
import type { PlatformProduct, Suggestion } from "./types";

/** Suggestions of many rows in one call: rows that ask at the same moment are asked together. */
function useSuggestion(id: number, wanted: boolean): Suggestion | undefined {
  const query = useQuery({
    queryKey: ["channels", "suggestion", id],
    queryFn: async () => (await api.get<{ product_id: number; suggestions: Suggestion[] }[]>("/channel-products/suggestions", { ids: [id] }))[0]?.suggestions ?? [],
    enabled: wanted,
    staleTime: 60_000,
  });
  return query.data?.[0];
}

function MapCell({ row, onPick, onMap }: { row: PlatformProduct; onPick: (row: PlatformProduct) => void; onMap: (sku: string) => void }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const best = useSuggestion(row.id, row.sku === null && !row.is_ignored);
  if (!can("integrations.product.map")) return null;
  if (row.sku) return <Button size="small" onClick={() => onPick(row)}>{t("action.map")}</Button>;
  return (
    <span className="hc-row" style={{ gap: 6 }}>
      {best ? <Button size="small" type="primary" title={`${best.name} · ${t("map.by", { by: best.by, score: best.score })}`} onClick={() => onMap(best.code)}>{best.code}</Button> : null}
      <Button size="small" onClick={() => onPick(row)}>{t("action.map")}</Button>
    </span>
  );
}

/** Which SKU each product of a platform is; orders that wait come in as soon as it is said. */
export default function MappingPage() {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const [picked, setPicked] = useState<PlatformProduct | null>(null);
  const map = useMutation({
    mutationFn: ({ id, sku, units }: { id: number; sku: string; units: number }) => api.post<{ orders_imported: number }>("/channel-products/map", { mappings: [{ product_id: id, sku, units }] }),
    onSuccess: (answer) => {
      void message.success(t("map.saved", { count: answer.orders_imported }));
      void client.invalidateQueries({ queryKey: ["list"] });
      void client.invalidateQueries({ queryKey: ["channels"] });
      setPicked(null);
    },
    onError: report,
  });
  const { mutate } = map;
  const columns = useMemo<ListColumn<PlatformProduct>[]>(
    () => [
      { key: "outer", title: t("col.outer"), width: 160, fixed: "left", sort: "outer_sku", render: (row) => <span className="hc-num">{row.outer_sku || row.product_id}</span> },
      ...originColumns<PlatformProduct>(t),
      { key: "product", title: t("col.product"), width: 300, sort: "title", render: (row) => row.title },
      { key: "waiting", title: t("col.ordersWaiting"), width: 100, align: "right", render: (row) => (row.orders_waiting > 0 ? <ToneTag tone="orange">{row.orders_waiting}</ToneTag> : <Quantity value={0} />) },
      { key: "sku", title: t("col.sku"), width: 220, render: (row) => (row.sku ? <span><span className="hc-num">{row.sku.code}</span> {row.sku.name}</span> : <span className="hc-faint">—</span>) },
      { key: "units", title: t("col.units"), width: 80, align: "right", render: (row) => <Quantity value={row.units} /> },
      { key: "by", title: t("col.mappedBy"), width: 100, render: (row) => (row.mapped_by ? t(`map.${row.mapped_by}`, { defaultValue: row.mapped_by }) : null) },
      { key: "suggestion", title: t("col.suggestion"), width: 220, render: (row) => <MapCell row={row} onPick={setPicked} onMap={(sku) => mutate({ id: row.id, sku, units: 1 })} /> },
    ],
    [t, mutate],
  );
  const tabs = useMemo<ListTab[]>(
    () => [
      { key: "unmapped", label: t("state.unmapped"), query: { is_mapped: false, is_ignored: false }, attention: true },
      { key: "mapped", label: t("filter.mapped"), query: { is_mapped: true } },
      { key: "ignored", label: t("state.ignored"), query: { is_ignored: true } },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(() => originFilters(t), [t]);
  return (
    <>
      <ListPage<PlatformProduct>
        id="channel-products" title={t("page.products")} path="/channel-products" tabs={tabs} filters={filters} search={t("search")} columns={columns} rowId={(row) => row.id} rowName={(row) => row.outer_sku}
        bulkActions={[{ code: "ignore", label: t("action.ignore"), path: "/channel-products/ignore", permission: "integrations.product.map", confirm: true }]}
        exportPath="/channel-products/export" exportPermission="integrations.product.view" primaryAction={<ChannelTabs />} onOpen={setPicked} empty={{ title: t("empty.products"), hint: t("empty.productsHint") }}
      />
      {picked ? <PickSku product={picked} busy={map.isPending} onClose={() => setPicked(null)} onMap={(sku, units) => mutate({ id: picked.id, sku, units })} /> : null}
    </>
  );
}

function PickSku({ product, busy, onClose, onMap }: { product: PlatformProduct; busy: boolean; onClose: () => void; onMap: (sku: string, units: number) => void }) {
  const { t } = useTranslation(NS);
  const [q, setQ] = useState(product.outer_sku);
  const [sku, setSku] = useState<string | null>(product.sku?.code ?? null);
  const [units, setUnits] = useState(product.units || 1);
  const skus = useQuery({ queryKey: ["channels", "skus", q], queryFn: () => api.get<{ items: { code: string; name: string }[] }>("/skus", { q, limit: 20 }), enabled: q.trim() !== "" });
  const suggestions = useQuery({ queryKey: ["channels", "suggestions", product.id], queryFn: async () => (await api.get<{ suggestions: Suggestion[] }[]>("/channel-products/suggestions", { ids: [product.id] }))[0]?.suggestions ?? [] });
  const known = new Map<string, string>([...(suggestions.data ?? []).map((one) => [one.code, `${one.code} ${one.name}`] as const), ...(skus.data?.items ?? []).map((one) => [one.code, `${one.code} ${one.name}`] as const)]);
  return (
    <Modal
      open
      title={`${product.outer_sku} ${product.title}`}
      okText={t("action.map")}
      okButtonProps={{ disabled: sku === null, loading: busy }}
      onOk={() => {
        if (sku !== null) onMap(sku, units);
      }}
      onCancel={onClose}
      footer={(buttons) => (
        <>
          {product.sku ? <Button danger onClick={() => onMap("", 1)}>{t("action.unmap")}</Button> : null}
          {buttons}
        </>
      )}
    >
      <div className="hc-stack">
        <Select autoFocus showSearch={{ filterOption: false, onSearch: setQ }} style={{ width: "100%" }} aria-label={t("map.pick")} placeholder={t("map.pick")} value={sku} options={[...known].map(([value, label]) => ({ value, label }))} onChange={setSku} loading={skus.isFetching} />
        <label className="hc-row">{t("col.units")} <InputNumber min={1} max={100_000} precision={0} value={units} onChange={(value) => setUnits(value ?? 1)} /></label>
      </div>
    </Modal>
  );
}
