import { PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Modal, Segmented, Table } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { DetailDrawer, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { FormPattern } from "@/shared/form/FormPattern";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import { Timeline } from "@/shared/ui/Timeline";
import { RemoteField } from "./fields";
import NS from "./locale";
import type { ContainerDetail, ContainerRow } from "./types";

const KINDS = ["tote", "carton", "pallet"] as const;

function NewContainers({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const { warehouse } = useScope();
  const client = useQueryClient();
  return (
    <Modal open width={460} footer={null} title={t("containers.newTitle")} onCancel={onClose}>
      <FormPattern<{ kind: string; count: number; code?: string; location_id?: string }, void>
        guard={false}
        initialValues={{ kind: "carton", count: 1 }}
        submitLabel={t("containers.new")}
        onCancel={onClose}
        onSubmit={async (values) => {
          const one = { kind: values.kind, code: values.code ?? "", location_id: values.location_id ? Number(values.location_id) : null };
          const containers = Array.from({ length: values.count }, () => one);
          const made = await api.post<{ items: { code: string }[] }>("/containers", { containers });
          await client.invalidateQueries({ queryKey: ["list"] });
          void message.success(t("containers.made", { codes: made.items.slice(0, 3).map((item) => item.code).join(" ") }));
        }}
        onDone={onClose}
      >
        {(form) => (
          <>
            <Form.Item name="kind" label={t("field.kind")}>
              <Segmented options={KINDS.map((value) => ({ value, label: t(`containers.kind.${value}`) }))} />
            </Form.Item>
            <Form.Item name="count" label={t("containers.count")} rules={[{ required: true, message: t("form.required", { label: t("containers.count") }) }]}>
              <InputNumber min={1} max={200} precision={0} />
            </Form.Item>
            <Form.Item noStyle shouldUpdate>
              {() => (
                <Form.Item name="code" label={t("containers.code")} extra={t("containers.codeHint")}>
                  <Input maxLength={44} disabled={form.getFieldValue("count") !== 1} />
                </Form.Item>
              )}
            </Form.Item>
            <Form.Item name="location_id" label={t("field.location")}>
              <RemoteField path="/locations" query={warehouse ? { warehouse_id: warehouse.id } : {}} />
            </Form.Item>
          </>
        )}
      </FormPattern>
    </Modal>
  );
}

type Act = "move" | "ask" | "nest";

function ActDialog({ box, act, onClose }: { box: ContainerDetail; act: Act; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const warehouse = box.location?.warehouse?.id;
  const query = warehouse === undefined ? {} : act === "nest" ? { warehouse } : { warehouse_id: warehouse };
  const label = t(act === "nest" ? "field.container" : "field.location");
  return (
    <Modal open width={460} footer={null} title={t(`containers.${act}Title`, { code: box.code })} onCancel={onClose}>
      <FormPattern<{ target: string }, void>
        guard={false}
        submitLabel={t(`containers.${act}`)}
        onCancel={onClose}
        onSubmit={async ({ target }) => {
          if (act === "move") await api.post("/containers/move", { container_ids: [box.id], to_location_id: Number(target) });
          else if (act === "ask") await api.post("/moves", { moves: [{ container_id: box.id, to_location_id: Number(target) }] });
          else await api.post("/containers/nest", { container_ids: [box.id], parent_id: Number(target) });
          await Promise.all([client.invalidateQueries({ queryKey: ["detail", "container"] }), client.invalidateQueries({ queryKey: ["list"] })]);
          void message.success(t(`containers.${act}Done`));
        }}
        onDone={onClose}
      >
        <Form.Item name="target" label={label} rules={[{ required: true, message: t("form.required", { label }) }]}>
          <RemoteField path={act === "nest" ? "/containers" : "/locations"} query={query} />
        </Form.Item>
      </FormPattern>
    </Modal>
  );
}

function Tree({ box }: { box: ContainerDetail }) {
  const { t } = useTranslation(NS);
  return (
    <ul style={{ listStyle: "none", padding: 0, margin: 0 }}>
      {box.tree.map((node) => (
        <li key={node.id} style={{ paddingLeft: node.depth * 24, lineHeight: 2 }}>
          {node.id === box.id ? <strong>{node.code}</strong> : <Link to={`/stock/containers?open=${node.id}`}>{node.code}</Link>} <span className="hc-muted">{t(`containers.kind.${node.kind}`)}</span>{" "}
          {node.units > 0 ? <Quantity value={node.units} /> : null} {node.is_held ? <ToneTag tone="orange">{t("containers.held")}</ToneTag> : null}
        </li>
      ))}
    </ul>
  );
}

function Content({ box }: { box: ContainerDetail }) {
  const { t } = useTranslation(NS);
  return (
    <Table
      size="small"
      rowKey="stock_id"
      pagination={false}
      dataSource={box.content}
      locale={{ emptyText: t("containers.nothing") }}
      scroll={{ x: "max-content" }}
      columns={[
        { title: t("field.container"), dataIndex: "container" },
        { title: t("field.sku"), render: (_, row) => `${row.sku} ${row.sku_name}` },
        { title: t("field.lot"), dataIndex: "lot" },
        { title: t("field.condition"), render: (_, row) => t(`condition.${row.condition}`) },
        { title: t("field.quantity"), align: "right", render: (_, row) => <Quantity value={row.quantity} unit={row.unit} /> },
        { title: t("field.allocated"), align: "right", render: (_, row) => <Quantity value={row.allocated} /> },
        { title: t("field.serials"), align: "right", render: (_, row) => (row.serials > 0 ? <Link to={`/stock/serials?stock=${row.stock_id}`}>{row.serials}</Link> : "–") },
      ]}
    />
  );
}

function ContainerDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const [act, setAct] = useState<Act | null>(null);
  const query = useQuery({ queryKey: ["detail", "container", id], queryFn: ({ signal }) => api.get<ContainerDetail>(`/containers/${id}`, undefined, signal) });
  const box = query.data;
  const run = async (path: string, body: unknown, done: string) => {
    try {
      await api.post(path, body);
      await Promise.all([client.invalidateQueries({ queryKey: ["detail", "container"] }), client.invalidateQueries({ queryKey: ["list"] })]);
      void message.success(done);
    } catch (error) {
      report(error);
    }
  };
  const content: DetailContent | null = box ? contentOf() : null;
  function contentOf(): DetailContent {
    const shown = box as ContainerDetail;
    const actions: DetailAction[] = [];
    if (can("inventory.stock.move") && !shown.closed_at) {
      actions.push({ code: "move", label: t("containers.move"), primary: true, run: () => setAct("move") }, { code: "nest", label: t("containers.nest"), run: () => setAct("nest") });
      if (can("stockkeeping.move.create") && shown.location) actions.push({ code: "ask", label: t("containers.ask"), run: () => setAct("ask") });
      if (shown.parent) actions.push({ code: "unnest", label: t("containers.unnest"), run: () => void run("/containers/nest", { container_ids: [shown.id], parent_id: null }, t("containers.unnested")) });
      actions.push({
        code: "close", label: t("containers.close"), danger: true,
        run: () => void modal.confirm({ title: t("containers.close"), content: t("containers.closeAsk"), okText: t("containers.close"), cancelText: t("action.cancel"), onOk: () => run("/containers/close", { container_ids: [shown.id] }, t("containers.wasClosed")) }),
      });
    }
    return {
      kind: t(`containers.kind.${shown.kind}`),
      number: shown.code,
      state: shown.closed_at ? <ToneTag tone="grey">{t("containers.closed")}</ToneTag> : shown.is_held ? <ToneTag tone="orange">{t("containers.held")}</ToneTag> : undefined,
      actions,
      facts: [
        { label: t("field.warehouse"), value: shown.location?.warehouse?.name ?? "–" },
        { label: t("field.location"), value: shown.location?.code ?? "–" },
        { label: t("containers.parent"), value: shown.parent ? <Link to={`/stock/containers?open=${shown.parent.id}`}>{shown.parent.code}</Link> : "–" },
        { label: t("containers.created"), value: <DateTime value={shown.created_at} /> },
      ],
      tabs: [
        { key: "content", label: t("containers.content"), count: shown.content.length, children: <Content box={shown} /> },
        { key: "tree", label: t("containers.tree"), count: shown.tree.length, children: <Tree box={shown} /> },
        {
          key: "history", label: t("containers.history"),
          children: (
            <Timeline
              events={shown.history.map((event, index) => ({
                id: event.movement_id ?? `a${index}`,
                at: event.at,
                who: event.actor,
                title: [t(`containers.what.${event.what}`, { defaultValue: t(`reason.${event.what}`, { defaultValue: event.what }), nsSeparator: false, keySeparator: false }), event.sku ? `${event.sku} × ${event.quantity ?? 0}` : null, event.origin || event.target ? `${event.origin ?? "–"} → ${event.target ?? "–"}` : null].filter(Boolean).join(" · "),
                note: event.note,
              }))}
            />
          ),
        },
      ],
    };
  }
  return (
    <>
      <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/stock/containers?open=${id}`} width={860} />
      {act && box ? <ActDialog box={box} act={act} onClose={() => setAct(null)} /> : null}
    </>
  );
}

/** Totes, cartons and pallets: where they stand, what is in them, and what happened to them. */
export default function ContainersPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const [making, setMaking] = useState(false);
  const columns = useMemo<ListColumn<ContainerRow>[]>(
    () => [
      { key: "code", title: t("containers.code"), width: 180, sort: "code", render: (row) => <strong>{row.code}</strong> },
      { key: "kind", title: t("field.kind"), width: 90, render: (row) => t(`containers.kind.${row.kind}`) },
      { key: "location", title: t("field.location"), width: 170, render: (row) => [row.location?.warehouse?.name, row.location?.code].filter(Boolean).join(" · ") || "–" },
      { key: "parent", title: t("containers.parent"), width: 160, render: (row) => row.parent?.code ?? "–" },
      { key: "units", title: t("containers.units"), width: 90, align: "right", render: (row) => (row.units > 0 ? <Quantity value={row.units} /> : <span className="hc-muted">{row.containers > 0 ? "–" : t("containers.empty")}</span>) },
      { key: "skus", title: t("containers.skus"), width: 90, align: "right", render: (row) => <Quantity value={row.skus} /> },
      { key: "containers", title: t("containers.inside"), width: 100, align: "right", render: (row) => <Quantity value={row.containers} /> },
      { key: "held", title: t("field.state"), width: 110, render: (row) => (row.closed_at ? <ToneTag tone="grey">{t("containers.closed")}</ToneTag> : row.is_held ? <ToneTag tone="orange">{t("containers.held")}</ToneTag> : null) },
      { key: "created", title: t("containers.created"), width: 120, render: (row) => <DateTime value={row.created_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(
    () => [
      { key: "inUse", label: t("containers.inUse"), query: { closed: false } },
      { key: "outermost", label: t("containers.outermost"), query: { closed: false, outermost: true } },
      { key: "held", label: t("containers.held"), query: { closed: false, held: true } },
      { key: "closed", label: t("containers.closed"), query: { closed: true } },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(() => [{ key: "kind", label: t("field.kind"), type: "select", multiple: true, options: KINDS.map((value) => ({ value, label: t(`containers.kind.${value}`) })) }, { key: "filled", label: t("containers.content"), type: "bool" }], [t]);
  return (
    <>
      <ListPage<ContainerRow>
        id="containers"
        title={t("containers.title")}
        hint={t("containers.hint")}
        path="/containers"
        tabs={tabs}
        filters={filters}
        columns={columns}
        rowId={(row) => row.id}
        search={t("containers.search")}
        exportPath="/containers/export"
        warehouseParam="warehouse"
        primaryAction={can("inventory.stock.move") ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t("containers.new")}</Button> : null}
        drawer={(id, close) => <ContainerDrawer id={id} onClose={close} />}
        empty={{ title: t("containers.emptyTitle"), hint: t("containers.emptyHint") }}
      />
      {making ? <NewContainers onClose={() => setMaking(false)} /> : null}
    </>
  );
}
