import { useQuery } from "@tanstack/react-query";
import { AutoComplete, Button, Segmented, Table } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api, type Page } from "@/api";
import { useWarehouseMap, type FloorLocation } from "@/desk/floor/map";
import { Quantity } from "@/shared/format/format";
import { formatNumber } from "@/shared/format/text";
import { WarehouseMap } from "@/shared/map/WarehouseMap";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { CopyText } from "@/shared/ui/CopyText";
import { cx } from "@/shared/ui/cx";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState } from "@/shared/ui/ErrorState";
import { PageHeader } from "@/shared/ui/PageHeader";
import { StateTag } from "@/shared/ui/StateTag";
import css from "./facility.module.css";
import NS from "./locale";
import type { StockRow } from "./types";

interface Fill {
  location_id: number;
  units: number;
  fill: number | null;
}

const FOUND = 20;

function LocationStock({ location, bay, fills, onChoose }: { location: FloorLocation; bay: FloorLocation[]; fills: Map<string, Fill>; onChoose: (code: string) => void }) {
  const { t, i18n } = useTranslation(NS);
  const { can } = useSession();
  const stock = useQuery({
    queryKey: ["list", "/stock", "location", location.id],
    queryFn: ({ signal }) => api.get<Page<StockRow>>("/stock", { location: location.id, limit: 100 }, signal),
    enabled: can("inventory.stock.view"),
  });
  const percent = (value: number) => new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: 0 }).format(value);
  const fill = fills.get(String(location.id));
  return (
    <div className="hc-stack">
      <div>
        <div className="hc-row"><CopyText strong text={location.code} />{location.is_active ? null : <StateTag ns={NS} state="inactive" />}</div>
        <div className="hc-muted">{t(`locationKind.${location.kind ?? ""}`, { defaultValue: location.kind ?? "" })}{fill?.fill != null ? ` · ${t("map.fill", { percent: percent(fill.fill) })}` : fill ? ` · ${t("map.unknownFill")}` : ""}</div>
      </div>
      {bay.length > 1 ? (
        <div>
          <div className="hc-muted">{t("map.levels")}</div>
          <ul className={css.levels}>
            {[...bay].reverse().map((one) => (
              <li key={one.id}>
                <button type="button" aria-current={one.id === location.id} className={css.level} onClick={() => onChoose(one.code)}>
                  <span>{one.code}</span>
                  <span className={css.levelBar} aria-hidden><span style={{ width: `${Math.round(100 * (fills.get(String(one.id))?.fill ?? 0))}%` }} /></span>
                  <span className="hc-num hc-muted">{t("map.units", { count: fills.get(String(one.id))?.units ?? 0 })}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      <Table<StockRow>
        size="small" rowKey="id" pagination={false} loading={stock.isLoading} dataSource={stock.data?.items ?? []}
        locale={{ emptyText: <EmptyState compact title={t("map.noStock")} hint={t("map.noStockHint")} /> }}
        columns={[
          { title: t("col.sku"), render: (_, row) => <div><Link to={`/products/${row.sku.id}`}>{row.sku.code}</Link><div className="hc-muted">{row.sku.name}</div>{row.lot ? <div className="hc-faint">{row.lot.code}{row.lot.expires_on ? ` · ${row.lot.expires_on}` : ""}</div> : null}</div> },
          { title: t("col.quantity"), width: 80, align: "right", render: (_, row) => <Quantity value={row.quantity} /> },
          { title: t("col.allocated"), width: 80, align: "right", render: (_, row) => <Quantity value={row.allocated} /> },
        ]}
      />
    </div>
  );
}

/** The floor plan coloured by fill or kind; a click shows what lies there. */
export default function MapPage() {
  const { t, i18n } = useTranslation(NS);
  const { can } = useSession();
  const { warehouse, warehouses } = useScope();
  const [params, setParams] = useSearchParams();
  const home = warehouse ?? warehouses[0];
  const map = useWarehouseMap(home?.id);
  const fill = useQuery({
    queryKey: ["list", "/stock/fill", String(home?.id)],
    queryFn: ({ signal }) => api.get<{ items: Fill[] }>("/stock/fill", { warehouse_id: home?.id }, signal),
    enabled: home !== undefined && can("inventory.stock.view"),
    refetchInterval: 60_000,
  });
  const colour = params.get("colour") === "none" ? "none" : "fill";
  const wanted = params.get("location");

  const fills = useMemo(() => new Map((fill.data?.items ?? []).map((one) => [String(one.location_id), one])), [fill.data]);
  const plan = useMemo(
    () => (map.data ? { ...map.data, locations: map.data.locations.map((one) => ({ ...one, fill: fills.get(String(one.id))?.fill ?? (fill.data ? 0 : null) })) } : undefined),
    [map.data, fills, fill.data],
  );
  const byCode = useMemo(() => new Map((plan?.locations ?? []).map((one) => [one.code.toUpperCase(), one])), [plan]);
  const chosen = wanted ? byCode.get(wanted.toUpperCase()) : undefined;
  const bay = useMemo(
    () => (chosen ? (plan?.locations ?? []).filter((one) => one.x_mm === chosen.x_mm && one.y_mm === chosen.y_mm).sort((a, b) => (a.level ?? 1) - (b.level ?? 1)) : []),
    [plan, chosen],
  );
  const set = (patch: Record<string, string | null>) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      for (const [key, value] of Object.entries(patch)) if (value === null) next.delete(key);
      else next.set(key, value);
      return next;
    }, { replace: true });
  const choose = (code: string) => set({ location: code });
  const search = (wanted ?? "").toUpperCase();
  const options = useMemo(
    () => (search === "" ? [] : (plan?.locations ?? []).filter((one) => one.code.toUpperCase().startsWith(search)).slice(0, FOUND).map((one) => ({ value: one.code }))),
    [plan, search],
  );

  if (!home) return <EmptyState title={t("map.noWarehouse")} />;
  if (map.error && !map.data) return <ErrorState error={map.error} onRetry={() => void map.refetch()} />;
  const used = [...fills.values()].filter((one) => one.units > 0).length;
  return (
    <div className={css.page}>
      <PageHeader
        title={t("map.title")}
        hint={`${home.code} ${home.name}${plan ? ` · ${t("map.totals", { locations: formatNumber(plan.locations.length, i18n.language), used: formatNumber(used, i18n.language) })}` : ""}`}
        actions={
          <>
            <AutoComplete style={{ width: 180 }} placeholder={t("map.find")} aria-label={t("map.find")} value={wanted ?? ""} options={options} allowClear onChange={(value: string | undefined) => set({ location: value ? value : null })} />
            <Segmented aria-label={t("map.colour")} value={colour} onChange={(value) => set({ colour: value === "fill" ? null : value })} options={[{ value: "fill", label: t("map.byFill") }, { value: "none", label: t("map.byKind") }]} />
            <Link to="/locations"><Button>{t("map.locations")}</Button></Link>
            {can("facility.layout.manage") ? <Link to={`/warehouses/${home.id}/layout`}><Button>{t("map.layout")}</Button></Link> : null}
          </>
        }
      />
      {plan && plan.locations.length === 0 ? (
        <EmptyState title={t("map.noLayout")} hint={t("map.noLayoutHint")} action={can("facility.layout.manage") ? <Link to={`/warehouses/${home.id}/layout`}><Button type="primary">{t("map.generate")}</Button></Link> : undefined} />
      ) : (
        <div className={css.map}>
          <div className={cx("hc-card", css.plan)}>
            {plan ? <WarehouseMap geometry={plan} colour={colour} selectedId={chosen?.id} onSelect={(location) => choose(location.code)} /> : null}
          </div>
          <aside className={cx("hc-card", css.side)}>
            {chosen ? (
              <LocationStock location={chosen} bay={bay} fills={fills} onChoose={choose} />
            ) : (
              <EmptyState compact title={wanted ? t("map.notFound", { code: wanted }) : t("map.choose")} hint={t("map.chooseHint")} />
            )}
          </aside>
        </div>
      )}
    </div>
  );
}
