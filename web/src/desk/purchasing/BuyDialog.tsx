import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Modal, Segmented, Select, Skeleton, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { Money, Quantity } from "@/shared/format/format";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { Bought, Plan, PlannedLine } from "./types";
import { plainPrice, useRoles } from "./words";

interface BuyDialogProps {
  suggestions?: number[];
  requests?: number[];
  onClose: () => void;
}

/** The plan, explained, and one button that makes the orders and sends them. */
export function BuyDialog({ suggestions = [], requests = [], onClose }: BuyDialogProps) {
  const { t } = useTranslation(NS);
  const client = useQueryClient();
  const report = useReportProblem();
  const roles = useRoles();
  const { message } = App.useApp();
  const [choice, setChoice] = useState<string | null>(null);
  const [chosen, setChosen] = useState<Record<number, number>>({});
  const [busy, setBusy] = useState<string | null>(null);
  const body = { suggestions, requests, choice, suppliers: Object.entries(chosen).map(([sku, supplier]) => ({ sku_id: Number(sku), supplier_id: supplier })) };
  const plan = useQuery({ queryKey: ["purchase-plan", body], queryFn: () => api.post<Plan>("/purchasing/plan", body), staleTime: 0, placeholderData: (old) => old });

  const buy = async (send: boolean) => {
    setBusy(send ? "send" : "draft");
    try {
      const { orders } = await api.post<{ orders: Bought[] }>("/purchasing/buy", { ...body, send });
      for (const one of orders) {
        const text = t(`plan.made_${one.state}`, { number: one.number, roles: roles(one.missing), message: one.message, defaultValue: one.number });
        if (one.state === "sent" || one.state === "draft") void message.success(text);
        else void message.warning(text, 8);
      }
      await client.invalidateQueries({ queryKey: ["list"] });
      onClose();
    } catch (error) {
      report(error);
    } finally {
      setBusy(null);
    }
  };
  const orders = plan.data?.orders ?? [];
  const missing = plan.data?.unplanned ?? [];
  return (
    <Modal
      open
      width={860}
      title={t("plan.title")}
      onCancel={onClose}
      footer={[
        <Button key="draft" disabled={orders.length === 0} loading={busy === "draft"} onClick={() => void buy(false)}>{t("plan.draft")}</Button>,
        <Button key="send" type="primary" autoFocus disabled={orders.length === 0} loading={busy === "send"} onClick={() => void buy(true)}>{t("plan.send")}</Button>,
      ]}
    >
      <div style={{ display: "flex", gap: 12, alignItems: "center", marginBottom: 12 }}>
        <span className="hc-muted">{t("plan.choice")}</span>
        <Segmented size="small" value={choice ?? "policy"} onChange={(value) => setChoice(value === "policy" ? null : value)} options={[{ value: "policy", label: t("plan.policy") }, { value: "cheapest", label: t("plan.cheapest") }, { value: "fastest", label: t("plan.fastest") }]} />
      </div>
      {plan.isLoading ? <Skeleton active /> : null}
      {missing.length > 0 ? <Alert type="warning" showIcon title={t("plan.unplanned", { skus: missing.map((one) => one.sku.code).join(", ") })} style={{ marginBottom: 12 }} /> : null}
      {plan.data && orders.length === 0 ? <Alert type="info" showIcon title={t("plan.nothing")} /> : null}
      {orders.map((order) => (
        <section key={`${order.supplier.id}-${order.owner_id}-${order.warehouse_id}-${order.currency}`} style={{ marginBottom: 16 }}>
          <header style={{ display: "flex", gap: 12, alignItems: "baseline", marginBottom: 4 }}>
            <strong>{order.supplier.code} {order.supplier.name}</strong>
            <Money amount={order.amount} currency={order.currency} />
            {order.is_below_minimum ? <ToneTag tone="orange">{t("plan.below", { amount: order.min_order_amount })}</ToneTag> : null}
          </header>
          <Table<PlannedLine>
            size="small"
            pagination={false}
            rowKey={(line) => line.sku.id}
            dataSource={order.lines}
            columns={[
              { title: t("col.sku"), render: (_, line) => <>{line.sku.code} <span className="hc-muted">{line.sku.name}</span></> },
              { title: t("col.supplier"), width: 230, render: (_, line) => (
                <Select
                  size="small"
                  aria-label={t("col.supplier")}
                  style={{ width: "100%" }}
                  value={line.offer.supplier_id}
                  onChange={(value: number) => setChosen({ ...chosen, [line.sku.id]: value })}
                  options={line.offers.map((offer) => ({ value: offer.supplier_id, label: `${offer.supplier_code} · ${plainPrice(offer.price)} ${offer.currency} · ${t("days", { count: offer.lead_time_days })}` }))}
                />
              ) },
              { title: t("col.quantity"), align: "right", width: 110, render: (_, line) => <span title={t("plan.rounded", { wanted: line.wanted })}><Quantity value={line.offer.quantity} />{line.offer.quantity === line.wanted ? null : <span className="hc-faint"> / {line.wanted}</span>}</span> },
              { title: t("col.amount"), align: "right", width: 120, render: (_, line) => <Money amount={line.offer.amount} currency={line.offer.currency} /> },
              { title: t("col.expected"), width: 130, render: (_, line) => <>{line.offer.arrives_on} {line.is_late ? <ToneTag tone="orange" icon={false}>{t("plan.late")}</ToneTag> : null}</> },
            ]}
          />
        </section>
      ))}
    </Modal>
  );
}
