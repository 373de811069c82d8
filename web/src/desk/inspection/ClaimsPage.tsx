import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListTab } from "@/shared/list/types";
import { StateTag } from "@/shared/ui/StateTag";
import { ClaimDrawer } from "./ClaimDetail";
import NS from "./locale";
import { NextStep, Product } from "./parts";
import type { ClaimRow } from "./types";

const STATES = ["open", "sent", "agreed", "refused", "settled", "cancelled"] as const;

export default function ClaimsPage() {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<ClaimRow>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 145, fixed: "left", sort: "id", render: (row) => <span className="hc-num">{row.number}</span> },
      { key: "state", title: t("col.state"), width: 105, render: (row) => <StateTag ns={NS} state={row.state} tone={row.state === "settled" ? "green" : row.state === "refused" ? "red" : row.state === "cancelled" ? "grey" : "orange"} /> },
      { key: "supplier", title: t("col.supplier"), width: 160, render: (row) => `${row.supplier.code} ${row.supplier.name}` },
      { key: "sku", title: t("col.sku"), width: 190, render: (row) => <Product sku={row.sku} /> },
      { key: "units", title: t("col.units"), width: 70, align: "right", render: (row) => <Quantity value={row.quantity} /> },
      { key: "amount", title: t("col.amount"), width: 110, align: "right", sort: "amount", render: (row) => <Money amount={row.amount} currency={row.currency} /> },
      { key: "reason", title: t("col.reason"), width: 210, render: (row) => row.reason },
      { key: "created", title: t("col.created"), width: 110, sort: "created_at", render: (row) => <DateTime value={row.created_at} /> },
      { key: "settled", title: t("col.settled"), width: 110, align: "right", render: (row) => (row.state === "settled" ? <Money amount={row.settled_amount} currency={row.currency} /> : "") },
      { key: "inspection", title: t("col.inspection"), width: 145, render: (row) => row.inspection?.number ?? "" },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => [...STATES.map((key) => ({ key, label: t(`state.${key}`), attention: key === "open" })), { key: "all", label: t("tab.all"), query: {} }], [t]);
  return (
    <ListPage<ClaimRow>
      id="claims"
      title={t("claim.title")}
      path="/claims"
      countsPath="/claims/counts"
      tabs={tabs}
      tabParam="state"
      defaultTab="open"
      search={t("claim.search")}
      filters={[{ key: "supplier_id", label: t("col.supplier"), type: "remote", path: "/suppliers", toOption: (one: { id: number; code: string; name: string }) => ({ value: String(one.id), label: `${one.code} ${one.name}` }), width: 160 }]}
      columns={columns}
      rowId={(row) => row.id}
      rowName={(row) => row.number}
      defaultSort="-id"
      exportPath="/claims/export"
      drawer={(id, close) => <ClaimDrawer id={id} onClose={close} />}
      empty={{ title: t("claim.empty"), hint: t("claim.emptyHint"), action: <NextStep to="/inspections?tab=all" permission="inbound.inspection.view">{t("next.inspections")}</NextStep> }}
    />
  );
}
