import { useQuery } from "@tanstack/react-query";
import { Tooltip } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api } from "@/api";
import { DetailDrawer, type DetailContent } from "@/shared/detail/DetailDrawer";
import { DateTime } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { ToneTag } from "@/shared/ui/StateTag";
import { Timeline } from "@/shared/ui/Timeline";
import { byCode } from "../stock/options";
import NS from "./locale";
import type { SerialDetail, SerialRow } from "./types";

function Presumed() {
  const { t } = useTranslation(NS);
  return <Tooltip title={t("serials.presumedHint")}><span><ToneTag tone="orange">{t("serials.presumed")}</ToneTag></span></Tooltip>;
}

function Where({ row }: { row: SerialRow }) {
  const { t } = useTranslation(NS);
  if (row.stock) return <>{[row.stock.warehouse.name, row.stock.location.code, row.stock.container?.code].filter(Boolean).join(" · ")}</>;
  return <span className="hc-muted">{row.last ? t(`went.${row.last.to_kind}`, { defaultValue: row.last.to_kind }) : "–"}</span>;
}

function Document({ kind, id }: { kind: string; id: number | null }) {
  const { t } = useTranslation(NS);
  if (id === null) return null;
  const text = `${t(`document.${kind}`, { defaultValue: kind })} #${id}`;
  const page = kind === "parcel" ? "/parcels" : kind === "stock_change" ? "/stock/changes" : null;
  return page ? <Link to={`${page}?open=${id}`}>{text}</Link> : <>{text}</>;
}

function SerialDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const query = useQuery({ queryKey: ["detail", "serial", id], queryFn: ({ signal }) => api.get<SerialDetail>(`/serials/${id}`, undefined, signal) });
  const unit = query.data;
  const content: DetailContent | null = unit
    ? {
        kind: t("field.serial"),
        number: unit.number,
        subtitle: <Link to={`/products?open=${unit.sku.id}`}>{`${unit.sku.code} ${unit.sku.name}`}</Link>,
        state: <ToneTag tone={unit.stock ? "green" : "grey"}>{t(unit.stock ? "serials.inHouse" : "serials.outside")}</ToneTag>,
        facts: [
          { label: t("serials.where"), value: <Where row={unit} /> },
          { label: t("field.condition"), value: unit.stock ? t(`condition.${unit.stock.condition}`) : "–" },
          { label: t("field.lot"), value: unit.stock?.lot?.code ?? "–" },
          { label: t("field.owner"), value: unit.stock?.owner.name ?? "–" },
          { label: t("serials.since"), value: <DateTime value={unit.created_at} /> },
        ],
        tabs: [
          {
            key: "history", label: t("serials.history"), count: unit.history.length,
            children: (
              <Timeline
                events={unit.history.map((event) => ({
                  id: event.movement_id,
                  at: event.at,
                  who: event.actor,
                  tone: event.to_is_virtual ? "blue" : "green",
                  title: (
                    <>
                      {t(`reason.${event.reason}`, { defaultValue: event.reason })} · {t("serials.fromTo", { from: [event.from_location, event.from_container].filter(Boolean).join(" / "), to: [event.to_location, event.to_container].filter(Boolean).join(" / ") })} {event.is_presumed ? <Presumed /> : null}
                    </>
                  ),
                  note: <>{event.warehouse} <Document kind={event.source_kind} id={event.source_id} /> {event.note}</>,
                }))}
              />
            ),
          },
        ],
      }
    : null;
  return <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/stock/serials?open=${id}`} width={720} />;
}

/** Numbered units: where each stands, and its whole story. */
export default function SerialsPage() {
  const { t } = useTranslation(NS);
  const [params] = useSearchParams();
  const stock = params.get("stock");
  const columns = useMemo<ListColumn<SerialRow>[]>(
    () => [
      { key: "number", title: t("field.serial"), width: 180, sort: "number", render: (row) => <strong>{row.number}</strong> },
      { key: "sku", title: t("field.sku"), width: 240, render: (row) => `${row.sku.code} ${row.sku.name}` },
      { key: "where", title: t("serials.where"), width: 240, render: (row) => <Where row={row} /> },
      { key: "condition", title: t("field.condition"), width: 90, render: (row) => (row.stock ? t(`condition.${row.stock.condition}`) : "–") },
      { key: "last", title: t("serials.last"), width: 200, render: (row) => (row.last ? <><DateTime value={row.last.at} /> {row.last.is_presumed ? <Presumed /> : null}</> : "–") },
      { key: "created", title: t("serials.since"), width: 130, render: (row) => <DateTime value={row.created_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(
    () => [
      { key: "all", label: t("serials.all"), query: {} },
      { key: "in", label: t("serials.inHouse"), query: { in_house: true } },
      { key: "out", label: t("serials.outside"), query: { in_house: false } },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(() => [{ key: "sku", label: t("field.sku"), type: "remote", path: "/skus", toOption: byCode }], [t]);
  return (
    <ListPage<SerialRow>
      id="serials"
      title={t("serials.title")}
      hint={t("serials.hint")}
      path="/serials"
      baseQuery={stock === null ? {} : { stock }}
      tabs={tabs}
      filters={filters}
      columns={columns}
      rowId={(row) => row.id}
      search={t("serials.search")}
      exportPath="/serials/export"
      drawer={(id, close) => <SerialDrawer id={id} onClose={close} />}
      empty={{ title: t("serials.emptyTitle"), hint: t("serials.emptyHint") }}
    />
  );
}
