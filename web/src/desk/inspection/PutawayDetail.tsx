import { Form, Input, InputNumber, Select, Table } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { useWarehouseMap } from "@/desk/floor/map";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { DetailDrawer, DetailPage, Facts, type DetailAction, type DetailContent, type DetailFact } from "@/shared/detail/DetailDrawer";
import { FormSection } from "@/shared/form/FormPattern";
import { useAsk } from "@/shared/form/useAsk";
import { DateTime, Quantity } from "@/shared/format/format";
import { formatNumber } from "@/shared/format/text";
import { WarehouseMap } from "@/shared/map/WarehouseMap";
import { useSession } from "@/shared/session/session";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { Events, Product, useOne, useRun } from "./parts";
import type { Putaway } from "./types";

const REASONS = ["full", "blocked", "does_not_fit", "better", "other"] as const;

/** The facts behind the choice, what was looked at and did not fit, and where it is on the map. */
function WhyHere({ putaway }: { putaway: Putaway }) {
  const { t, i18n } = useTranslation(NS);
  const { can } = useSession();
  const map = useWarehouseMap(can("facility.location.view") ? putaway.warehouse.id : null);
  const why = putaway.why;
  const elsewhere = putaway.overrides.at(-1);
  const facts: DetailFact[] = [];
  if (putaway.strategy_title) facts.push({ label: t("why.strategy"), value: putaway.strategy_title });
  if (why.walk_mm !== undefined) facts.push({ label: t("why.walk"), value: <>{formatNumber(Math.round(why.walk_mm / 100) / 10, i18n.language)} m <span className="hc-faint">{t(`why.scorer.${why.scorer ?? "distance"}`)}</span></> });
  if (why.zone) facts.push({ label: t("why.zone"), value: `${why.zone} · ${t(`temp.${why.temperature ?? "ambient"}`)}` });
  if (why.level !== undefined) facts.push({ label: t("why.level"), value: why.level });
  if (why.fill_percent != null) facts.push({ label: t("why.fill"), value: `${why.fill_percent} %` });
  if (why.weight_percent != null) facts.push({ label: t("why.weight"), value: `${why.weight_percent} %` });
  if (why.same_sku_units !== undefined) facts.push({ label: t("why.same"), value: <Quantity value={why.same_sku_units} /> });
  if (why.was_empty !== undefined) facts.push({ label: t("why.empty"), value: t(why.was_empty ? "why.yes" : "why.no") });
  if (why.abc_class) facts.push({ label: t("why.cls"), value: why.abc_class });
  if (why.picks !== undefined) facts.push({ label: t("why.picks"), value: <Quantity value={why.picks} /> });
  if (why.is_bulk !== undefined) facts.push({ label: t("why.bulk"), value: t(why.is_bulk ? "why.yes" : "why.no") });
  const refused = Object.entries(why.refused ?? {}).sort((a, b) => b[1] - a[1]);
  return (
    <>
      {elsewhere ? <p style={{ marginBottom: 12 }}><ToneTag tone="orange">{t("put.elsewhere", { planned: elsewhere.planned, placed: elsewhere.placed, reason: t(`override.${elsewhere.reason}`) })}</ToneTag></p> : null}
      <Facts facts={facts} />
      {why.unmeasured ? <p><ToneTag tone="orange">{t("why.unmeasured")}</ToneTag></p> : null}
      {refused.length > 0 ? (
        <>
          <h4>{putaway.state === "stuck" ? t("put.stuck") : t("put.refused")}</h4>
          {why.looked_at === undefined ? null : <p className="hc-muted">{t("put.looked", { count: why.looked_at })}</p>}
          <ul>
            {refused.map(([reason, count]) => (
              <li key={reason}>
                {t(`reason.${reason}`)}: <Quantity value={count} /> <span className="hc-faint">{(why.examples ?? []).filter((one) => one.reason === reason).map((one) => one.location).join(", ")}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {map.data && putaway.to_location ? (
        <>
          <h4>{t("put.map")}</h4>
          <div style={{ height: 320 }} data-testid="putaway-map"><WarehouseMap geometry={map.data} colour="none" selectedId={putaway.to_location.id} height={320} /></div>
        </>
      ) : null}
    </>
  );
}

interface ConfirmValues {
  location_code: string;
  quantity: number;
  reason: string;
  note: string;
}

function ConfirmDialog({ putaway, onClose }: { putaway: Putaway; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const left = putaway.quantity - putaway.done;
  return (
    <RecordDialog<ConfirmValues>
      title={t("action.confirm")}
      submitLabel={t("action.confirm")}
      initialValues={{ location_code: putaway.to_location?.code ?? "", quantity: left, reason: "", note: "" }}
      onClose={onClose}
      onSubmit={(values) => api.post(`/putaways/${putaway.id}/confirm`, { ...values, ...(putaway.is_whole ? { quantity: null } : {}) })}
    >
      <FormSection title="">
        <Form.Item name="location_code" label={t("field.place")} rules={[{ required: true }]}><Input maxLength={32} autoFocus /></Form.Item>
        <Form.Item name="quantity" label={t("field.quantity")}><InputNumber min={1} max={left} disabled={putaway.is_whole} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="reason" label={t("field.why")}><Select options={[{ value: "", label: t("none") }, ...REASONS.map((value) => ({ value, label: t(`override.${value}`) }))]} /></Form.Item>
        <Form.Item name="note" label={t("field.note")}><Input maxLength={200} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

function useContent(putaway: Putaway | undefined): { content: DetailContent | null; dialog: ReactNode } {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { run, busy } = useRun();
  const ask = useAsk();
  const [confirming, setConfirming] = useState(false);
  if (!putaway) return { content: null, dialog: null };
  const may = (code: string) => putaway.actions.includes(code);
  const actions: DetailAction[] = [
    ...(can("inbound.putaway.work") && may("confirm") ? [{ code: "confirm", label: t("action.confirm"), primary: true, run: () => setConfirming(true) }] : []),
    ...(can("inbound.putaway.manage") && may("plan") ? [{ code: "plan", label: t("action.plan"), loading: busy === "plan", run: () => void run("plan", () => api.post("/putaways/replan", { ids: [putaway.id] })) }] : []),
    ...(can("inbound.putaway.manage") && may("cancel")
      ? [{ code: "cancel", label: t("action.cancel"), danger: true, run: () => void ask({ title: t("action.cancel"), okText: t("action.cancel"), danger: true, note: { name: "reason", label: t("field.reason"), required: true } }).then((answer) => (answer ? run("cancel", () => api.post(`/putaways/${putaway.id}/cancel`, answer)) : undefined)) }]
      : []),
  ];
  return {
    content: {
      kind: t("put.one"),
      number: `#${putaway.id}`,
      subtitle: putaway.is_whole ? <>{t("put.whole")} {putaway.container?.code}</> : <Product sku={putaway.sku} />,
      state: (
        <>
          <StateTag ns={NS} group="put" state={putaway.state} tone={putaway.state === "stuck" ? "red" : putaway.state === "done" ? "green" : putaway.state === "planned" ? "blue" : "orange"} />
          {putaway.kind === "crossdock" ? <ToneTag tone="orange">{t("put.crossdock")}</ToneTag> : null}
        </>
      ),
      actions,
      facts: [
        { label: t("col.from"), value: putaway.from_location.code },
        { label: t("col.to"), value: putaway.to_location ? <Link to={`/map?location=${encodeURIComponent(putaway.to_location.code)}`}>{putaway.to_location.code}</Link> : t("none") },
        { label: t("col.units"), value: `${putaway.done} / ${putaway.quantity}` },
        { label: t("col.condition"), value: t(`condition.${putaway.condition}`) },
        { label: t("col.lot"), value: putaway.lot?.code ?? t("none") },
        { label: t("fact.owner"), value: putaway.owner?.name ?? t("none") },
        ...(putaway.receipt_id ? [{ label: t("fact.receipt"), value: <Link to={`/receipts?open=${putaway.receipt_id}`}>{putaway.receipt_number ?? `#${putaway.receipt_id}`}</Link> }] : []),
        ...(putaway.done_at ? [{ label: t("col.doneBy"), value: <>{putaway.done_by} · <DateTime value={putaway.done_at} /></> }] : []),
        ...(putaway.demand.length > 0 ? [{ label: t("put.demand"), value: putaway.demand.map((one) => <span key={`${one.kind}${one.id}`}>{one.kind === "sales_order" ? <Link to={`/orders?open=${one.id}`}>{one.number}</Link> : one.kind === "transfer" ? <Link to={`/transfers?open=${one.id}`}>{one.number}</Link> : one.number} ({one.units}) </span>), wide: true }] : []),
      ],
      tabs: [
        { key: "why", label: t(putaway.state === "stuck" ? "put.stuck" : "put.why"), children: <WhyHere putaway={putaway} /> },
        {
          key: "overrides", label: t("put.overrides"), count: putaway.overrides.length,
          children: (
            <Table
              size="small"
              rowKey="id"
              pagination={false}
              dataSource={putaway.overrides}
              locale={{ emptyText: t("noResults") }}
              columns={[
                { title: t("col.planned"), dataIndex: "planned" },
                { title: t("col.placed"), dataIndex: "placed" },
                { title: t("col.reason"), render: (_, row) => t(`override.${row.reason}`) },
                { title: t("col.units"), align: "right", dataIndex: "quantity" },
                { title: t("col.note"), dataIndex: "note" },
                { title: t("col.who"), render: (_, row) => <>{row.by} <DateTime value={row.at} /></> },
              ]}
            />
          ),
        },
        { key: "timeline", label: t("tabs.timeline"), children: <Events events={putaway.events} /> },
      ],
    },
    dialog: confirming ? <ConfirmDialog putaway={putaway} onClose={() => setConfirming(false)} /> : null,
  };
}

export function PutawayDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useOne<Putaway>("putaway", "/putaways", id);
  const { content, dialog } = useContent(query.data);
  return (
    <>
      <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/putaways/${id}`} />
      {dialog}
    </>
  );
}

export function PutawayFullPage({ id }: { id: string }) {
  const query = useOne<Putaway>("putaway", "/putaways", id);
  const { content, dialog } = useContent(query.data);
  return (
    <>
      <DetailPage query={query} content={content} />
      {dialog}
    </>
  );
}
