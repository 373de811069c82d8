import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Page } from "@/api";
import { newScanId, sendUntilAnswered } from "@/desk/floor/send";
import { Quantity } from "@/shared/format/format";
import { ScanField, type ScanResult } from "@/shared/scan/ScanField";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { cx } from "@/shared/ui/cx";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import NS from "./locale";
import css from "./picking.module.css";
import type { Putback } from "./types";

/** Goods of cancelled orders: scan them, then scan the shelf they were put on. */
export default function PutbacksPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { warehouse } = useScope();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<number | null>(null);
  const list = useQuery({
    queryKey: ["list", "/putbacks", warehouse?.id ?? null],
    queryFn: ({ signal }) => api.get<Page<Putback>>("/putbacks", { state: "open", ...(warehouse ? { warehouse_id: warehouse.id } : {}), limit: 200 }, signal),
    refetchInterval: 20_000,
  });
  if (list.error && !list.data) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  const items = list.data?.items ?? [];
  const task = items.find((one) => one.id === chosen);

  const choose = async (code: string): Promise<ScanResult> => {
    const wanted = code.trim().toUpperCase();
    let found = items.find((one) => one.sku.code.toUpperCase() === wanted || one.fulfilment.number.toUpperCase() === wanted);
    if (!found) {
      const hits = await api.get<Page<{ id: number }>>("/skus", { q: code.trim(), limit: 1 });
      found = items.find((one) => one.sku.id === hits.items[0]?.id);
    }
    if (!found) return { ok: false, message: t("putbacks.unknown", { code }) };
    setChosen(found.id);
    return { ok: true, message: t("putbacks.chosen", { sku: found.sku.code, to: found.to_location.code }) };
  };

  const scan = async (code: string): Promise<ScanResult> => {
    if (!task) return choose(code);
    const key = newScanId();
    await sendUntilAnswered(() => api.post(`/putbacks/${task.id}/confirm`, { location_code: code.trim() }, { idempotencyKey: key }));
    setChosen(null);
    await client.invalidateQueries({ queryKey: ["list"] });
    return { ok: true, message: t("putbacks.done", { sku: task.sku.code, location: code.trim() }), finished: items.length === 1 };
  };

  return (
    <>
      <PageHeader title={t("putbacks.title")} hint={t("putbacks.hint")} />
      <PageBody>
        {items.length > 0 && can("outbound.putback.confirm") ? (
          <>
            {task ? (
              <div className={cx("hc-card", css.order)}>
                <div className={cx(css.part, css.reached)}>
                  <div className={css.cap}>{task.from_location.code}</div>
                  <div className={css.sku}>{task.sku.code} <span className={css.name}>{task.sku.name}</span></div>
                </div>
                <div className={cx(css.part, css.now)}>
                  <div><div className={css.cap}>{t("putbacks.to")}</div><div className={css.place}>{task.to_location.code}</div><div className="hc-muted">{t("putbacks.otherPlace")}</div></div>
                  <div className={css.count}><div className={css.cap}>{t("putbacks.quantity")}</div><div className={css.units}>{task.quantity}</div></div>
                </div>
              </div>
            ) : null}
            <ScanField label={task ? t("putbacks.scan") : t("putbacks.choose")} placeholder={task ? t("putbacks.scan") : t("putbacks.choose")} onScan={scan} />
          </>
        ) : null}
        <Section flush>
          <Table<Putback>
            size="small" rowKey="id" loading={list.isLoading} dataSource={items} pagination={{ pageSize: 50, hideOnSinglePage: true }}
            locale={{ emptyText: <EmptyState title={t("putbacks.empty")} hint={t("putbacks.emptyHint")} /> }}
            rowSelection={{ type: "radio", columnWidth: 44, selectedRowKeys: chosen === null ? [] : [chosen], onChange: ([key]) => setChosen(typeof key === "number" ? key : Number(key)) }}
            onRow={(row) => ({ onClick: () => setChosen(row.id) })}
            columns={[
              { title: t("putbacks.sku"), render: (_, row) => <div>{row.sku.code}<div className="hc-muted">{row.sku.name}</div></div> },
              { title: t("putbacks.lot"), render: (_, row) => row.lot?.code },
              { title: t("putbacks.quantity"), align: "right", render: (_, row) => <Quantity value={row.quantity} /> },
              { title: t("putbacks.from"), render: (_, row) => row.from_location.code },
              { title: t("putbacks.to"), render: (_, row) => <strong>{row.to_location.code}</strong> },
              { title: t("putbacks.fulfilment"), render: (_, row) => row.fulfilment.number },
            ]}
          />
        </Section>
      </PageBody>
    </>
  );
}
