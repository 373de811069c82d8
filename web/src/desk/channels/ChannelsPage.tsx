import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton, Table } from "antd";
import type { ReactNode } from "react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api } from "@/api";
import { DateTime } from "@/shared/format/format";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import { ToneTag } from "@/shared/ui/StateTag";
import type { Tone } from "@/shared/ui/states";
import { ChannelTabs } from "./ChannelTabs";
import { ConnectionDrawer } from "./ConnectionDrawer";
import { ConnectionDialog } from "./ConnectionDialog";
import NS from "./locale";
import type { Health } from "./types";

const TONES: Record<Health["status"], Tone> = { ok: "green", warning: "orange", failing: "red", off: "grey" };

/** How every connection fares, the worst first. */
export default function ChannelsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const [params, setParams] = useSearchParams();
  const [adding, setAdding] = useState(false);
  const health = useQuery({ queryKey: ["channels", "health"], queryFn: () => api.get<{ items: Health[] }>("/connections/health", { kind: "channel" }), refetchInterval: 10_000 });
  const rank: Record<Health["status"], number> = { failing: 0, warning: 1, ok: 2, off: 3 };
  const rows = [...(health.data?.items ?? [])].sort((a, b) => rank[a.status] - rank[b.status]);
  const open = params.get("open");
  const show = (id: number | null) => setParams(id === null ? {} : { open: String(id) });
  const add = can("integrations.connection.create") ? <Button type="primary" onClick={() => setAdding(true)}>{t("add")}</Button> : null;
  const queues = (row: Health): ReactNode => {
    const parts: [keyof Health, string, string, boolean][] = [
      ["orders_failed", "failed", "/channels/orders?tab=failed", true], ["orders_unmapped", "unmapped", "/channels/products", true], ["confirms_refused", "refused", "/channels/confirms?tab=refused", true], ["stock_failed", "stockFailed", "/channels/stock?has_error=true", true],
      ["messages_failed", "messagesFailed", "/channels", true], ["confirms_pending", "confirms", "/channels/confirms?tab=pending", false], ["stock_pending", "stock", "/channels/stock?is_waiting=true", false], ["messages_new", "messages", "/channels", false], ["requests_open", "requests", "/channels/requests", false],
    ];
    const found = parts.filter(([name]) => Number(row[name]) > 0);
    return found.length === 0 ? <span className="hc-faint">{t("queue.none")}</span> : (
      <span className="hc-row" style={{ gap: 6, flexWrap: "wrap" }}>
        {found.map(([name, key, to, bad]) => <Link key={name} to={to} onClick={(event) => event.stopPropagation()}><ToneTag tone={bad ? "orange" : "blue"}>{t(`queue.${key}`, { count: Number(row[name]) })}</ToneTag></Link>)}
      </span>
    );
  };
  const lag = (seconds: number | null) => (seconds === null ? t("never") : seconds < 120 ? t("seconds", { seconds }) : t("ago", { minutes: Math.round(seconds / 60) }));
  return (
    <>
      <PageHeader title={t("title")} hint={t("hint")} actions={add} />
      <PageBody>
        <ChannelTabs />
        <Section flush>
          {health.isError && !health.data ? <ErrorState error={health.error} onRetry={() => void health.refetch()} /> : null}
          {health.isLoading ? <Skeleton active style={{ padding: 16 }} /> : null}
          {health.data?.items.length === 0 ? <EmptyState title={t("empty.title")} hint={t("empty.hint")} action={add} /> : null}
          {rows.length > 0 ? (
            <Table<Health>
              size="small"
              rowKey="id"
              pagination={false}
              dataSource={rows}
              scroll={{ x: 1400 }}
              onRow={(row) => ({ onClick: () => show(row.id), onKeyDown: (event) => { if (event.key === "Enter") show(row.id); }, tabIndex: 0, style: { cursor: "pointer" } })}
              columns={[
                { title: t("col.status"), width: 120, render: (_, row) => <ToneTag tone={TONES[row.status]}>{t(`status.${row.status}`)}</ToneTag> },
                { title: t("col.name"), width: 170, render: (_, row) => <strong>{row.name}</strong> },
                { title: t("col.platform"), dataIndex: "title", width: 130 },
                { title: t("col.shop"), width: 120, render: (_, row) => row.shop?.name },
                { title: t("col.lag"), width: 90, align: "right", render: (_, row) => <span className="hc-num">{lag(row.lag_seconds)}</span> },
                { title: t("col.lastOrder"), width: 120, render: (_, row) => (row.last_order_at ? <DateTime value={row.last_order_at} /> : t("never")) },
                { title: t("col.token"), width: 120, render: (_, row) => (row.token_expires_at ? <DateTime value={row.token_expires_at} /> : <span className="hc-faint">{t("forever")}</span>) },
                { title: t("col.waiting"), width: 240, render: (_, row) => queues(row) },
                { title: t("col.error"), width: 290, render: (_, row) => <span className={row.status === "failing" ? "" : "hc-faint"} title={row.last_error}>{row.last_error.slice(0, 80)}</span> },
              ]}
            />
          ) : null}
        </Section>
      </PageBody>
      {open ? <ConnectionDrawer id={open} onClose={() => show(null)} /> : null}
      {adding ? <ConnectionDialog connection={null} onClose={(made) => { setAdding(false); if (made !== null) show(made); }} /> : null}
    </>
  );
}
