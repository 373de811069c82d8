import { ArrowDownOutlined, ArrowUpOutlined, PlusOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Switch, Table, Tag, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api } from "@/api";
import { Quantity } from "@/shared/format/format";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader } from "@/shared/ui/PageHeader";
import NS from "./locale";
import { useKind, useRules, useShops } from "./queries";
import css from "./rules.module.css";
import type { RuleRow } from "./types";
import { actionText, KIND } from "./words";

/** The rules in the order in which they are asked. */
export default function RulesPage() {
  const { t, i18n } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const report = useReportProblem();
  const kind = useKind(i18n.language);
  const rules = useRules();
  const shops = useShops();
  const may = can("rules.rule.change");
  const rows = rules.data?.items ?? [];
  const types = kind.data?.actions ?? [];
  const again = () => client.invalidateQueries({ queryKey: ["list", "rules"] });

  const change = useMutation({
    mutationFn: ({ id, ...body }: { id: number; is_enabled: boolean }) => api.patch(`/rules/${id}`, body),
    onSuccess: again,
    onError: report,
  });
  const order = useMutation({
    mutationFn: (ids: number[]) => api.post("/rules/order", { kind: KIND, rule_ids: ids }),
    onSuccess: async () => {
      await again();
      void message.success(t("list.moved"));
    },
    onError: report,
  });
  const defaults = useMutation({
    mutationFn: () => api.post<{ ids: number[] }>("/order-rule-defaults"),
    onSuccess: async ({ ids }) => {
      await again();
      void message.success(ids.length > 0 ? t("list.defaultsDone", { count: ids.length }) : t("list.defaultsNone"));
    },
    onError: report,
  });
  const move = (place: number, by: number) => {
    const ids = rows.map((row) => row.id);
    const [id] = ids.splice(place, 1);
    if (id !== undefined) ids.splice(place + by, 0, id);
    order.mutate(ids);
  };
  const shopText = (row: RuleRow) => {
    if (row.shop_ids.length === 0) return <span className="hc-faint">{t("shops.all")}</span>;
    const names = row.shop_ids.map((id) => shops.data?.items.find((shop) => shop.id === id)?.name ?? String(id));
    return <Tooltip title={names.join("、")}>{names.length === 1 ? names[0] : t("shops.some", { count: names.length })}</Tooltip>;
  };

  const actions = may ? (
    <>
      <Button loading={defaults.isPending} onClick={() => defaults.mutate()}>{t("list.defaults")}</Button>
      <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate("/rules/new")}>{t("list.new")}</Button>
    </>
  ) : null;
  return (
    <>
      <PageHeader title={t("list.title")} hint={t("list.hint")} actions={actions} />
      <PageBody>
        {rules.error ? <ErrorState error={rules.error} onRetry={() => void rules.refetch()} /> : (
          <Table<RuleRow>
            size="middle"
            rowKey="id"
            pagination={false}
            loading={rules.isLoading || kind.isLoading}
            dataSource={rows}
            scroll={{ x: 1060 }}
            rowClassName={(row) => (row.is_enabled ? "" : (css.off ?? ""))}
            locale={{ emptyText: <EmptyState title={t("list.empty")} hint={t("list.emptyHint")} action={actions} /> }}
            columns={[
              {
                title: t("col.order"), width: 104,
                render: (_, row, place) => (
                  <span className="hc-row">
                    <span className={css.place}>{place + 1}</span>
                    {may ? (
                      <>
                        <Button size="small" type="text" icon={<ArrowUpOutlined />} aria-label={t("list.up", { name: row.name })} disabled={place === 0 || order.isPending} onClick={() => move(place, -1)} />
                        <Button size="small" type="text" icon={<ArrowDownOutlined />} aria-label={t("list.down", { name: row.name })} disabled={place === rows.length - 1 || order.isPending} onClick={() => move(place, 1)} />
                      </>
                    ) : null}
                  </span>
                ),
              },
              {
                title: t("col.name"), width: 210,
                render: (_, row) => (
                  <div>
                    <Link to={`/rules/${row.id}`}>{row.name}</Link>
                    {row.is_last ? <Tag className={css.mark ?? ""}>{t("tag.last")}</Tag> : null}
                    {row.valid_from || row.valid_to ? <Tag className={css.mark ?? ""}>{t("tag.timed")}</Tag> : null}
                    {row.note ? <div className="hc-faint">{row.note}</div> : null}
                  </div>
                ),
              },
              { title: t("col.condition"), render: (_, row) => <code className={css.condition}>{row.condition}</code> },
              {
                title: t("col.actions"), width: 240,
                render: (_, row) => row.actions.map((action, place) => <div key={place}>{actionText(action, types)}</div>),
              },
              { title: t("col.shops"), width: 110, render: (_, row) => shopText(row) },
              { title: t("col.hits"), width: 110, align: "right", render: (_, row) => <Quantity value={row.hits} /> },
              {
                title: t("col.on"), width: 76,
                render: (_, row) => (
                  <Switch size="small" checked={row.is_enabled} disabled={!may || change.isPending} aria-label={t("list.on", { name: row.name })} onChange={(on) => change.mutate({ id: row.id, is_enabled: on })} />
                ),
              },
            ]}
          />
        )}
      </PageBody>
    </>
  );
}
