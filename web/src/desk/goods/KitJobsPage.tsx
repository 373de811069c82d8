import { PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Modal, Progress, Segmented, Table } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, newKey } from "@/api";
import { DetailDrawer, type DetailAction, type DetailContent } from "@/shared/detail/DetailDrawer";
import { FormPattern } from "@/shared/form/FormPattern";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListTab } from "@/shared/list/types";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import { toneOf } from "@/shared/ui/states";
import { RemoteField } from "./fields";
import NS from "./locale";
import type { KitJobDetail, KitJobRow } from "./types";

const STATES = ["open", "started", "done", "cancelled"] as const;

interface NewValues {
  direction: string;
  warehouse_id: string;
  owner_id: string;
  kit_id: string;
  quantity: number;
  from_location_id: string;
  to_location_id?: string;
  note?: string;
}

function NewJob({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { warehouse } = useScope();
  const client = useQueryClient();
  const [key] = useState(newKey);
  const required = (label: string) => [{ required: true, message: t("form.required", { label }) }];
  return (
    <Modal open width={640} style={{ top: 40 }} footer={null} title={t("kits.newTitle")} onCancel={onClose}>
      <FormPattern<NewValues, void>
        guard={false}
        initialValues={{ direction: "assemble", ...(warehouse ? { warehouse_id: String(warehouse.id) } : {}) }}
        submitLabel={t("kits.new")}
        onCancel={onClose}
        onSubmit={async (values) => {
          await api.post("/kit-jobs", {
            direction: values.direction, warehouse_id: Number(values.warehouse_id), owner_id: Number(values.owner_id), kit_id: Number(values.kit_id), quantity: values.quantity,
            from_location_id: Number(values.from_location_id), to_location_id: values.to_location_id ? Number(values.to_location_id) : null, note: values.note ?? "", key,
          });
          await client.invalidateQueries({ queryKey: ["list"] });
        }}
        onDone={onClose}
      >
        {(form) => (
          <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 16 }}>
            <Form.Item name="direction" label={t("field.kind")}><Segmented options={(["assemble", "dismantle"] as const).map((value) => ({ value, label: t(`kits.direction.${value}`) }))} /></Form.Item>
            <Form.Item name="quantity" label={t("field.quantity")} rules={required(t("field.quantity"))}><InputNumber min={1} precision={0} style={{ width: "100%" }} /></Form.Item>
            <Form.Item name="warehouse_id" label={t("field.warehouse")} rules={required(t("field.warehouse"))}><RemoteField path="/warehouses" /></Form.Item>
            <Form.Item name="owner_id" label={t("field.owner")} rules={required(t("field.owner"))}><RemoteField path="/owners" /></Form.Item>
            <Form.Item style={{ gridColumn: "1 / -1" }} name="kit_id" label={t("kits.kit")} rules={required(t("kits.kit"))}><RemoteField path="/skus" query={{ kind: "kit" }} /></Form.Item>
            <Form.Item noStyle shouldUpdate={(before: NewValues, after: NewValues) => before.warehouse_id !== after.warehouse_id}>
              {() => {
                const chosen = form.getFieldValue("warehouse_id") as string | undefined;
                const query = chosen ? { warehouse_id: chosen } : {};
                return (
                  <>
                    <Form.Item name="from_location_id" label={t("kits.from")} rules={required(t("kits.from"))}><RemoteField path="/locations" query={query} /></Form.Item>
                    <Form.Item name="to_location_id" label={t("kits.to")}><RemoteField path="/locations" query={query} /></Form.Item>
                  </>
                );
              }}
            </Form.Item>
            <Form.Item style={{ gridColumn: "1 / -1" }} name="note" label={t("field.note")}><Input.TextArea rows={2} maxLength={200} /></Form.Item>
          </div>
        )}
      </FormPattern>
    </Modal>
  );
}

function JobState({ state }: { state: string }) {
  const { t } = useTranslation(NS);
  return <ToneTag tone={toneOf(state)}>{t(`kits.state.${state}`, { defaultValue: state })}</ToneTag>;
}

function DoStep({ job, onClose }: { job: KitJobDetail; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [key] = useState(newKey);
  const left = job.quantity - job.done;
  return (
    <Modal open width={440} footer={null} title={t("kits.doTitle")} onCancel={onClose}>
      <FormPattern<{ quantity: number; lot_code?: string; serials?: string }, void>
        guard={false}
        initialValues={{ quantity: left }}
        submitLabel={t("kits.do")}
        onCancel={onClose}
        onSubmit={async (values) => {
          const serials = (values.serials ?? "").split(/\s+/u).filter(Boolean);
          await api.post(`/kit-jobs/${job.id}/steps`, { quantity: values.quantity, lot_code: values.lot_code ?? "", serials, key });
          await Promise.all([client.invalidateQueries({ queryKey: ["detail", "kit-job"] }), client.invalidateQueries({ queryKey: ["list"] })]);
          void message.success(t("kits.doDone"));
        }}
        onDone={onClose}
      >
        <Form.Item name="quantity" label={t("field.quantity")} rules={[{ required: true, message: t("form.required", { label: t("field.quantity") }) }]}><InputNumber min={1} max={left} precision={0} autoFocus /></Form.Item>
        <Form.Item name="lot_code" label={t("kits.lot")} extra={t("kits.lotHint")}><Input maxLength={64} /></Form.Item>
        <Form.Item name="serials" label={t("kits.serials")}><Input.TextArea rows={2} /></Form.Item>
      </FormPattern>
    </Modal>
  );
}

function KitJobDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { modal } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const [doing, setDoing] = useState(false);
  const query = useQuery({ queryKey: ["detail", "kit-job", id], queryFn: ({ signal }) => api.get<KitJobDetail>(`/kit-jobs/${id}`, undefined, signal) });
  const job = query.data;
  const run = async (path: string) => {
    try {
      await api.post(path, {});
      await Promise.all([client.invalidateQueries({ queryKey: ["detail", "kit-job"] }), client.invalidateQueries({ queryKey: ["list"] })]);
    } catch (error) {
      report(error);
    }
  };
  const confirm = (title: string, text: string, path: string) => void modal.confirm({ title, content: text, okText: title, cancelText: t("action.cancel"), onOk: () => run(path) });
  let content: DetailContent | null = null;
  if (job) {
    const actions: DetailAction[] = [];
    if (job.state === "open" || job.state === "started") {
      if (can("stockkeeping.kit_job.work")) actions.push({ code: "do", label: t("kits.do"), primary: true, run: () => setDoing(true) });
      if (can("stockkeeping.kit_job.cancel")) actions.push({ code: "cancel", label: t("kits.cancel"), danger: true, run: () => confirm(t("kits.cancel"), t("kits.cancelAsk"), `/kit-jobs/${job.id}/cancel`) });
    }
    content = {
      kind: t(`kits.direction.${job.direction}`),
      number: job.number,
      subtitle: `${job.kit.code} ${job.kit.name}`,
      state: <JobState state={job.state} />,
      actions,
      facts: [
        { label: t("kits.progress"), value: `${job.done} / ${job.quantity}` },
        { label: t("field.warehouse"), value: job.warehouse.name },
        { label: t("field.owner"), value: job.owner.name },
        { label: t("kits.from"), value: job.from_location.code },
        { label: t("kits.to"), value: job.to_location.code },
        { label: t("kits.created"), value: <>{job.created_by} · <DateTime value={job.created_at} /></> },
      ],
      tabs: [
        {
          key: "components", label: t("kits.components"), count: job.components.length,
          children: (
            <Table
              size="small" rowKey="sku_id" pagination={false} dataSource={job.components}
              columns={[
                { title: t("field.sku"), render: (_, part) => `${part.sku} ${part.sku_name}` },
                { title: t("kits.perKit"), align: "right", render: (_, part) => <Quantity value={part.quantity} unit={part.unit} /> },
                { title: t("kits.free"), align: "right", render: (_, part) => <Quantity value={part.free} /> },
              ]}
            />
          ),
        },
        {
          key: "steps", label: t("kits.steps"), count: job.steps.length,
          children: (
            <Table
              size="small" rowKey="id" pagination={false} dataSource={job.steps}
              columns={[
                { title: t("field.at"), render: (_, step) => <DateTime value={step.at} mode="absolute" /> },
                { title: t("field.by"), dataIndex: "actor" },
                { title: t("field.quantity"), align: "right", render: (_, step) => <Quantity value={step.quantity} /> },
                { title: "", render: (_, step) => (step.undone_at ? <span className="hc-muted">{t("kits.undone")} · {step.undone_by}</span> : job.state !== "cancelled" && can("stockkeeping.kit_job.work") ? <Button size="small" onClick={() => confirm(t("kits.undo"), t("kits.undoAsk"), `/kit-jobs/${job.id}/steps/${step.id}/undo`)}>{t("kits.undo")}</Button> : null) },
              ]}
            />
          ),
        },
      ],
    };
  }
  return (
    <>
      <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/stock/kits?open=${id}`} width={760} />
      {doing && job ? <DoStep job={job} onClose={() => setDoing(false)} /> : null}
    </>
  );
}

/** Kits put together and taken apart. */
export default function KitJobsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const [making, setMaking] = useState(false);
  const columns = useMemo<ListColumn<KitJobRow>[]>(
    () => [
      { key: "number", title: t("kits.title"), width: 170, render: (row) => <strong>{row.number}</strong> },
      { key: "direction", title: t("field.kind"), width: 90, render: (row) => t(`kits.direction.${row.direction}`) },
      { key: "state", title: t("field.state"), width: 110, render: (row) => <JobState state={row.state} /> },
      { key: "kit", title: t("kits.kit"), width: 240, render: (row) => `${row.kit.code} ${row.kit.name}` },
      { key: "progress", title: t("kits.progress"), width: 170, render: (row) => <Progress size="small" percent={Math.round((100 * row.done) / row.quantity)} format={() => `${row.done}/${row.quantity}`} /> },
      { key: "warehouse", title: t("field.warehouse"), width: 120, render: (row) => row.warehouse.name },
      { key: "from", title: t("kits.from"), width: 120, render: (row) => row.from_location.code },
      { key: "to", title: t("kits.to"), width: 120, render: (row) => row.to_location.code },
      { key: "created", title: t("kits.created"), width: 150, render: (row) => <>{row.created_by} · <DateTime value={row.created_at} /></> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => [...STATES.map((state) => ({ key: state, label: t(`kits.state.${state}`), query: { state } })), { key: "all", label: t("kits.all"), query: {} }], [t]);
  return (
    <>
      <ListPage<KitJobRow>
        id="kit-jobs"
        title={t("kits.title")}
        hint={t("kits.hint")}
        path="/kit-jobs"
        tabs={tabs}
        countsPath="/kit-jobs/counts"
        columns={columns}
        rowId={(row) => row.id}
        search={t("kits.search")}
        exportPath="/kit-jobs/export"
        warehouseParam="warehouse"
        primaryAction={can("stockkeeping.kit_job.create") ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t("kits.new")}</Button> : null}
        drawer={(id, close) => <KitJobDrawer id={id} onClose={close} />}
        empty={{ title: t("kits.emptyTitle"), hint: t("kits.emptyHint") }}
      />
      {making ? <NewJob onClose={() => setMaking(false)} /> : null}
    </>
  );
}
