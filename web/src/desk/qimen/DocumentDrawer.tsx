import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Checkbox, DatePicker, Form, Input, InputNumber, Table } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { DetailDrawer } from "@/shared/detail/DetailDrawer";
import { FormPattern } from "@/shared/form/FormPattern";
import { DateTime, Quantity } from "@/shared/format/format";
import { useSession } from "@/shared/session/session";
import { State } from "./columns";
import NS from "./locale";
import type { DocumentDetail, Line } from "./types";

interface Entered {
  good?: number | null;
  damaged?: number | null;
  lot?: string;
  expires?: Dayjs | null;
}
interface Values {
  lines?: Record<string, Entered>;
  location?: string;
  final?: boolean;
}

/** One document with its lines; goods that were announced can be received. */
export function DocumentDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const query = useQuery({ queryKey: ["detail", "qimen-document", id], queryFn: ({ signal }) => api.get<DocumentDetail>(`/qimen-documents/${id}`, undefined, signal) });
  const one = query.data;
  const receivable = one !== undefined && (one.kind === "entry" || one.kind === "return") && (one.state === "open" || one.state === "partly") && can("integrations.qimen.receive");
  return (
    <DetailDrawer
      query={query}
      onClose={onClose}
      width={860}
      pageUrl={`/qimen/documents?open=${id}`}
      content={
        one
          ? {
              kind: t(`kind.${one.kind}`),
              number: one.code,
              state: <State state={one.state} />,
              facts: [
                { label: t("col.name"), value: one.connection.name },
                { label: t("col.warehouse"), value: one.warehouse?.name ?? "—" },
                { label: t("col.type"), value: one.order_type || "—" },
                { label: t("col.created"), value: <DateTime value={one.created_at} mode="absolute" /> },
                ...(one.outside_id ? [{ label: t("col.outside"), value: one.outside_id }] : []),
                ...(one.order_id === null ? [] : [{ label: t("col.order"), value: <Link to={`/orders/${one.order_id}`}>{one.order_number}</Link> }]),
                ...(one.remark ? [{ label: t("col.remark"), wide: true, value: one.remark }] : []),
              ],
              children: receivable ? <Receive key={one.updated_at} document={one} /> : <Lines lines={one.lines} />,
            }
          : null
      }
    />
  );
}

function Lines({ lines }: { lines: Line[] }) {
  const { t } = useTranslation(NS);
  return (
    <Table<Line>
      size="small"
      rowKey="line_no"
      pagination={false}
      dataSource={lines}
      columns={[
        { title: t("col.item"), render: (_, row) => <Item line={row} /> },
        { title: t("col.planned"), width: 90, align: "right", render: (_, row) => <Quantity value={row.planned} /> },
        { title: t("col.actual"), width: 90, align: "right", render: (_, row) => <Quantity value={row.actual} /> },
      ]}
    />
  );
}

function Item({ line }: { line: Line }) {
  return (
    <span className="hc-stack" style={{ gap: 0 }}>
      <strong>{line.item_code}</strong>
      <span className="hc-muted">{line.name}</span>
    </span>
  );
}

function Receive({ document }: { document: DocumentDetail }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const client = useQueryClient();
  // One name for what is entered now: sent twice, it is received once.
  const [key] = useState(() => `HC${document.id}-${crypto.randomUUID().slice(0, 18)}`);
  const withLots = document.lines.some((line) => line.is_lot_tracked);
  const submit = async (values: Values) => {
    const lines = document.lines.flatMap((line) => {
      const entered = values.lines?.[String(line.line_no)] ?? {};
      const lot = { lot: entered.lot ?? "", expires_on: entered.expires?.format("YYYY-MM-DD") ?? null };
      return [
        ...(entered.good ? [{ line_no: line.line_no, quantity: entered.good, inventory_type: "ZP", ...lot }] : []),
        ...(entered.damaged ? [{ line_no: line.line_no, quantity: entered.damaged, inventory_type: "CC", ...lot }] : []),
      ];
    });
    if (lines.length === 0) {
      void message.warning(t("receive.nothing"));
      return false;
    }
    await api.post(`/qimen-documents/${document.id}/receive`, { out_biz_code: key, is_final: values.final === true, location_code: values.location ?? "", lines });
    return true;
  };
  const initial = Object.fromEntries(document.lines.map((line) => [String(line.line_no), { good: Math.max(line.planned - line.actual, 0) || null }]));
  return (
    <section>
      <h3>{t("receive.title")}</h3>
      <FormPattern<Values, boolean>
        guard={false}
        submitLabel={t("receive.save")}
        initialValues={{ lines: initial, final: true }}
        onSubmit={submit}
        onDone={(sent) => {
          if (!sent) return;
          void message.success(t("receive.saved"));
          void client.invalidateQueries();
        }}
      >
        <Table<Line>
          size="small"
          rowKey="line_no"
          pagination={false}
          dataSource={document.lines}
          style={{ marginBottom: 16 }}
          columns={[
            { title: t("col.item"), render: (_, row) => <Item line={row} /> },
            { title: t("col.planned"), width: 70, align: "right", render: (_, row) => <Quantity value={row.planned} /> },
            { title: t("col.actual"), width: 70, align: "right", render: (_, row) => <Quantity value={row.actual} /> },
            { title: t("receive.units"), width: 120, render: (_, row) => <Form.Item noStyle name={["lines", String(row.line_no), "good"]}><InputNumber aria-label={`${t("receive.units")} ${row.item_code}`} min={0} precision={0} style={{ width: "100%" }} /></Form.Item> },
            { title: t("receive.damaged"), width: 110, render: (_, row) => <Form.Item noStyle name={["lines", String(row.line_no), "damaged"]}><InputNumber aria-label={`${t("receive.damaged")} ${row.item_code}`} min={0} precision={0} style={{ width: "100%" }} /></Form.Item> },
            ...(withLots
              ? [
                  { title: t("receive.lot"), width: 130, render: (_: unknown, row: Line) => (row.is_lot_tracked ? <Form.Item noStyle name={["lines", String(row.line_no), "lot"]}><Input aria-label={`${t("receive.lot")} ${row.item_code}`} maxLength={64} /></Form.Item> : null) },
                  { title: t("receive.expires"), width: 140, render: (_: unknown, row: Line) => (row.is_expiry_tracked ? <Form.Item noStyle name={["lines", String(row.line_no), "expires"]}><DatePicker aria-label={`${t("receive.expires")} ${row.item_code}`} /></Form.Item> : null) },
                ]
              : []),
          ]}
        />
        <Form.Item name="location" label={t("receive.location")} extra={t("receive.locationHint")}><Input maxLength={32} style={{ maxWidth: 260 }} /></Form.Item>
        <Form.Item name="final" valuePropName="checked"><Checkbox>{t("receive.final")}</Checkbox></Form.Item>
      </FormPattern>
    </section>
  );
}
