import { DeleteOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Modal, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { DetailDrawer, DetailPage, type DetailContent } from "@/shared/detail/DetailDrawer";
import { DateTime, Quantity } from "@/shared/format/format";
import { FormPattern } from "@/shared/form/FormPattern";
import { useSession } from "@/shared/session/session";
import { CopyText } from "@/shared/ui/CopyText";
import { EmptyState } from "@/shared/ui/EmptyState";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import { Movements } from "../stock/Movements";
import { SkuStockView } from "../stock/SkuStock";
import { EditSku } from "./EditSku";
import NS from "./locale";
import { Packagings } from "./Packagings";
import { Size } from "./Size";
import { relatedOf, type Barcode, type SkuDetail, type SkuFinding } from "./types";

function Barcodes({ sku }: { sku: SkuDetail }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { modal, message } = App.useApp();
  const [adding, setAdding] = useState(false);
  const report = useReportProblem();
  const client = useQueryClient();
  const may = can("catalog.barcode.change");

  const refresh = () => client.invalidateQueries({ queryKey: ["detail", "sku"] });
  const remove = (barcode: Barcode) =>
    modal.confirm({
      title: t("detail.deleteBarcode", { code: barcode.code }),
      content: t("detail.deleteBarcodeText", { sku: sku.code }),
      okText: t("action.delete"),
      okButtonProps: { danger: true },
      cancelText: t("action.cancel"),
      onOk: async () => {
        try {
          await api.delete(`/skus/${sku.id}/barcodes/${barcode.id}`);
          await refresh();
          void message.success(t("done.barcodeRemoved", { code: barcode.code }));
        } catch (error) {
          report(error);
        }
      },
    });

  return (
    <div className="hc-stack">
      <Table<Barcode>
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={sku.barcodes}
        locale={{ emptyText: <EmptyState compact title={t("detail.noBarcodes")} hint={t("detail.noBarcodesHint")} /> }}
        columns={[
          { title: t("col.barcode"), render: (_, row) => <CopyText text={row.code} /> },
          { title: t("col.quantity"), align: "right", render: (_, row) => <Quantity value={row.quantity} /> },
          { title: t("col.primary"), render: (_, row) => (row.is_primary ? <ToneTag tone="green">{t("col.primary")}</ToneTag> : null) },
          {
            title: "", width: 50,
            render: (_, row) => (may ? <Button type="text" size="small" danger icon={<DeleteOutlined />} aria-label={t("action.removeBarcode", { code: row.code })} onClick={() => void remove(row)} /> : null),
          },
        ]}
      />
      {may ? <div><Button icon={<PlusOutlined />} onClick={() => setAdding(true)}>{t("action.addBarcode")}</Button></div> : null}
      <Modal open={adding} width={420} footer={null} destroyOnHidden title={t("detail.barcodeAsk")} onCancel={() => setAdding(false)}>
        <FormPattern<{ code: string; quantity: number }>
          guard={false}
          initialValues={{ quantity: 1 }}
          submitLabel={t("action.addBarcode")}
          onCancel={() => setAdding(false)}
          onSubmit={async ({ code, quantity }) => {
            await api.post(`/skus/${sku.id}/barcodes`, { code: code.trim(), quantity });
            await refresh();
            void message.success(t("done.barcodeAdded", { code }));
          }}
          onDone={() => setAdding(false)}
        >
          <Form.Item name="code" label={t("detail.barcodeCode")} rules={[{ required: true, whitespace: true, message: t("form.required", { label: t("detail.barcodeCode") }) }]}>
            <Input maxLength={64} autoFocus />
          </Form.Item>
          <Form.Item name="quantity" label={t("packaging.quantity")} rules={[{ required: true, message: t("form.required", { label: t("packaging.quantity") }) }]}>
            <InputNumber min={1} precision={0} />
          </Form.Item>
        </FormPattern>
      </Modal>
    </div>
  );
}

/** A link to the other product of a finding. */
export function Related({ finding }: { finding: SkuFinding }) {
  const { t } = useTranslation(NS);
  const other = relatedOf(finding);
  return other ? <Link to={`/products/${other.id}`}>{t("detail.related", { code: other.code })}</Link> : null;
}

function Findings({ findings }: { findings: SkuFinding[] }) {
  const { t } = useTranslation(NS);
  return (
    <Table<SkuFinding>
      size="small"
      rowKey={(row) => `${row.code}-${row.field}-${relatedOf(row)?.id ?? ""}`}
      pagination={false}
      dataSource={findings}
      locale={{ emptyText: <EmptyState compact title={t("detail.noFindings")} /> }}
      columns={[
        { title: t("col.findings"), width: 150, render: (_, row) => <ToneTag tone="orange">{t(`finding.${row.code}`, { defaultValue: row.code })}</ToneTag> },
        {
          title: t("col.problem"),
          render: (_, row) => (
            <>
              {row.message} <Related finding={row} />
            </>
          ),
        },
      ]}
    />
  );
}

function useSku(id: string) {
  return useQuery({
    queryKey: ["detail", "sku", id],
    queryFn: ({ signal }) => api.get<SkuDetail>(`/skus/${id}`, undefined, signal),
  });
}

function useSkuContent(sku: SkuDetail | undefined): { content: DetailContent | null; dialog: React.ReactNode } {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const [editing, setEditing] = useState(false);
  if (!sku) return { content: null, dialog: null };
  const id = String(sku.id);
  const tracks = [sku.is_lot_tracked && t("track.lot"), sku.is_serial_tracked && t("track.serial"), sku.is_expiry_tracked && t("track.expiry")].filter((word) => word !== false);
  const content: DetailContent = {
    kind: t(`kind.${sku.kind}`, { defaultValue: sku.kind }),
    number: sku.code,
    subtitle: [sku.name, sku.name_en].filter(Boolean).join(" · "),
    state: <StateTag state={sku.status} ns={NS} />,
    actions: can("catalog.sku.change") ? [{ code: "change", label: t("action.edit"), icon: <EditOutlined />, run: () => setEditing(true) }] : [],
    facts: [
      { label: t("field.category"), value: sku.category?.name ?? "—" },
      {
        label: t("col.weight"),
        value: (
          <span className="hc-row">
            <Quantity value={sku.weight_g} unit="g" /> {sku.is_estimated ? <ToneTag tone="orange">{t("estimated")}</ToneTag> : null}
          </span>
        ),
      },
      { label: t("col.size"), value: <Size of={sku} /> },
      { label: t("field.base_unit"), value: sku.base_unit },
      ...(sku.kind === "kit" ? [{ label: t("field.kit_mode"), value: t(`kitMode.${sku.kit_mode}`, { defaultValue: sku.kit_mode }) }] : []),
      { label: t("field.abc_class"), value: sku.abc_class },
      { label: t("field.temperature"), value: t(`temperature.${sku.temperature}`, { defaultValue: sku.temperature }) },
      { label: t("field.hazard"), value: t(`hazard.${sku.hazard}`, { defaultValue: sku.hazard }) },
      { label: t("col.tracking"), value: tracks.length > 0 ? tracks.join(" · ") : t("tracking.none") },
      ...(sku.shelf_life_days ? [{ label: t("field.shelf_life_days"), value: <Quantity value={sku.shelf_life_days} /> }] : []),
      { label: t("col.updated"), value: <DateTime value={sku.updated_at} /> },
    ],
    tabs: [
      ...(can("inventory.stock.view") ? [{ key: "stock", label: t("detail.stock"), children: <SkuStockView skuId={id} /> }] : []),
      { key: "barcodes", label: t("detail.barcodes"), count: sku.barcodes.length, children: <Barcodes sku={sku} /> },
      { key: "packagings", label: t("detail.packagings"), count: sku.packagings.length, children: <Packagings sku={sku} /> },
      ...(sku.kind === "kit"
        ? [
            {
              key: "components", label: t("detail.components"), count: sku.components.length,
              children: (
                <Table
                  size="small"
                  rowKey={(row) => row.component.id}
                  pagination={false}
                  dataSource={sku.components}
                  columns={[
                    { title: t("col.component"), render: (_, row) => <><Link to={`/products/${row.component.id}`}>{row.component.code}</Link> {row.component.name}</> },
                    { title: t("col.quantity"), align: "right" as const, render: (_, row) => <Quantity value={row.quantity} /> },
                  ]}
                />
              ),
            },
          ]
        : []),
      { key: "findings", label: t("detail.findings"), count: sku.findings.length, children: <Findings findings={sku.findings} /> },
      ...(can("inventory.movement.view") || can("inventory.stock.view") ? [{ key: "ledger", label: t("detail.ledger"), children: <Movements skuId={id} /> }] : []),
    ],
  };
  return { content, dialog: editing ? <EditSku sku={sku} onClose={() => setEditing(false)} /> : null };
}

export function SkuDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useSku(id);
  const { content, dialog } = useSkuContent(query.data);
  return (
    <>
      <DetailDrawer query={query} content={content} onClose={onClose} pageUrl={`/products/${id}`} width={820} />
      {dialog}
    </>
  );
}

export function SkuFullPage({ id }: { id: string }) {
  const query = useSku(id);
  const { content, dialog } = useSkuContent(query.data);
  return (
    <>
      <DetailPage query={query} content={content} />
      {dialog}
    </>
  );
}
