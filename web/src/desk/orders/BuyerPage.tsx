import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { DateTime } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { useSession } from "@/shared/session/session";
import { copyToClipboard } from "@/shared/ui/CopyText";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import NS from "./locale";
import type { BuyerWish, OrderDetail } from "./types";

/** What the buyer said on the order's page; nothing is asked without the permission. */
export function useBuyerWish(orderId: number | undefined): BuyerWish | undefined {
  const { can } = useSession();
  return useQuery({
    queryKey: ["detail", "order", String(orderId), "wish"],
    queryFn: ({ signal }) => api.get<BuyerWish>(`/orders/${orderId}/delivery-wish`, undefined, signal),
    enabled: orderId !== undefined && can("portal.link.view"),
  }).data;
}

export function WishValue({ wish }: { wish: BuyerWish }) {
  const { t } = useTranslation(NS);
  return (
    <>
      {t(`buyer.wishes.${wish.code}`, { defaultValue: wish.code })}
      {wish.note ? ` · ${wish.note}` : null} <span className="hc-faint"><DateTime value={wish.at} /></span>
    </>
  );
}

/** The link to the buyer's page: made, copied, and made worthless where it fell into wrong hands. */
export function BuyerPageDialog({ order, onClose }: { order: OrderDetail; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const ask = useAsk();
  const client = useQueryClient();
  const report = useReportProblem();
  const key = ["buyer-link", order.id];
  const link = useQuery({
    queryKey: key,
    queryFn: () => api.post<{ address: string }>(`/orders/${order.id}/tracking-link`, {}),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  const address = link.data ? new URL(link.data.address, window.location.origin).href : "";
  const copy = async () => {
    try {
      await copyToClipboard(address);
      void message.success(t("buyer.copied"));
    } catch (error) {
      report(error);
    }
  };
  const revoke = async () => {
    if (!(await ask({ title: t("buyer.revoke"), okText: t("buyer.revoke"), danger: true, text: t("buyer.revokeText") }))) return;
    try {
      client.setQueryData(key, await api.post<{ address: string }>(`/orders/${order.id}/tracking-link/revoke`, {}));
      void message.success(t("buyer.revoked"));
    } catch (error) {
      report(error);
    }
  };
  return (
    <Modal
      open
      title={t("buyer.title", { number: order.number })}
      onCancel={onClose}
      footer={[
        <Button key="revoke" danger type="text" disabled={!link.data} onClick={() => void revoke()}>{t("buyer.revoke")}</Button>,
        <Button key="open" href={address} target="_blank" rel="noreferrer" disabled={!link.data}>{t("buyer.open")}</Button>,
        <Button key="copy" type="primary" disabled={!link.data} onClick={() => void copy()}>{t("buyer.copy")}</Button>,
      ]}
    >
      <p className="hc-muted">{t("buyer.hint")}</p>
      {link.error ? <ErrorState error={link.error} onRetry={() => void link.refetch()} /> : null}
      {link.isLoading ? <Spin /> : null}
      {link.data ? <Input readOnly value={address} aria-label={t("buyer.link")} onFocus={(event) => event.target.select()} /> : null}
    </Modal>
  );
}
