import { Button, Form, Input, InputNumber, Select, Table } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { useSearchOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { DetailDrawer, DetailPage, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { FormSection } from "@/shared/form/FormPattern";
import { useAsk } from "@/shared/form/useAsk";
import { DateTime } from "@/shared/format/format";
import { useSession } from "@/shared/session/session";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { Events, Photos, Product, useOne, useRun } from "./parts";
import type { GoodsReturn, ReturnLine } from "./types";

const GRADES = ["A", "B", "C", "D"] as const;
const WAYS = ["restock", "refurbish", "vendor", "scrap", "quarantine"] as const;

function ReceiveDialog({ goods, onClose }: { goods: GoodsReturn; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const skus = useSearchOptions("/skus", { permission: "catalog.sku.view" });
  const expected = goods.lines.filter((line) => line.received < line.expected).map((line) => ({ value: line.sku.id, label: `${line.sku.code} ${line.sku.name}` }));
  const others = skus.options.filter((one) => !expected.some((known) => known.value === one.value));
  return (
    <RecordDialog<{ sku_id: number; quantity: number; lot_code: string; serials: string }>
      title={`${goods.number} · ${t("action.receive")}`}
      submitLabel={t("action.receive")}
      initialValues={{ quantity: 1, lot_code: "", serials: "", ...(expected[0] ? { sku_id: expected[0].value } : {}) }}
      onClose={onClose}
      onSubmit={({ serials, ...values }) => api.post(`/goods-returns/${goods.id}/receive`, { ...values, serials: serials.split(/\s+/).filter((one) => one !== "") })}
    >
      <FormSection title="">
        <Form.Item name="sku_id" label={t("col.sku")} rules={[{ required: true }]}><Select showSearch={{ filterOption: false, onSearch: skus.setText }} options={[...expected, ...others]} loading={skus.loading} /></Form.Item>
        <Form.Item name="quantity" label={t("field.quantity")} rules={[{ required: true }]}><InputNumber min={1} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="lot_code" label={t("field.lot")}><Input maxLength={64} /></Form.Item>
        <Form.Item name="serials" label={t("field.serials")}><Input.TextArea rows={2} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

function GradeDialog({ line, onClose }: { line: ReturnLine; onClose: () => void }) {
  const { t } = useTranslation(NS);
  return (
    <RecordDialog<{ grade: string; quantity: number | null; note: string }>
      title={`${line.sku.code} · ${t("action.grade")}`}
      initialValues={{ grade: line.grade || "A", quantity: null, note: "" }}
      onClose={onClose}
      onSubmit={(values) => api.post(`/return-lines/${line.id}/grade`, values)}
    >
      <FormSection title="">
        <Form.Item name="grade" label={t("field.grade")}><Select options={GRADES.map((value) => ({ value, label: t(`grade.${value}`) }))} /></Form.Item>
        <Form.Item name="quantity" label={t("field.part")}><InputNumber min={1} max={line.received} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="note" label={t("field.note")}><Input.TextArea rows={2} maxLength={500} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

function Lines({ goods }: { goods: GoodsReturn }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { run, busy } = useRun();
  const ask = useAsk();
  const [grading, setGrading] = useState<ReturnLine | null>(null);
  const work = can("inbound.goods_return.work");
  const dispose = async (line: ReturnLine) => {
    const ways = WAYS.filter((one) => !(one === "restock" && line.grade === "D")).sort((a, b) => Number(b === line.proposed) - Number(a === line.proposed));
    const answer = await ask({ title: `${line.sku.code} × ${line.received}`, okText: t("action.dispose"), choice: { name: "disposition", label: t("field.way"), required: true, options: ways.map((value) => ({ value, label: t(`way.${value}`) })) } });
    if (answer) await run(`dispose${line.id}`, () => api.post(`/return-lines/${line.id}/dispose`, answer));
  };
  const finish = async (line: ReturnLine) => {
    const answer = await ask({ title: `${line.sku.code} × ${line.disposed}`, okText: t("action.finish"), choice: { name: "outcome", label: t("field.way"), required: true, options: line.outcomes.map((value) => ({ value, label: t(`way.${value}`) })) } });
    if (answer) await run(`finish${line.id}`, () => api.post(`/return-lines/${line.id}/finish`, answer));
  };
  return (
    <>
      <Table<ReturnLine>
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={goods.lines}
        locale={{ emptyText: t("noResults") }}
        columns={[
          { title: t("col.sku"), render: (_, line) => <><Product sku={line.sku} />{line.serials.length > 0 ? <div className="hc-faint">{line.serials.join(", ")}</div> : null}{line.reason || line.note ? <div className="hc-faint">{[line.reason, line.note].filter((one) => one !== "").join(" · ")}</div> : null}<Photos ids={line.photos} alt={line.sku.name} /></> },
          { title: t("col.received"), align: "right", render: (_, line) => <ToneTag icon={false} tone={line.expected > 0 && line.received !== line.expected ? "orange" : "grey"}>{line.expected > 0 ? `${line.received} / ${line.expected}` : line.received}</ToneTag> },
          { title: t("col.condition"), render: (_, line) => (line.received > 0 ? t(`condition.${line.condition}`) : "") },
          { title: t("col.grade"), render: (_, line) => (line.grade ? <ToneTag icon={false} tone={line.grade === "D" ? "red" : line.grade === "C" ? "orange" : "green"}>{t(`grade.${line.grade}`)}</ToneTag> : "") },
          { title: t("col.way"), render: (_, line) => (line.disposition ? t(`way.${line.disposition}`) : "") },
          {
            title: "", width: 170, align: "right",
            render: (_, line) =>
              work ? (
                <>
                  {line.actions.includes("dispose") ? <Button size="small" type="primary" loading={busy === `dispose${line.id}`} onClick={() => void dispose(line)}>{t("action.dispose")}</Button> : null}{" "}
                  {line.actions.includes("grade") ? <Button size="small" type={line.grade ? "default" : "primary"} onClick={() => setGrading(line)}>{t("action.grade")}</Button> : null}
                  {line.outcomes.length > 0 ? <Button size="small" loading={busy === `finish${line.id}`} onClick={() => void finish(line)}>{t("action.finish")}</Button> : null}
                </>
              ) : null,
          },
        ]}
      />
      {grading ? <GradeDialog line={grading} onClose={() => setGrading(null)} /> : null}
    </>
  );
}

function useContent(goods: GoodsReturn | undefined): { content: DetailContent | null; dialog: ReactNode } {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { run } = useRun();
  const ask = useAsk();
  const [receiving, setReceiving] = useState(false);
  if (!goods) return { content: null, dialog: null };
  const actions: DetailAction[] = [
    ...(can("inbound.goods_return.work") && goods.actions.includes("receive") ? [{ code: "receive", label: t("action.receive"), primary: goods.state === "expected" || goods.state === "receiving", run: () => setReceiving(true) }] : []),
    ...(can("inbound.goods_return.create") && goods.actions.includes("cancel")
      ? [{ code: "cancel", label: t("action.cancel"), danger: true, run: () => void ask({ title: t("action.cancel"), okText: t("action.cancel"), danger: true, note: { name: "reason", label: t("field.reason"), required: true } }).then((answer) => (answer ? run("cancel", () => api.post(`/goods-returns/${goods.id}/cancel`, answer)) : undefined)) }]
      : []),
  ];
  return {
    content: {
      kind: t("ret.one"),
      number: goods.number,
      subtitle: t(`kind.${goods.kind}`),
      state: <StateTag ns={NS} state={goods.state} tone={goods.state === "closed" ? "green" : goods.state === "grading" ? "orange" : goods.state === "receiving" ? "blue" : "grey"} />,
      actions,
      facts: [
        { label: t("fact.order"), value: goods.order ? <Link to={`/orders?open=${goods.order.id}`}>{goods.order.number}</Link> : t("none") },
        { label: t("col.rma"), value: goods.rma || t("none") },
        { label: t("col.waybill"), value: goods.waybill || t("none") },
        { label: t("col.owner"), value: goods.owner?.name ?? t("none") },
        { label: t("col.warehouse"), value: goods.warehouse.code },
        { label: t("col.created"), value: <><DateTime value={goods.created_at} /> · {goods.created_by}</> },
        { label: t("ret.exchanges"), value: goods.exchanges.length > 0 ? goods.exchanges.map((one) => <Link key={one.id} to={`/orders?open=${one.id}`}>{t(`orderKind.${one.kind}`)} {one.number} </Link>) : <span className="hc-faint">{t("ret.noExchange")}</span>, wide: true },
        ...(goods.note ? [{ label: t("field.note"), value: goods.note, wide: true }] : []),
      ],
      tabs: [
        { key: "lines", label: t("ret.lines"), count: goods.lines.length, children: <Lines goods={goods} /> },
        { key: "timeline", label: t("tabs.timeline"), children: <Events events={goods.events} /> },
      ],
    },
    dialog: receiving ? <ReceiveDialog goods={goods} onClose={() => setReceiving(false)} /> : null,
  };
}

export function ReturnDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useOne<GoodsReturn>("goods-return", "/goods-returns", id);
  const { content, dialog } = useContent(query.data);
  return (
    <>
      <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/goods-returns/${id}`} width={860} />
      {dialog}
    </>
  );
}

export function ReturnFullPage({ id }: { id: string }) {
  const query = useOne<GoodsReturn>("goods-return", "/goods-returns", id);
  const { content, dialog } = useContent(query.data);
  return (
    <>
      <DetailPage query={query} content={content} />
      {dialog}
    </>
  );
}
