import { useQuery } from "@tanstack/react-query";
import { App, Modal, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { useReportProblem } from "@/shared/ui/ErrorState";
import type { OrderDetail } from "../types";
import NS from "./locale";

interface Partner {
  id: number;
  number: string;
  external_number: string;
  shop_name: string;
  total_amount: string;
  currency: string;
  unit_count: number;
  placed_at: string;
}

/** Chooses which orders of the same recipient travel in this one. */
export function MergeOrders({ order, onClose, onSaved }: { order: OrderDetail; onClose: () => void; onSaved: () => void }) {
  const { t } = useTranslation(NS);
  const { t: words } = useTranslation("orders");
  const { message } = App.useApp();
  const report = useReportProblem();
  const [unticked, setUnticked] = useState<readonly number[]>([]);
  const [busy, setBusy] = useState(false);
  const partners = useQuery({
    queryKey: ["detail", "order", String(order.id), "merge-partners"],
    queryFn: ({ signal }) => api.get<{ items: Partner[] }>(`/orders/${order.id}/merge-partners`, undefined, signal),
  });
  const items = partners.data?.items ?? [];
  const ids = items.map((one) => one.id).filter((id) => !unticked.includes(id));

  const merge = async () => {
    setBusy(true);
    try {
      await api.post(`/orders/${order.id}/merge`, { ids });
      void message.success(t("merge.done", { count: ids.length, number: order.number }));
      onSaved();
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
      width={760}
      title={t("merge.title", { number: order.number })}
      okText={t("action.merge")}
      okButtonProps={{ disabled: ids.length === 0 }}
      confirmLoading={busy}
      onOk={() => void merge()}
      onCancel={onClose}
      mask={{ closable: false }}
    >
      <p className="hc-muted">{t("merge.hint")}</p>
      <Table<Partner>
        size="small"
        rowKey="id"
        pagination={false}
        loading={partners.isLoading}
        dataSource={items}
        rowSelection={{ selectedRowKeys: ids, onChange: (keys) => setUnticked(items.map((one) => one.id).filter((id) => !keys.includes(id))) }}
        locale={{ emptyText: <EmptyState compact title={t("merge.empty")} hint={t("merge.emptyHint")} /> }}
        columns={[
          { title: words("col.number"), render: (_, row) => <span className="hc-num">{row.number}</span> },
          { title: words("col.external"), render: (_, row) => <span className="hc-num">{row.external_number}</span> },
          { title: words("col.shop"), dataIndex: "shop_name" },
          { title: words("col.units"), align: "right", render: (_, row) => <Quantity value={row.unit_count} /> },
          { title: words("col.amount"), align: "right", render: (_, row) => <Money amount={row.total_amount} currency={row.currency} /> },
          { title: words("col.placed"), render: (_, row) => <DateTime value={row.placed_at} /> },
        ]}
      />
    </Modal>
  );
}
