import { DownloadOutlined, StopOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Input, Segmented, Space, Table, Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api } from "@/api";
import { useAsk } from "@/shared/form/useAsk";
import { DateTime, Quantity } from "@/shared/format/format";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { Kpi } from "@/shared/ui/Kpi";
import { PageBody, PageHeader } from "@/shared/ui/PageHeader";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import { RemoteField } from "./fields";
import NS from "./locale";
import type { Recall, RecallRow } from "./types";

const MODES = ["lot", "supplier", "sku", "serial"] as const;
const KINDS = ["location", "allocation", "shipped", "returned"] as const;
const FIGURES = ["lying", "sellable", "allocated", "shipped", "returned", "orders", "customers", "parcels", "locations"] as const;
type Mode = (typeof MODES)[number];

function Rows({ rows }: { rows: RecallRow[] }) {
  const { t } = useTranslation(NS);
  return (
    <Table
      size="small" rowKey={(row) => `${row.kind}${row.location ?? ""}${row.container ?? ""}${row.parcel ?? ""}${row.order ?? ""}${row.sku}${row.condition}${row.at ?? ""}${row.owner}`}
      dataSource={rows} scroll={{ x: "max-content" }} pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
      columns={[
        { title: t("recall.where"), render: (_, row) => [row.warehouse, row.location, row.container].filter(Boolean).join(" · ") },
        { title: t("field.sku"), render: (_, row) => `${row.sku} ${row.sku_name}` },
        { title: t("field.lot"), dataIndex: "lot" },
        { title: t("field.quantity"), align: "right", render: (_, row) => <Quantity value={row.quantity} /> },
        { title: t("field.serials"), render: (_, row) => <>{row.serials.slice(0, 3).join(" ")}{row.serials.length > 3 ? " …" : ""} {row.is_presumed ? <ToneTag tone="orange">{t("serials.presumed")}</ToneTag> : null}</> },
        { title: t("field.state"), render: (_, row) => (row.kind === "location" ? <>{t(`condition.${row.condition}`)} {row.state === "sellable" ? <ToneTag tone="red">{t("recall.figure.sellable")}</ToneTag> : null}</> : row.state ? <StateTag state={row.state} ns={NS} /> : "–") },
        ...(rows.every((row) => row.kind === "location") ? [] : [
        { title: t("recall.fulfilment"), dataIndex: "fulfilment" },
        { title: t("recall.order"), render: (_: unknown, row: RecallRow) => (row.order_id === null ? "–" : <Link to={`/orders?open=${row.order_id}`}>{row.order}</Link>) },
        { title: t("recall.customer"), render: (_: unknown, row: RecallRow) => [row.customer, row.recipient, row.shop].filter(Boolean).join(" · ") || "–" },
        { title: t("recall.parcel"), render: (_: unknown, row: RecallRow) => [row.parcel, row.waybill].filter(Boolean).join(" · ") || "–" },
        { title: t("field.at"), render: (_: unknown, row: RecallRow) => <DateTime value={row.at} /> },
        ]),
      ]}
    />
  );
}

/** Recall: one search that shows every place, promise and customer; one button that stops the sale. */
export default function RecallPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const ask = useAsk();
  const report = useReportProblem();
  const [params, setParams] = useSearchParams();
  const mode = (MODES as readonly string[]).includes(params.get("by") ?? "") ? (params.get("by") as Mode) : "lot";
  const change = (values: Record<string, string | undefined>) =>
    setParams((now) => {
      for (const [name, value] of Object.entries(values)) {
        if (value) now.set(name, value);
        else now.delete(name);
      }
      return now;
    });
  const asked: Record<string, string> = {};
  for (const name of mode === "serial" ? ["sku", "first", "last"] : mode === "supplier" ? ["supplier", "sku"] : [mode]) {
    const value = params.get(name);
    if (value) asked[name] = value;
  }
  const ready = mode === "serial" ? asked.sku !== undefined && asked.first !== undefined : asked[mode] !== undefined;
  const query = useQuery({ queryKey: ["recall", asked], enabled: ready, queryFn: ({ signal }) => api.get<Recall>("/recalls", asked, signal) });
  const found = query.data;
  const hold = async () => {
    const answers = await ask({ title: t("recall.hold"), okText: t("recall.hold"), danger: true, text: t("recall.holdAsk", { count: found?.figures.allocated ?? 0 }), note: { name: "reason", label: t("field.reason"), required: true } });
    if (!answers) return;
    try {
      const numbers = Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, name === "lot" ? [Number(value)] : name === "supplier" || name === "sku" ? Number(value) : value]));
      const done = await api.post<{ quarantined: number; promised: number }>("/recalls/hold", { ...numbers, reason: answers.reason });
      await query.refetch();
      void message.success(done.quarantined > 0 ? t("recall.quarantined", { count: done.quarantined }) : t("recall.held", { count: done.promised }));
    } catch (error) {
      report(error);
    }
  };
  const field = (name: "lot" | "supplier" | "sku") => (
    <div style={{ width: 260, display: "grid" }}>
      <RemoteField path={`/${name}s`} value={params.get(name) ?? ""} placeholder={t(`field.${name}`)} onChange={(value) => change({ [name]: value })} />
    </div>
  );
  const text = (name: "first" | "last") => <Input aria-label={t(`recall.${name}`)} placeholder={t(`recall.${name}`)} defaultValue={params.get(name) ?? ""} maxLength={64} style={{ width: 180 }} onBlur={(event) => change({ [name]: event.target.value.trim() })} onPressEnter={(event) => change({ [name]: event.currentTarget.value.trim() })} />;
  return (
    <>
      <PageHeader
        title={t("recall.title")}
        hint={t("recall.hint")}
        actions={
          found && found.items.length > 0 ? (
            <Space>
              <Button icon={<DownloadOutlined />} onClick={() => void api.download("/recalls/export", asked, "recall.xlsx").catch(report)}>{t("recall.export")}</Button>
              {can("outbound.recall.hold") ? <Button danger type="primary" icon={<StopOutlined />} onClick={() => void hold()}>{t("recall.hold")}</Button> : null}
            </Space>
          ) : null
        }
      />
      <PageBody>
      <Space wrap style={{ marginBottom: 16 }}>
        <Segmented<Mode> value={mode} onChange={(value) => setParams({ by: value })} options={MODES.map((value) => ({ value, label: t(`recall.byKind.${value}`) }))} />
        {mode === "serial" ? <>{field("sku")}{text("first")}{text("last")}</> : field(mode)}
        {mode === "supplier" ? field("sku") : null}
      </Space>
      {query.error ? <ErrorState error={query.error} onRetry={() => query.refetch()} /> : null}
      {ready ? null : <EmptyState title={t("recall.start")} hint={t("recall.startHint")} />}
      {found?.items.length === 0 ? <EmptyState title={t("recall.none")} hint={t("recall.noneHint")} /> : null}
      {found && found.items.length > 0 ? (
        <>
          <div style={{ display: "grid", gridTemplateColumns: "repeat(auto-fit, minmax(100px, 1fr))", gap: 12, marginBottom: 16 }}>
            {FIGURES.map((name) => <Kpi key={name} label={t(`recall.figure.${name}`)} value={found.figures[name]} tone={name === "sellable" && found.figures.sellable > 0 ? "red" : undefined} />)}
          </div>
          <Tabs
            items={KINDS.map((kind) => ({ key: kind, rows: found.items.filter((row) => row.kind === kind) }))
              .filter((part) => part.rows.length > 0)
              .map((part) => ({ key: part.key, label: `${t(`recall.kind.${part.key}`)} ${part.rows.length}`, children: <Rows rows={part.rows} /> }))}
          />
        </>
      ) : null}
      </PageBody>
    </>
  );
}
