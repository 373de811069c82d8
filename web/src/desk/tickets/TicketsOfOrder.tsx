import { PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import NS from "./locale";
import { NewTicket } from "./NewTicket";
import { nameOf } from "./queries";
import type { TicketRow } from "./types";
import { DateTime } from "@/shared/format/format";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { StateTag } from "@/shared/ui/StateTag";

/** Tickets about one order, and the way to open another. */
export function TicketsOfOrder({ orderId, number, shopId }: { orderId: number; number: string; shopId: number }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const client = useQueryClient();
  const [making, setMaking] = useState(false);
  const tickets = useQuery({
    queryKey: ["detail", "ticketsOf", orderId],
    queryFn: ({ signal }) => api.get<{ items: TicketRow[] }>(`/tickets/of/sales_order/${orderId}`, undefined, signal),
  });
  const rows = tickets.data?.items ?? [];
  const create = can("tickets.ticket.create") ? <Button size="small" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t("order.new")}</Button> : null;
  return (
    <div className="hc-stack">
      {rows.length === 0 ? (
        <EmptyState compact title={t("order.none")} hint={t("order.noneHint")} action={create} />
      ) : (
        <>
          <div>{create}</div>
          <Table<TicketRow>
            size="small"
            rowKey="id"
            pagination={false}
            dataSource={rows}
            columns={[
              { title: t("col.number"), render: (_, row) => <Link to={`/tickets?open=${row.id}`}>{row.number}</Link> },
              { title: t("col.subject"), render: (_, row) => row.title },
              { title: t("col.state"), render: (_, row) => <StateTag ns={NS} state={row.state} /> },
              { title: t("col.assignee"), render: (_, row) => (row.assignee ? nameOf(row.assignee) : row.team.name) },
              { title: t("col.due"), render: (_, row) => <DateTime value={row.due_at} /> },
            ]}
          />
        </>
      )}
      {making ? (
        <NewTicket
          links={[{ entity_kind: "sales_order", entity_id: orderId, number }]}
          scope={{ shop_id: shopId }}
          onClose={() => setMaking(false)}
          onMade={() => void client.invalidateQueries({ queryKey: ["detail", "ticketsOf"] })}
        />
      ) : null}
    </div>
  );
}
