import { ReloadOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { StateTag } from "@/shared/ui/StateTag";
import { KeptPromises } from "./KeptPromises";
import NS from "./locale";

interface Run {
  id: number;
  state: string;
  started_by: string;
  started_at: string;
  orders: number;
  proposed: number;
  moved: number;
  lost: number;
  units: number;
  saved: string;
  gap: number | null;
  seconds: number;
}
export default function SourcingPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      const made = await api.post<{ orders: number; moved: number; saved: number }>("/sourcing-runs", {});
      void message.success(t("page.ran", { ...made, saved: made.saved.toFixed(2) }));
      await client.invalidateQueries({ queryKey: ["list"] });
    } catch (problem) {
      report(problem);
    } finally {
      setBusy(false);
    }
  };
  const columns = useMemo<ListColumn<Run>[]>(
    () => [
      { key: "started", title: t("page.started"), width: 170, sort: "started_at", render: (row) => <DateTime value={row.started_at} mode="absolute" /> },
      { key: "state", title: t("page.state"), width: 90, render: (row) => <StateTag ns={NS} state={row.state} /> },
      { key: "orders", title: t("page.orders"), width: 90, align: "right", render: (row) => <Quantity value={row.orders} /> },
      { key: "proposed", title: t("page.proposed"), width: 110, align: "right", render: (row) => <Quantity value={row.proposed} /> },
      { key: "moved", title: t("page.moved"), width: 90, align: "right", render: (row) => <Quantity value={row.moved} /> },
      { key: "lost", title: t("page.lost"), width: 90, align: "right", render: (row) => <Quantity value={row.lost} /> },
      { key: "units", title: t("page.units"), width: 80, align: "right", render: (row) => <Quantity value={row.units} /> },
      { key: "saved", title: t("page.saved"), width: 110, align: "right", sort: "saved", render: (row) => <Money amount={row.saved} currency="CNY" /> },
      { key: "gap", title: t("page.gap"), width: 90, align: "right", render: (row) => (row.gap === null ? "" : `${(row.gap * 100).toFixed(2)} %`) },
      { key: "seconds", title: t("page.seconds"), width: 80, align: "right", render: (row) => row.seconds.toFixed(1) },
      { key: "by", title: t("page.by"), width: 120, render: (row) => row.started_by },
    ],
    [t],
  );
  const button = can("orders.sourcing.run") ? <Button type="primary" icon={<ReloadOutlined />} loading={busy} onClick={() => void run()}>{t("page.run")}</Button> : null;
  return (
    <ListPage<Run>
      id="sourcing-runs" title={t("page.title")} path="/sourcing-runs" columns={columns} rowId={(row) => row.id} defaultSort="-id" primaryAction={button}
      hint={can("outbound.promise.view") ? <KeptPromises /> : undefined}
      empty={{ title: t("page.empty"), hint: t("page.emptyHint"), action: button }}
    />
  );
}
