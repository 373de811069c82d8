import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, InputNumber, Space, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { Quantity } from "@/shared/format/format";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import NS from "./locale";
import type { Done, Merge } from "./types";

/** Scattered remains that could lie together. */
export default function ConsolidationPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { warehouse } = useScope();
  const client = useQueryClient();
  const report = useReportProblem();
  const { message } = App.useApp();
  const [places, setPlaces] = useState(3);
  const [chosen, setChosen] = useState<React.Key[]>([]);
  const merges = useQuery({
    queryKey: ["list", "/consolidation", warehouse?.id, places],
    queryFn: ({ signal }) => api.get<{ items: Merge[] }>("/consolidation", { warehouse_id: warehouse?.id ?? 0, least_places: places }, signal),
    enabled: warehouse !== null,
  });
  const start = async () => {
    try {
      const done = await api.post<Done>("/consolidation", { warehouse_id: warehouse?.id, stock_ids: chosen, least_places: places });
      void message.success(t("merge.started", { count: done.count }));
      setChosen([]);
      await client.invalidateQueries({ queryKey: ["list"] });
    } catch (error) {
      report(error);
    }
  };
  const rows = merges.data?.items ?? [];
  return (
    <>
      <PageHeader
        title={t("merge.title")}
        hint={t("merge.hint")}
        actions={
          <Space>
            <span className="hc-muted">{t("merge.places")}</span>
            <InputNumber aria-label={t("merge.places")} min={2} max={20} value={places} onChange={(value) => setPlaces(value ?? 3)} />
            {can("stockkeeping.replenishment.plan") ? <Button type="primary" disabled={chosen.length === 0} onClick={() => void start()}>{t("merge.start")}{chosen.length > 0 ? ` (${chosen.length})` : ""}</Button> : null}
          </Space>
        }
      />
      <PageBody>
        <Section flush>
          {merges.error ? <ErrorState error={merges.error} onRetry={() => void merges.refetch()} /> : !warehouse ? <EmptyState title={t("faces.pickWarehouse")} /> : !merges.isLoading && rows.length === 0 ? (
            <EmptyState title={t("merge.emptyTitle")} hint={t("merge.emptyHint", { count: places })} />
          ) : (
            <Table<Merge>
              size="small" rowKey="stock_id" loading={merges.isLoading} pagination={false} dataSource={rows} rowSelection={{ selectedRowKeys: chosen, onChange: setChosen }}
              columns={[
                { title: t("col.sku"), render: (_, row) => <><Link to={`/products/${row.sku.id}`}>{row.sku.code}</Link> <span className="hc-muted">{row.sku.name}</span></> },
                { title: t("col.from"), width: 140, render: (_, row) => <span className="hc-num">{row.from_location.code}</span> },
                { title: t("col.to"), width: 140, render: (_, row) => <span className="hc-num">{row.to_location.code}</span> },
                { title: t("col.units"), width: 110, align: "right", render: (_, row) => <Quantity value={row.quantity} /> },
              ]}
            />
          )}
        </Section>
      </PageBody>
    </>
  );
}
