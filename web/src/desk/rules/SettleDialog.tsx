import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Input, Modal, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { DateTime, Money } from "@/shared/format/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import NS from "./locale";
import type { CreditRow } from "./types";

interface OwedOrder {
  id: number;
  number: string;
  placed_at: string;
  total_amount: string;
  currency: string;
}
interface Settled {
  results: { id: number; ok: boolean; message: string }[];
}

/** Which orders a customer has paid: all that are owed unless some are taken out. */
export function SettleDialog({ row, onClose }: { row: CreditRow; onClose: () => void }) {
  const { t } = useTranslation(NS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const owed = useQuery({
    queryKey: ["detail", "credit", row.id, "orders"],
    queryFn: ({ signal }) => api.get<{ items: OwedOrder[] }>(`/credits/${row.id}/orders`, undefined, signal),
  });
  const [chosen, setChosen] = useState<number[] | null>(null);
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const orders = owed.data?.items ?? [];
  const selected = chosen ?? orders.map((one) => one.id);
  const sum = orders.filter((one) => selected.includes(one.id)).reduce((all, one) => all + Number(one.total_amount), 0);
  const settle = async () => {
    setBusy(true);
    try {
      const { results } = await api.post<Settled>("/credits/settle", { ids: selected, note });
      const failed = results.filter((one) => !one.ok);
      if (failed.length > 0) void message.warning(failed.map((one) => one.message).join(" "));
      else void message.success(t("settle.done", { count: results.length }));
      await Promise.all([client.invalidateQueries({ queryKey: ["list"] }), client.invalidateQueries({ queryKey: ["detail"] })]);
      onClose();
    } catch (error) {
      report(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      width={640}
      title={t("settle.title", { code: row.code })}
      okText={t("settle.ok", { count: selected.length })}
      okButtonProps={{ disabled: selected.length === 0, loading: busy }}
      onOk={() => void settle()}
      onCancel={onClose}
    >
      {owed.error ? <ErrorState error={owed.error} onRetry={() => void owed.refetch()} /> : null}
      <Table<OwedOrder>
        size="small" rowKey="id" pagination={false} loading={owed.isLoading} dataSource={orders} scroll={{ y: 320 }}
        rowSelection={{ selectedRowKeys: selected, onChange: (keys) => setChosen(keys.map(Number)) }}
        locale={{ emptyText: <EmptyState compact title={t("settle.empty")} /> }}
        columns={[
          { title: t("settle.order"), render: (_, one) => <Link to={`/orders/${one.id}`}>{one.number}</Link> },
          { title: t("settle.placed"), width: 150, render: (_, one) => <DateTime value={one.placed_at} mode="date" /> },
          { title: t("settle.amount"), width: 140, align: "right", render: (_, one) => <Money amount={one.total_amount} currency={one.currency} /> },
        ]}
      />
      <p style={{ textAlign: "right" }}>{t("settle.sum")} <Money amount={sum.toFixed(2)} currency={row.currency} /></p>
      <Input value={note} maxLength={200} placeholder={t("settle.note")} aria-label={t("settle.note")} onChange={(event) => setNote(event.target.value)} />
    </Modal>
  );
}
