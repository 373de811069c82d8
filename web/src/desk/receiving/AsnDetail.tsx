import { useQuery } from "@tanstack/react-query";
import { Button, Popover, Table } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, apiUrl } from "@/api";
import { DetailDrawer, DetailPage, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { DateTime, Quantity } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { useSession } from "@/shared/session/session";
import { ToneTag } from "@/shared/ui/StateTag";
import { EditAsnDialog } from "./AsnDialogs";
import { LinksDialog } from "./LinksDialog";
import NS from "./locale";
import { useRun } from "./run";
import type { Asn, AsnContainer, AsnLine } from "./types";
import { Doc, Sku, State } from "./words";

/** How many numbers were announced; the numbers themselves on a click. */
function Serials({ numbers }: { numbers: readonly string[] }) {
  const { t } = useTranslation(NS);
  if (numbers.length === 0) return null;
  return (
    <Popover trigger="click" title={t("col.serials")} content={<pre className="hc-num" style={{ maxHeight: 320, overflow: "auto", margin: 0 }}>{numbers.join("\n")}</pre>}>
      <Button type="link" size="small" aria-label={`${t("col.serials")} ${numbers.length}`}>{numbers.length}</Button>
    </Popover>
  );
}

function Lines({ asn }: { asn: Asn }) {
  const { t } = useTranslation(NS);
  return (
    <Table<AsnLine>
      size="small" rowKey="id" scroll={{ x: "max-content" }} pagination={asn.lines.length > 50 ? { pageSize: 50 } : false} dataSource={asn.lines}
      columns={[
        { title: "#", dataIndex: "number", width: 44 },
        { title: t("col.sku"), width: 240, render: (_, line) => <Sku sku={line.sku} /> },
        { title: t("col.quantity"), align: "right", render: (_, line) => <Quantity value={line.quantity} unit={line.sku.base_unit} /> },
        { title: t("col.received"), align: "right", render: (_, line) => (line.received > line.quantity ? <ToneTag tone="orange" icon={false}>{line.received}</ToneTag> : <Quantity value={line.received} />) },
        { title: t("col.lot"), render: (_, line) => line.lot_code },
        { title: t("col.expires"), render: (_, line) => line.expires_on },
        { title: t("col.container"), render: (_, line) => <span className="hc-num">{line.container?.code}</span> },
        { title: t("col.serials"), align: "right", render: (_, line) => <Serials numbers={line.serials} /> },
      ]}
    />
  );
}

function Containers({ asn }: { asn: Asn }) {
  const { t } = useTranslation(NS);
  return (
    <Table<AsnContainer>
      size="small" rowKey="id" pagination={asn.containers.length > 50 ? { pageSize: 50 } : false} dataSource={asn.containers} locale={{ emptyText: t("asn.noContainers") }}
      columns={[
        { title: t("col.number"), render: (_, one) => <span className="hc-num">{one.code}</span> },
        { title: t("col.kind"), render: (_, one) => t(`kind.${one.kind}`) },
        { title: t("col.arrived"), render: (_, one) => <DateTime value={one.arrived_at} /> },
      ]}
    />
  );
}

function useContent(asn: Asn | undefined): { content: DetailContent | null; dialog: ReactNode } {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const ask = useAsk();
  const navigate = useNavigate();
  const { busy, run } = useRun();
  const [editing, setEditing] = useState(false);
  const [linking, setLinking] = useState(false);
  if (!asn) return { content: null, dialog: null };
  const stands = asn.state === "announced" || asn.state === "receiving";
  const actions: DetailAction[] = [];
  if (stands && can("inbound.receipt.work"))
    actions.push({ code: "receive", label: t("asn.receive"), primary: true, loading: busy === "receive", run: () => void run("receive", async () => { const open = asn.receipts.find((one) => one.state === "open"); void navigate(`/receipts/${open ? open.id : (await api.post<{ id: number }>("/receipts", { asn_id: asn.id })).id}`); }) });
  if (asn.containers.length > 0) actions.push({ code: "labels", label: t("asn.labels"), run: () => window.open(apiUrl(`/asns/${asn.id}/labels`), "_blank", "noopener") });
  if (stands && can("inbound.asn.change")) {
    actions.push({
      code: "numbers", label: t("asn.makeNumbers"), loading: busy === "numbers",
      run: () => void ask({ title: t("asn.makeNumbers"), okText: t("asn.makeNumbers"), choice: { name: "kind", label: t("col.kind"), required: true, options: ["carton", "pallet"].map((value) => ({ value, label: t(`kind.${value}`) })) }, note: { name: "count", label: t("asn.howMany"), required: true } }).then((answer) => {
        const count = Number(answer?.count);
        return answer ? run("numbers", () => api.post(`/asns/${asn.id}/containers`, { kind: answer.kind, count }), t("asn.numbersMade", { count })) : undefined;
      }),
    });
    actions.push({ code: "edit", label: t("asn.edit"), run: () => setEditing(true) });
  }
  if (stands && can("inbound.asn.link")) actions.push({ code: "link", label: t("asn.carrierLink"), run: () => setLinking(true) });
  if (asn.state === "announced" && can("inbound.asn.cancel")) actions.push({ code: "cancel", label: t("asn.cancel"), danger: true, loading: busy === "cancel", run: () => void ask({ title: t("asn.cancel"), text: t("asn.cancelText"), okText: t("asn.cancel"), danger: true, note: { name: "reason", label: t("col.note") } }).then((answer) => (answer ? run("cancel", () => api.post(`/asns/${asn.id}/cancel`, answer)) : undefined)) });
  return {
    dialog: editing ? <EditAsnDialog asn={asn} onClose={() => setEditing(false)} /> : linking ? <LinksDialog of={{ kind: "asn", id: asn.id, name: asn.number }} onClose={() => setLinking(false)} /> : null,
    content: {
      kind: t("asn.one"),
      number: asn.number,
      subtitle: asn.supplier?.name ?? t(`kind.${asn.kind}`),
      state: <State state={asn.state} />,
      actions,
      facts: [
        { label: t("col.expected"), value: <DateTime value={asn.expected_at} mode="absolute" /> },
        { label: t("col.units"), value: <Quantity value={asn.unit_count} /> },
        { label: t("col.received"), value: <Quantity value={asn.received_units} /> },
        { label: t("col.order"), value: <Doc to="/purchase-orders" doc={asn.purchase_order} /> },
        { label: t("col.appointment"), value: <Doc to="/appointments" doc={asn.appointment} /> },
        { label: t("col.warehouse"), value: asn.warehouse.name },
        { label: t("col.owner"), value: asn.owner.name },
        { label: t("col.external"), value: asn.external_number || "—" },
        { label: t("col.carrier"), value: [asn.carrier_name, asn.waybill_number].filter(Boolean).join(" ") || "—" },
        { label: t("col.origin"), value: `${t(`origin.${asn.origin}`)} · ${asn.created_by}` },
        ...(asn.note ? [{ label: t("col.note"), value: asn.note, wide: true }] : []),
      ],
      tabs: [
        { key: "lines", label: t("asn.lines"), count: asn.lines.length, children: <Lines asn={asn} /> },
        { key: "containers", label: t("asn.containers"), count: asn.containers.length, children: <Containers asn={asn} /> },
        { key: "receipts", label: t("asn.receipts"), count: asn.receipts.length, children: <>{asn.receipts.map((one) => <p key={one.id}><Doc to="/receipts" doc={one} /> <State state={one.state} /> <Quantity value={one.unit_count} /></p>)}</> },
      ],
    },
  };
}

function useAsn(id: string) {
  return useQuery({ queryKey: ["detail", "asn", id], queryFn: ({ signal }) => api.get<Asn>(`/asns/${id}`, undefined, signal) });
}

export function AsnDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useAsn(id);
  const { content, dialog } = useContent(query.data);
  return <><DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/asns/${id}`} width={900} />{dialog}</>;
}

export function AsnFullPage({ id }: { id: string }) {
  const query = useAsn(id);
  const { content, dialog } = useContent(query.data);
  return <><DetailPage query={query} content={content} />{dialog}</>;
}
