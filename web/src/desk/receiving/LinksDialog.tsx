import { CopyOutlined, LinkOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal, Select, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useOptions } from "@/desk/floor/options";
import { DateTime } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { useScope } from "@/shared/session/scope";
import { copyToClipboard } from "@/shared/ui/CopyText";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { useRun } from "./run";
import type { InboundLink } from "./types";

/** Whose links: a supplier's, those of the carrier of one announcement, or of all carriers that are to come. */
export type LinksOf = { kind: "supplier"; id: number; name: string } | { kind: "asn"; id: number; name: string } | { kind: "carriers" };

const TONES = { active: "green", expired: "orange", revoked: "grey" } as const;

/** Links to pages without a login: seen, copied, made, given another address, revoked. */
export function LinksDialog({ of, onClose }: { of: LinksOf; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { t: common } = useTranslation();
  const { message } = App.useApp();
  const { warehouse } = useScope();
  const ask = useAsk();
  const report = useReportProblem();
  const { busy, run } = useRun();
  const query = of.kind === "supplier" ? { supplier_id: of.id } : of.kind === "asn" ? { asn_id: of.id } : { carriers: true, ...(warehouse ? { warehouse_id: warehouse.id } : {}) };
  const links = useQuery({ queryKey: ["detail", "inbound-links", query], queryFn: ({ signal }) => api.get<{ items: InboundLink[] }>("/inbound-links", query, signal) });
  const rows = links.data?.items;
  const whole = (address: string) => new URL(address, window.location.origin).href;
  const nameOf = (row: InboundLink) => (of.kind === "supplier" ? `${row.warehouse.name} · ${row.owner.name}` : [row.asn_number, row.carrier].filter(Boolean).join(" · "));
  const copy = async (row: InboundLink) => {
    try {
      await copyToClipboard(whole(row.address));
      void message.success(t("link.copied"));
    } catch (error) {
      report(error);
    }
  };
  const make = (row: InboundLink) => (row.asn_id === null ? api.post(`/suppliers/${row.supplier?.id}/inbound-link`, { warehouse_id: row.warehouse.id, owner_id: row.owner.id }) : api.post(`/asns/${row.asn_id}/link`));
  const change = async (row: InboundLink, action: "replace" | "revoke") => {
    if (await ask({ title: `${t(`link.${action}`)} · ${nameOf(row)}`, okText: t(`link.${action}`), danger: true, text: t(`link.${action}Text`) })) await run(`${action}${row.id}`, () => api.post(`/inbound-links/${row.id}/${action}`), t(`link.${action}Done`));
  };
  return (
    <Modal open title={of.kind === "carriers" ? t("link.carriers") : t(`link.${of.kind}`, { name: of.name })} width={960} onCancel={onClose} footer={<Button onClick={onClose}>{common("action.close")}</Button>}>
      <p className="hc-muted">{t(of.kind === "supplier" ? "link.supplierHint" : "link.carrierHint")}</p>
      {links.error ? <ErrorState error={links.error} onRetry={() => void links.refetch()} /> : null}
      {rows?.length === 0 ? <EmptyState compact title={t("link.empty")} hint={t(`link.emptyHint.${of.kind}`)} action={of.kind === "asn" ? <Button type="primary" icon={<LinkOutlined />} loading={busy === "make"} onClick={() => void run("make", () => api.post(`/asns/${of.id}/link`), t("link.made"))}>{t("link.make")}</Button> : null} /> : null}
      {rows?.length ? (
        <Table<InboundLink>
          size="small" rowKey="id" pagination={rows.length > 20 ? { pageSize: 20 } : false} dataSource={rows} scroll={{ x: "max-content" }}
          columns={[
            { title: t(of.kind === "supplier" ? "link.for" : "link.forAsn"), render: (_, row) => <>{nameOf(row)}{row.address ? <div><Input readOnly size="small" value={whole(row.address)} aria-label={t("link.address", { name: nameOf(row) })} style={{ width: 300 }} onFocus={(event) => event.target.select()} /></div> : null}</> },
            { title: t("col.state"), render: (_, row) => <ToneTag tone={TONES[row.state]}>{t(`link.state.${row.state}`)}</ToneTag> },
            { title: t("link.madeAt"), render: (_, row) => <><DateTime value={row.created_at} /><div className="hc-faint">{row.created_by}</div></> },
            { title: t("link.usedAt"), render: (_, row) => (row.last_used_at ? <DateTime value={row.last_used_at} /> : <span className="hc-faint">{t("link.never")}</span>) },
            { title: t("link.until"), render: (_, row) => <DateTime value={row.expires_at} mode="absolute" /> },
            {
              title: "", fixed: "right",
              render: (_, row) => row.state === "active" ? (
                <>
                  <Button size="small" type="primary" icon={<CopyOutlined />} onClick={() => void copy(row)}>{t("link.copy")}</Button>{" "}
                  <Button size="small" loading={busy === `replace${row.id}`} onClick={() => void change(row, "replace")}>{t("link.replace")}</Button>{" "}
                  <Button size="small" danger type="text" loading={busy === `revoke${row.id}`} onClick={() => void change(row, "revoke")}>{t("link.revoke")}</Button>
                </>
              ) : (
                <Button size="small" loading={busy === `make${row.id}`} onClick={() => void run(`make${row.id}`, () => make(row), t("link.made"))}>{t("link.make")}</Button>
              ),
            },
          ]}
        />
      ) : null}
      {of.kind === "supplier" && rows ? <MakeForm supplierId={of.id} busy={busy === "make"} run={run} /> : null}
    </Modal>
  );
}

/** A page for one more warehouse and owner. */
function MakeForm({ supplierId, busy, run }: { supplierId: number; busy: boolean; run: (code: string, work: () => Promise<unknown>, done?: string) => Promise<boolean> }) {
  const { t } = useTranslation(NS);
  const { warehouse } = useScope();
  const [chosen, setChosen] = useState<{ warehouse_id?: number; owner_id?: number }>({});
  const owners = useOptions("/owners", { permission: "partners.owner.view" });
  const warehouses = useOptions("/warehouses", { permission: "facility.warehouse.view" });
  // Whoever has one of them, or stands in one, has nothing to choose.
  const of = (options: { value: number }[] | undefined, own?: number) => own ?? (options?.length === 1 ? options[0]?.value : undefined);
  const body = { warehouse_id: chosen.warehouse_id ?? of(warehouses.options, warehouse ? Number(warehouse.id) : undefined), owner_id: chosen.owner_id ?? of(owners.options) };
  return (
    <Form layout="inline" style={{ marginTop: 16, rowGap: 8 }} onFinish={() => void run("make", () => api.post(`/suppliers/${supplierId}/inbound-link`, body), t("link.made"))}>
      <Form.Item label={t("col.warehouse")}><Select style={{ width: 200 }} value={body.warehouse_id ?? null} options={warehouses.options} loading={warehouses.loading} onChange={(value: number) => setChosen({ ...chosen, warehouse_id: value })} /></Form.Item>
      <Form.Item label={t("col.owner")}><Select style={{ width: 200 }} value={body.owner_id ?? null} options={owners.options} loading={owners.loading} onChange={(value: number) => setChosen({ ...chosen, owner_id: value })} /></Form.Item>
      <Button htmlType="submit" icon={<LinkOutlined />} loading={busy} disabled={!body.warehouse_id || !body.owner_id}>{t("link.make")}</Button>
    </Form>
  );
}
