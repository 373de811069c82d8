import { PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Modal, Segmented, Select, Space, Table } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, newKey } from "@/api";
import { DetailDrawer, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { FormPattern } from "@/shared/form/FormPattern";
import { useAsk } from "@/shared/form/useAsk";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import type { Tone } from "@/shared/ui/states";
import type { StockHold } from "../stock/types";
import { RemoteField, type Path } from "./fields";
import NS from "./locale";
import type { ChangeDetail, ChangeRow } from "./types";

const KINDS = ["condition", "hold", "release", "owner", "sku", "lot", "adjust"] as const;
/** What is asked for here; goods found or lost are counted at their place. */
const ASKED = ["condition", "hold", "release", "owner", "sku", "lot"] as const;
const CONDITIONS = ["good", "damaged", "quarantine", "returned", "expired"] as const;
const SUBJECTS = ["lot", "location", "container", "supplier", "sku"] as const;
const PATHS: Record<string, Path> = { lot: "/lots", location: "/locations", container: "/containers", supplier: "/suppliers", sku: "/skus", owner: "/owners", warehouse: "/warehouses" };
const TONES: Partial<Record<string, Tone>> = { requested: "orange", applied: "green", rejected: "red", cancelled: "grey" };

type Kind = (typeof KINDS)[number];
type Subject = (typeof SUBJECTS)[number];
type Values = Record<string, string | undefined> & { reason: string };

function StateOf({ state }: { state: string }) {
  const { t } = useTranslation(NS);
  return <ToneTag tone={TONES[state] ?? "grey"}>{t(`changes.state.${state}`, { defaultValue: state })}</ToneTag>;
}

/** What is meant, in words. */
function useWords() {
  const { t } = useTranslation(NS);
  return useMemo(() => ({
    what: (row: ChangeRow) => [row.warehouse?.name, row.lot?.code, row.location?.code, row.container?.code, row.supplier?.name, row.sku ? `${row.sku.code} ${row.sku.name}` : null].filter(Boolean).join(" · ") || "–",
    becomes: (row: ChangeRow) => [row.adjust_reason ? t(`reason.${row.adjust_reason}`) : null, row.to_condition ? t(`condition.${row.to_condition}`) : null, row.to_owner?.name, row.to_sku?.code, row.to_lot?.code].filter(Boolean).join(" · ") || "–",
  }), [t]);
}

function HoldField(props: { value?: string; onChange?: (value: string) => void; id?: string }) {
  const holds = useQuery({ queryKey: ["filter", "/stock-holds"], queryFn: ({ signal }) => api.get<{ items: StockHold[] }>("/stock-holds", { standing: true, limit: 100 }, signal) });
  const options = (holds.data?.items ?? []).map((hold) => ({ value: String(hold.id), label: [hold.lot?.code, hold.location?.code, hold.sku?.code, hold.reason].filter(Boolean).join(" · ") }));
  return <Select {...props} showSearch={{ optionFilterProp: "label" }} options={options} loading={holds.isFetching} />;
}

function NewChange({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const { warehouse } = useScope();
  const client = useQueryClient();
  const [kind, setKind] = useState<Kind>("condition");
  const [subject, setSubject] = useState<Subject>("lot");
  const [key] = useState(newKey);
  const required = (label: string) => [{ required: true, message: t("form.required", { label }) }];
  const remote = (name: string, label: string, path: Path) => (
    <Form.Item key={name} name={name} label={label} rules={required(label)}>
      <RemoteField path={path} />
    </Form.Item>
  );
  const needsWarehouse = kind !== "hold" || subject === "sku";
  return (
    <Modal open width={520} footer={null} title={t("changes.newTitle")} onCancel={onClose}>
      <FormPattern<Values, void>
        guard={false}
        initialValues={warehouse ? { warehouse_id: String(warehouse.id) } : {}}
        submitLabel={t("changes.new")}
        onCancel={onClose}
        onSubmit={async (values) => {
          const ids = Object.fromEntries(Object.entries(values).filter(([name, value]) => name.endsWith("_id") && value !== undefined).map(([name, value]) => [name, Number(value)]));
          if (!needsWarehouse) delete ids.warehouse_id;
          const body = { kind, reason: values.reason, key, to_condition: values.to_condition ?? null, ...(kind === "condition" ? { condition: values.condition ?? null } : {}), ...ids };
          const made = await api.post<ChangeDetail>("/stock-changes", body);
          await client.invalidateQueries({ queryKey: ["list"] });
          void message.success(t(made.state === "applied" ? "changes.done" : "changes.asked"));
        }}
        onDone={onClose}
      >
        <Form.Item label={t("field.kind")}>
          <Segmented<Kind> block value={kind} onChange={setKind} options={ASKED.map((value) => ({ value, label: t(`changes.kind.${value}`) }))} />
        </Form.Item>
        {kind === "release" ? (
          <Form.Item name="hold_id" label={t("changes.hold")} rules={required(t("changes.hold"))}><HoldField /></Form.Item>
        ) : (
          <>
            <Form.Item label={t("changes.scope")}>
              <Segmented<Subject> block value={subject} onChange={setSubject} options={SUBJECTS.map((value) => ({ value, label: t(`field.${value}`) }))} />
            </Form.Item>
            {remote(`${subject}_id`, t(`field.${subject}`), PATHS[subject] ?? "/skus")}
            {needsWarehouse ? remote("warehouse_id", t("field.warehouse"), "/warehouses") : null}
          </>
        )}
        {kind === "condition" ? (
          <>
            <Form.Item name="condition" label={t("field.condition")}>
              <Select allowClear options={CONDITIONS.map((value) => ({ value, label: t(`condition.${value}`) }))} />
            </Form.Item>
            <Form.Item name="to_condition" label={t("changes.toCondition")} rules={required(t("changes.toCondition"))}>
              <Select options={CONDITIONS.map((value) => ({ value, label: t(`condition.${value}`) }))} />
            </Form.Item>
          </>
        ) : null}
        {kind === "owner" ? remote("to_owner_id", t("changes.toOwner"), "/owners") : null}
        {kind === "sku" ? remote("to_sku_id", t("changes.toSku"), "/skus") : null}
        {kind === "sku" ? <Form.Item name="to_lot_id" label={t("changes.toLotOfSku")}><RemoteField path="/lots" /></Form.Item> : null}
        {kind === "lot" ? remote("to_lot_id", t("changes.toLot"), "/lots") : null}
        <Form.Item name="reason" label={t("field.reason")} rules={[{ required: true, whitespace: true, message: t("form.required", { label: t("field.reason") }) }]}>
          <Input.TextArea rows={2} maxLength={200} />
        </Form.Item>
      </FormPattern>
    </Modal>
  );
}

interface Policy {
  kind: Kind;
  max_units: number | null;
  max_value: string | null;
}

/** From which size on a change waits for another person, kind by kind. */
function Policies({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const list = useQuery({ queryKey: ["change-policies"], queryFn: ({ signal }) => api.get<{ items: Policy[] }>("/stock-changes/policies", undefined, signal) });
  if (!list.data) return null;
  const items = list.data.items;
  return (
    <Modal open width={620} footer={null} title={t("changes.policies")} onCancel={onClose}>
      <p className="hc-muted">{t("changes.policyHint")}</p>
      <FormPattern<Record<string, { max_units: number | null; max_value: number | null }>, void>
        guard={false}
        initialValues={Object.fromEntries(items.map((item) => [item.kind, { max_units: item.max_units, max_value: item.max_value === null ? null : Number(item.max_value) }]))}
        submitLabel={t("action.save")}
        onCancel={onClose}
        onSubmit={async (values) => {
          for (const item of items) {
            const now = values[item.kind];
            const value = now?.max_value ?? null;
            const same = (now?.max_units ?? null) === item.max_units && (value === null ? item.max_value === null : item.max_value !== null && Number(item.max_value) === value);
            if (!same) await api.put(`/stock-changes/policies/${item.kind}`, { max_units: now?.max_units ?? null, max_value: value });
          }
          await client.invalidateQueries({ queryKey: ["change-policies"] });
          void message.success(t("changes.saved"));
        }}
        onDone={onClose}
      >
        <Table
          size="small" rowKey="kind" pagination={false} dataSource={items}
          columns={[
            { title: t("changes.kindLabel"), render: (_, item) => t(`changes.kind.${item.kind}`) },
            { title: t("changes.maxUnits"), width: 190, render: (_, item) => <Form.Item name={[item.kind, "max_units"]} noStyle><InputNumber min={0} precision={0} style={{ width: "100%" }} placeholder={t("changes.anySize")} aria-label={`${t(`changes.kind.${item.kind}`)} ${t("changes.maxUnits")}`} /></Form.Item> },
            { title: t("changes.maxValue"), width: 190, render: (_, item) => <Form.Item name={[item.kind, "max_value"]} noStyle><InputNumber min={0} precision={2} style={{ width: "100%" }} placeholder={t("changes.anySize")} aria-label={`${t(`changes.kind.${item.kind}`)} ${t("changes.maxValue")}`} /></Form.Item> },
          ]}
        />
      </FormPattern>
    </Modal>
  );
}

function ChangeDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { can, me } = useSession();
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const ask = useAsk();
  const words = useWords();
  const query = useQuery({ queryKey: ["detail", "change", id], queryFn: ({ signal }) => api.get<ChangeDetail>(`/stock-changes/${id}`, undefined, signal) });
  const decide = async (verb: string, body: unknown) => {
    try {
      await api.post(`/stock-changes/${id}/${verb}`, body);
      await Promise.all([client.invalidateQueries({ queryKey: ["detail", "change"] }), client.invalidateQueries({ queryKey: ["list"] })]);
      if (verb === "approve") void message.success(t("changes.done"));
    } catch (error) {
      report(error);
    }
  };
  const row = query.data;
  let content: DetailContent | null = null;
  if (row) {
    const actions: DetailAction[] = [];
    if (row.state === "requested") {
      if (can("stockkeeping.change.approve")) {
        actions.push({ code: "approve", label: t("changes.approve"), primary: true, run: () => void modal.confirm({ title: t("changes.approve"), content: t("changes.approveAsk", { units: row.units }), okText: t("changes.approve"), cancelText: t("action.cancel"), onOk: () => decide("approve", {}) }) });
        actions.push({
          code: "reject", label: t("changes.reject"), danger: true,
          run: () => void ask({ title: t("changes.reject"), okText: t("changes.reject"), danger: true, note: { name: "note", label: t("changes.rejectWhy"), required: true } }).then((answers) => (answers ? decide("reject", answers) : undefined)),
        });
      }
      if (can("stockkeeping.change.work")) actions.push({ code: "cancel", label: t("changes.cancel"), run: () => void decide("cancel", {}) });
    }
    const own = row.state === "requested" && row.requested_by_id === me.user.id;
    content = {
      kind: t(`changes.kind.${row.kind}`),
      number: row.number,
      subtitle: row.reason,
      state: <StateOf state={row.state} />,
      actions,
      permits: own ? [{ code: "approve", allowed: false, reason: t("changes.own") }] : [],
      facts: [
        { label: t("changes.what"), value: words.what(row), wide: true },
        { label: t("changes.becomes"), value: words.becomes(row) },
        { label: t("changes.units"), value: <Quantity value={row.units} /> },
        { label: t("changes.value"), value: <Money amount={row.value} /> },
        { label: t("changes.by"), value: <>{row.requested_by} · <DateTime value={row.requested_at} /></> },
        { label: t("changes.decided"), value: row.decided_at ? <>{row.decided_by} · <DateTime value={row.decided_at} /> {row.decision_note}</> : "–" },
      ],
      tabs: [
        {
          key: "lines", label: t("changes.lines"), count: row.lines.length,
          children: (
            <Table
              size="small" rowKey="id" dataSource={row.lines} pagination={{ pageSize: 50, hideOnSinglePage: true }} scroll={{ x: "max-content" }}
              columns={[
                { title: t("field.location"), render: (_, line) => [line.warehouse, line.location, line.container].filter(Boolean).join(" · ") },
                { title: t("field.sku"), render: (_, line) => `${line.sku} ${line.sku_name}` },
                { title: t("field.lot"), dataIndex: "lot" },
                { title: t("field.owner"), dataIndex: "owner" },
                { title: t("changes.was"), align: "right", render: (_, line) => (line.difference === null ? <Quantity value={line.quantity} /> : <>{line.difference > 0 ? "+" : "−"}<Quantity value={line.quantity} /></>) },
                { title: t("changes.now"), align: "right", render: (_, line) => <Quantity value={line.on_hand} /> },
                { title: t("field.allocated"), align: "right", render: (_, line) => <Quantity value={line.allocated} /> },
                { title: t("changes.done"), align: "right", render: (_, line) => (line.applied === null ? "–" : <Quantity value={line.applied} />) },
              ]}
            />
          ),
        },
      ],
    };
  }
  return <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/stock/changes?open=${id}`} width={880} />;
}

/** Changes of goods: asked for by one, agreed to by another. */
export default function ChangesPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const words = useWords();
  const [making, setMaking] = useState(false);
  const [limits, setLimits] = useState(false);
  const columns = useMemo<ListColumn<ChangeRow>[]>(
    () => [
      { key: "number", title: t("field.kind"), width: 200, render: (row) => <><strong>{row.number}</strong> {t(`changes.kind.${row.kind}`)}</> },
      { key: "state", title: t("field.state"), width: 110, render: (row) => <StateOf state={row.state} /> },
      { key: "what", title: t("changes.what"), width: 260, render: (row) => words.what(row) },
      { key: "becomes", title: t("changes.becomes"), width: 140, render: (row) => words.becomes(row) },
      { key: "units", title: t("changes.units"), width: 100, align: "right", sort: "units", render: (row) => <Quantity value={row.units} /> },
      { key: "value", title: t("changes.value"), width: 120, align: "right", sort: "value", render: (row) => <Money amount={row.value} /> },
      { key: "reason", title: t("field.reason"), width: 220, render: (row) => row.reason },
      { key: "by", title: t("changes.by"), width: 160, render: (row) => <>{row.requested_by} · <DateTime value={row.requested_at} /></> },
      { key: "decided", title: t("changes.decided"), width: 160, render: (row) => (row.decided_at ? <>{row.decided_by} · <DateTime value={row.decided_at} /></> : "–") },
    ],
    [t, words],
  );
  const tabs = useMemo<ListTab[]>(
    () => [
      { key: "requested", label: t("changes.state.requested"), query: { state: "requested" }, attention: true },
      { key: "applied", label: t("changes.state.applied"), query: { state: "applied" } },
      { key: "rejected", label: t("changes.state.rejected"), query: { state: "rejected" } },
      { key: "all", label: t("changes.all"), query: {} },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(() => [{ key: "kind", label: t("field.kind"), type: "select", multiple: true, options: KINDS.map((value) => ({ value, label: t(`changes.kind.${value}`) })) }], [t]);
  return (
    <>
      <ListPage<ChangeRow>
        id="stock-changes"
        title={t("changes.title")}
        hint={t("changes.hint")}
        path="/stock-changes"
        tabs={tabs}
        countsPath="/stock-changes/counts"
        filters={filters}
        columns={columns}
        rowId={(row) => row.id}
        search={t("changes.search")}
        exportPath="/stock-changes/export"
        warehouseParam="warehouse"
        primaryAction={
          <Space>
            {can("stockkeeping.change.manage") ? <Button onClick={() => setLimits(true)}>{t("changes.policies")}</Button> : null}
            {can("stockkeeping.change.work") ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t("changes.new")}</Button> : null}
          </Space>
        }
        drawer={(id, close) => <ChangeDrawer id={id} onClose={close} />}
        empty={{ title: t("changes.emptyTitle"), hint: t("changes.emptyHint") }}
      />
      {making ? <NewChange onClose={() => setMaking(false)} /> : null}
      {limits ? <Policies onClose={() => setLimits(false)} /> : null}
    </>
  );
}
