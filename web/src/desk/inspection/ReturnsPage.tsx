import { PlusOutlined, ScanOutlined } from "@ant-design/icons";
import { Button, Form, Input, InputNumber, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useOptions, useSearchOptions } from "@/desk/floor/options";
import { RecordDialog } from "@/desk/floor/RecordDialog";
import { FormSection } from "@/shared/form/FormPattern";
import { useAsk } from "@/shared/form/useAsk";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useListState } from "@/shared/list/useListState";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { useRun } from "./parts";
import { ReturnDrawer } from "./ReturnDetail";
import type { ReturnRow } from "./types";

const STATES = ["expected", "receiving", "grading", "closed", "cancelled"] as const;

interface Values {
  warehouse_id: number;
  owner_id: number;
  rma: string;
  waybill: string;
  note: string;
  sku_id: number;
  quantity: number;
}

function AnnounceDialog({ onClose, onMade }: { onClose: () => void; onMade: (id: number) => void }) {
  const { t } = useTranslation(NS);
  const { warehouse } = useScope();
  const warehouses = useOptions("/warehouses", { permission: "facility.warehouse.view" });
  const owners = useOptions("/owners", { permission: "partners.owner.view" });
  const skus = useSearchOptions("/skus", { permission: "catalog.sku.view" });
  return (
    <RecordDialog<Values>
      title={t("ret.new")}
      initialValues={{ rma: "", waybill: "", note: "", quantity: 1, ...(warehouse ? { warehouse_id: Number(warehouse.id) } : {}), ...(owners.options.length === 1 && owners.options[0] ? { owner_id: owners.options[0].value } : {}) }}
      onClose={onClose}
      onSubmit={async ({ sku_id, quantity, ...values }) => {
        const made = await api.post<{ id: number }>("/goods-returns", { ...values, lines: [{ sku_id, quantity }] });
        onMade(made.id);
      }}
    >
      <FormSection title="">
        <Form.Item name="warehouse_id" label={t("field.warehouse")} rules={[{ required: true }]}><Select options={warehouses.options} /></Form.Item>
        <Form.Item name="owner_id" label={t("col.owner")} rules={[{ required: true }]}><Select options={owners.options} /></Form.Item>
        <Form.Item name="rma" label={t("field.rma")}><Input maxLength={64} /></Form.Item>
        <Form.Item name="waybill" label={t("field.waybill")}><Input maxLength={64} /></Form.Item>
        <Form.Item name="sku_id" label={t("col.sku")} rules={[{ required: true }]}><Select showSearch={{ filterOption: false, onSearch: skus.setText }} options={skus.options} loading={skus.loading} /></Form.Item>
        <Form.Item name="quantity" label={t("field.quantity")} rules={[{ required: true }]}><InputNumber min={1} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="note" label={t("field.note")}><Input maxLength={500} /></Form.Item>
      </FormSection>
    </RecordDialog>
  );
}

export default function ReturnsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { warehouse } = useScope();
  const state = useListState();
  const ask = useAsk();
  const { run } = useRun();
  const [making, setMaking] = useState(false);
  const columns = useMemo<ListColumn<ReturnRow>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 145, fixed: "left", sort: "id", render: (row) => <span className="hc-num">{row.number}</span> },
      { key: "state", title: t("col.state"), width: 105, render: (row) => <StateTag ns={NS} state={row.state} tone={row.state === "closed" ? "green" : row.state === "grading" ? "orange" : row.state === "receiving" ? "blue" : "grey"} /> },
      { key: "kind", title: t("col.kind"), width: 140, render: (row) => t(`kind.${row.kind}`) },
      { key: "order", title: t("col.order"), width: 150, render: (row) => row.order?.number ?? "" },
      { key: "rma", title: t("col.rma"), width: 120, render: (row) => row.rma },
      { key: "waybill", title: t("col.waybill"), width: 145, render: (row) => row.waybill },
      { key: "units", title: t("col.units"), width: 65, align: "right", render: (row) => <Quantity value={row.unit_count} /> },
      { key: "created", title: t("col.created"), width: 110, sort: "created_at", render: (row) => <DateTime value={row.created_at} /> },
      { key: "received", title: t("col.received"), width: 110, render: (row) => <DateTime value={row.received_at} /> },
      { key: "owner", title: t("col.owner"), width: 120, render: (row) => row.owner?.name ?? "" },
      { key: "warehouse", title: t("col.warehouse"), width: 110, render: (row) => row.warehouse.code },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(() => [{ key: "kind", label: t("col.kind"), type: "select", width: 120, options: ["rma", "refused", "unknown"].map((value) => ({ value, label: t(`kind.${value}`) })) }], [t]);
  const tabs = useMemo<ListTab[]>(() => [...STATES.map((key) => ({ key, label: t(`state.${key}`), attention: key === "grading" })), { key: "all", label: t("tab.all"), query: {} }], [t]);
  const scan = async () => {
    const answer = await ask({ title: t("ret.scan"), okText: t("ret.scan"), note: { name: "code", label: t("ret.code"), required: true } });
    if (!answer || !warehouse) return;
    await run("scan", async () => {
      const found = await api.post<{ id: number }>("/goods-returns/scan", { warehouse_id: warehouse.id, code: (answer.code ?? "").trim() });
      state.setOpen(String(found.id));
    });
  };
  const create = (
    <>
      {can("inbound.goods_return.work") && warehouse ? <Button icon={<ScanOutlined />} onClick={() => void scan()}>{t("ret.scan")}</Button> : null}
      {can("inbound.goods_return.create") ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t("ret.new")}</Button> : null}
    </>
  );
  return (
    <>
      <ListPage<ReturnRow>
        id="goods-returns"
        title={t("ret.title")}
        path="/goods-returns"
        countsPath="/goods-returns/counts"
        tabs={tabs}
        tabParam="state"
        defaultTab="all"
        search={t("ret.search")}
        filters={filters}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.number}
        defaultSort="-id"
        warehouseParam="warehouse_id"
        exportPath="/goods-returns/export"
        primaryAction={create}
        drawer={(id, close) => <ReturnDrawer id={id} onClose={close} />}
        refreshEvery={30_000}
        empty={{ title: t("ret.empty"), hint: t("ret.emptyHint"), action: create }}
      />
      {making ? <AnnounceDialog onClose={() => setMaking(false)} onMade={(id) => state.setOpen(String(id))} /> : null}
    </>
  );
}
