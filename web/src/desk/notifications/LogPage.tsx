import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { DeliveryRow } from "./types";

/** What went out of the house, and what did not. */
export default function LogPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const may = can("notifications.target.manage");
  const columns = useMemo<ListColumn<DeliveryRow>[]>(() => {
    const resend = (row: DeliveryRow) =>
      api.post(`/notification-deliveries/${row.id}/resend`).then(() => {
        void message.success(t("log.resent"));
        return client.invalidateQueries({ queryKey: ["list"] });
      }, report);
    return [
      { key: "message", title: t("log.message"), width: 320, render: (row) => row.title },
      { key: "way", title: t("log.way"), width: 130, render: (row) => t(`way.${row.way}`) },
      { key: "recipient", title: t("log.recipient"), width: 150, render: (row) => row.recipient },
      { key: "state", title: t("log.state"), width: 120, render: (row) => <StateTag ns={NS} state={row.state} {...(row.state === "sent" ? { tone: "green" as const } : row.state === "unsure" ? { tone: "orange" as const } : {})} /> },
      { key: "attempts", title: t("log.attempts"), width: 70, align: "right", render: (row) => <Quantity value={row.attempts} /> },
      { key: "sent", title: t("log.sent"), width: 130, render: (row) => <DateTime value={row.sent_at} /> },
      { key: "error", title: t("log.error"), width: 240, render: (row) => row.last_error },
      ...(may ? [{ key: "resend", title: "", label: t("log.resend"), width: 110, render: (row: DeliveryRow) => (["failed", "unsure"].includes(row.state) ? <Button size="small" onClick={() => void resend(row)}>{t("log.resend")}</Button> : null) }] : []),
    ];
  }, [t, may, message, client, report]);
  const filters = useMemo<ListFilter[]>(() => [{ key: "state", label: t("log.state"), type: "select", width: 120, options: ["waiting", "sent", "failed", "unsure"].map((value) => ({ value, label: t(`state.${value}`) })) }], [t]);
  return <ListPage<DeliveryRow> id="notification-log" title={t("log.title")} path="/notification-deliveries" columns={columns} filters={filters} rowId={(row) => row.id} defaultSort="-id" refreshEvery={30_000} empty={{ title: t("log.emptyTitle"), hint: t("log.emptyHint") }} />;
}
