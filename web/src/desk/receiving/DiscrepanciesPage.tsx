import { Image } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { apiUrl } from "@/api";
import { byCode } from "@/desk/stock/options";
import { DateTime, Quantity } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { Discrepancy } from "./types";
import { Detail, Doc, Sku, State } from "./words";

const KINDS = ["short", "over", "damaged", "wrong_item", "unannounced", "expired", "short_life", "held"];
const DECISIONS = ["accept", "refuse", "return", "ticket"];

/** Differences; of one receipt where that is named. */
export function DiscrepancyList({ receiptId }: { receiptId?: number }) {
  const { t } = useTranslation(NS);
  const ask = useAsk();
  const columns = useMemo<ListColumn<Discrepancy>[]>(
    () => [
      { key: "kind", title: t("col.kind"), width: 150, fixed: "left", render: (row) => <ToneTag tone={row.kind === "short" || row.kind === "over" ? "orange" : "red"} icon={false}>{t(`diskind.${row.kind}`)}</ToneTag> },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <State state={row.state} asks /> },
      { key: "sku", title: t("col.sku"), width: 200, render: (row) => (row.sku ? <Sku sku={row.sku} /> : <span>{t("dis.unknown")} <span className="hc-num">{row.barcode}</span></span>) },
      { key: "quantity", title: t("col.quantity"), width: 100, align: "right", render: (row) => <Quantity value={row.quantity} /> },
      { key: "detail", title: t("col.detail"), width: 210, render: (row) => <Detail row={row} /> },
      { key: "booked", title: t("col.booked"), width: 130, render: (row) => (row.is_booked ? t("dis.inHouse") : t("dis.outside")) },
      ...(receiptId ? [] : [{ key: "receipt", title: t("col.receipt"), width: 150, render: (row: Discrepancy) => <Doc to="/receipts" doc={row.receipt} /> }]),
      ...(receiptId ? [] : [{ key: "supplier", title: t("col.supplier"), width: 180, render: (row: Discrepancy) => row.supplier?.name ?? "" }]),
      { key: "photos", title: t("col.photos"), width: 90, render: (row) => <Image.PreviewGroup>{row.photos.map((photo) => <Image key={photo} width={32} height={32} alt={t(`diskind.${row.kind}`)} src={apiUrl(`/discrepancies/${row.id}/photos/${photo}`)} />)}</Image.PreviewGroup> },
      { key: "found", title: t("col.found"), width: 150, render: (row) => <><DateTime value={row.found_at} /> {row.found_by}</> },
      { key: "decision", title: t("col.decision"), width: 150, render: (row) => (row.decision ? <>{t(`decision.${row.decision}`)} <span className="hc-muted">{row.decided_by}</span></> : "") },
      { key: "ticket", title: t("col.ticket"), width: 80, render: (row) => (row.ticket_id ? <Link to={`/tickets/${row.ticket_id}`}>#{row.ticket_id}</Link> : "") },
    ],
    [t, receiptId],
  );
  const tabs = useMemo<ListTab[]>(() => [...["open", "decided", "settled"].map((key) => ({ key, label: key === "open" ? t("dis.open") : t(`tab.${key}`), query: { state: key }, attention: key === "open" })), { key: "all", label: t("tab.all"), query: {} }], [t]);
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "kind", label: t("col.kind"), type: "select", multiple: true, width: 150, options: KINDS.map((value) => ({ value, label: t(`diskind.${value}`) })) },
      { key: "supplier_id", label: t("col.supplier"), type: "remote", path: "/suppliers", toOption: byCode },
    ],
    [t],
  );
  const bulk = useMemo<BulkAction[]>(
    () => [
      ...DECISIONS.map((decision) => ({
        code: decision, label: t(`dis.${decision}`), path: "/discrepancies/decide", permission: "inbound.discrepancy.decide", primary: decision === "accept", danger: decision === "return",
        ask: async () => {
          const answer = await ask({ title: t(`dis.${decision}`), okText: t(`dis.${decision}`), note: { name: "note", label: t("dis.note") } });
          return answer ? { ...answer, decision } : null;
        },
      })),
      { code: "settle", label: t("dis.settle"), path: "/discrepancies/settle", permission: "inbound.discrepancy.decide", confirm: true },
    ],
    [t, ask],
  );
  return (
    <ListPage<Discrepancy>
      id={receiptId ? "discrepancies-of-receipt" : "discrepancies"} title={t("dis.title")} path="/discrepancies" columns={columns} rowId={(row) => row.id} rowName={(row) => `${t(`diskind.${row.kind}`)} ${row.sku?.code ?? row.barcode}`} defaultSort="-id" bulkActions={bulk} empty={{ title: t("dis.empty"), hint: t("dis.emptyHint") }}
      {...(receiptId ? { embedded: true, baseQuery: { receipt_id: receiptId } } : { countsPath: "/discrepancies/counts", tabs, defaultTab: "open", filters, search: t("dis.search"), warehouseParam: "warehouse_id", exportPath: "/discrepancies/export" })}
    />
  );
}

export default function DiscrepanciesPage() {
  return <DiscrepancyList />;
}
