import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DateTime } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";

interface Named {
  id: number;
  code: string;
  name: string;
}
interface Outcome {
  id: number;
  fulfilment: { id: number; number: string };
  order: { id: number; number: string };
  shop: Named;
  warehouse: Named;
  service: Named | null;
  promised_at: string;
  shipped_at: string;
  arrives_at: string;
  basis: string;
  is_kept: boolean;
}

/** Every promise that has been measured, the broken ones by a filter. */
export default function PromisesPage() {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<Outcome>[]>(
    () => [
      { key: "order", title: t("col.order"), width: 160, render: (row) => <Link to={`/orders/${row.order.id}`}>{row.order.number}</Link> },
      { key: "fulfilment", title: t("col.fulfilment"), width: 160, render: (row) => row.fulfilment.number },
      { key: "shop", title: t("col.shop"), width: 140, render: (row) => row.shop.name },
      { key: "warehouse", title: t("col.warehouse"), width: 130, render: (row) => row.warehouse.name },
      { key: "service", title: t("col.service"), width: 130, render: (row) => row.service?.name ?? "" },
      { key: "promised", title: t("col.promised"), width: 160, sort: "promised_at", render: (row) => <DateTime value={row.promised_at} mode="absolute" /> },
      { key: "shipped", title: t("col.shipped"), width: 160, render: (row) => <DateTime value={row.shipped_at} mode="absolute" /> },
      { key: "arrives", title: t("col.arrives"), width: 160, render: (row) => <DateTime value={row.arrives_at} mode="absolute" /> },
      { key: "basis", title: t("col.basis"), width: 110, render: (row) => t(`basis.${row.basis}`) },
      { key: "kept", title: t("col.kept"), width: 80, render: (row) => <ToneTag tone={row.is_kept ? "green" : "red"}>{t(row.is_kept ? "yes" : "no")}</ToneTag> },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "kept", label: t("filter.kept"), type: "bool" },
      { key: "basis", label: t("filter.basis"), type: "select", options: ["expected", "delivered"].map((value) => ({ value, label: t(`basis.${value}`) })) },
    ],
    [t],
  );
  return (
    <ListPage<Outcome>
      id="promise-outcomes" title={t("kept.rows")} path="/promise-outcomes" columns={columns} filters={filters} rowId={(row) => row.id} defaultSort="-promised_at"
      empty={{ title: t("kept.empty"), hint: t("kept.emptyHint") }}
    />
  );
}
