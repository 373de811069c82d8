import { DeleteOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal, Select, Space, Table, TimePicker } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { useScope } from "@/shared/session/scope";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import NS from "./locale";
import { useShifts } from "./queries";
import type { ShiftTemplate } from "./types";
import { hoursOf } from "./words";

type Range = [Dayjs, Dayjs];
interface Values {
  name: string;
  hours: Range;
  breaks: (Range | null | undefined)[];
}

const range = (from: string, to: string): Range => [dayjs(from, "HH:mm"), dayjs(to, "HH:mm")];
const edges = ([from, to]: Range) => ({ begins_at: from.format("HH:mm"), ends_at: to.format("HH:mm") });

/** The hours in which people of a warehouse work: planned by its manager, heeded by the plan and by the next task. */
export function ShiftsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { modal } = App.useApp();
  const { warehouse, warehouses } = useScope();
  const client = useQueryClient();
  const report = useReportProblem();
  const [at, setAt] = useState<number | undefined>(warehouse ? Number(warehouse.id) : warehouses[0] ? Number(warehouses[0].id) : undefined);
  const [editing, setEditing] = useState<ShiftTemplate | "new" | null>(null);
  const shifts = useShifts(at);
  const remove = async (one: ShiftTemplate) => {
    const yes = await modal.confirm({ title: t("shifts.remove", { name: one.name }), content: t("shifts.removeText", { count: one.workers }), okText: t("shifts.removeOk"), cancelText: t("close"), okButtonProps: { danger: true } });
    if (!yes) return;
    try {
      await api.delete(`/shift-templates/${one.id}`);
      await client.invalidateQueries({ queryKey: ["options"] });
      await client.invalidateQueries({ queryKey: ["list"] });
    } catch (error) {
      report(error);
    }
  };
  return (
    <>
      <Modal open width={720} title={t("shifts.title")} onCancel={onClose} footer={<Button onClick={onClose}>{t("close")}</Button>}>
        <div className="hc-stack">
          <p className="hc-muted" style={{ margin: 0 }}>{t("shifts.hint")}</p>
          <Space wrap>
            {warehouses.length > 1 ? <Select aria-label={t("col.warehouse")} style={{ minWidth: 200 }} value={at ?? null} onChange={(id: number) => setAt(id)} options={warehouses.map((one) => ({ value: Number(one.id), label: `${one.code} ${one.name}` }))} /> : null}
            <Button type="primary" icon={<PlusOutlined />} disabled={at === undefined} onClick={() => setEditing("new")}>{t("shifts.add")}</Button>
          </Space>
          {shifts.error ? <ErrorState error={shifts.error} onRetry={() => void shifts.refetch()} /> : null}
          <Table<ShiftTemplate>
            size="small" rowKey="id" pagination={false} loading={shifts.isLoading} dataSource={shifts.data?.items ?? []} scroll={{ x: "max-content" }}
            locale={{ emptyText: <EmptyState compact title={t("shifts.empty")} hint={t("shifts.emptyHint")} /> }}
            columns={[
              { title: t("shifts.name"), render: (_, row) => row.name },
              { title: t("shifts.hours"), render: (_, row) => <span className="hc-num">{hoursOf(row)}</span> },
              { title: t("shifts.breaks"), render: (_, row) => (row.breaks.length === 0 ? <span className="hc-faint">{t("shifts.noBreaks")}</span> : <span className="hc-num">{row.breaks.map(hoursOf).join(" · ")}</span>) },
              { title: t("shifts.workers"), align: "right", render: (_, row) => <span className="hc-num">{row.workers}</span> },
              {
                title: "", width: 88, align: "right",
                render: (_, row) => (
                  <Space size={0}>
                    <Button type="text" icon={<EditOutlined />} aria-label={t("shifts.edit", { name: row.name })} onClick={() => setEditing(row)} />
                    <Button type="text" danger icon={<DeleteOutlined />} aria-label={t("shifts.remove", { name: row.name })} onClick={() => void remove(row)} />
                  </Space>
                ),
              },
            ]}
          />
        </div>
      </Modal>
      {editing && at !== undefined ? <ShiftDialog shift={editing === "new" ? null : editing} warehouseId={at} onClose={() => setEditing(null)} /> : null}
    </>
  );
}

function ShiftDialog({ shift, warehouseId, onClose }: { shift: ShiftTemplate | null; warehouseId: number; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const required = (label: string) => [{ required: true, message: t("form.required", { label }) }];
  return (
    <RecordDialog<Values>
      title={shift ? t("shifts.edit", { name: shift.name }) : t("shifts.add")}
      initialValues={shift ? { name: shift.name, hours: range(shift.begins_at, shift.ends_at), breaks: shift.breaks.map((one) => range(one.begins_at, one.ends_at)) } : { breaks: [] }}
      onClose={onClose}
      onSubmit={({ name, hours, breaks }) => {
        const body = { warehouse_id: warehouseId, name, ...edges(hours), breaks: breaks.filter((one): one is Range => Boolean(one)).map(edges) };
        return shift ? api.put(`/shift-templates/${shift.id}`, body) : api.post("/shift-templates", body);
      }}
    >
      <FormSection title="">
        <Form.Item name="name" label={t("shifts.name")} rules={required(t("shifts.name"))}><Input maxLength={64} placeholder={t("shifts.nameHint")} /></Form.Item>
        <Form.Item name="hours" label={t("shifts.hours")} extra={t("shifts.hoursHint")} rules={required(t("shifts.hours"))}>
          <TimePicker.RangePicker format="HH:mm" minuteStep={5} order={false} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item label={t("shifts.breaks")}>
          <Form.List name="breaks">
            {(fields, { add, remove }) => (
              <div className="hc-stack">
                {fields.map((field) => (
                  <div key={field.key} className="hc-row">
                    <Form.Item noStyle name={field.name}><TimePicker.RangePicker aria-label={t("shifts.breaks")} format="HH:mm" minuteStep={5} order={false} style={{ flex: 1 }} /></Form.Item>
                    <Button type="text" danger icon={<DeleteOutlined />} aria-label={t("shifts.removeBreak")} onClick={() => remove(field.name)} />
                  </div>
                ))}
                <Button icon={<PlusOutlined />} onClick={() => add(null)} disabled={fields.length >= 8}>{t("shifts.addBreak")}</Button>
              </div>
            )}
          </Form.List>
        </Form.Item>
      </FormSection>
    </RecordDialog>
  );
}
