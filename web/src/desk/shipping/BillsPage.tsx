import { UploadOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { CopyText } from "@/shared/ui/CopyText";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./tracking/locale";
import type { Bill } from "./trackingTypes";
import type { Ref } from "./types";

const toOption = ((one: Ref) => ({ value: String(one.id), label: one.name })) as (item: never) => { value: string; label: string };

export default function BillsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const navigate = useNavigate();
  const columns = useMemo<ListColumn<Bill>[]>(
    () => [
      { key: "number", title: t("bills.number"), width: 200, render: (row) => <CopyText text={row.number} /> },
      { key: "carrier", title: t("col.carrier"), width: 140, render: (row) => row.carrier.name },
      { key: "state", title: t("links.state"), width: 110, render: (row) => <ToneTag tone={row.state === "open" ? "blue" : "green"}>{t(`bills.state.${row.state}`)}</ToneTag> },
      { key: "lines", title: t("bills.lines"), width: 100, align: "right", render: (row) => <Quantity value={row.lines} /> },
      { key: "billed", title: t("bills.billed"), width: 140, align: "right", render: (row) => <Money amount={row.billed} currency={row.currency} /> },
      { key: "difference", title: t("bills.difference"), width: 140, align: "right", render: (row) => <Money amount={row.difference} currency={row.currency} /> },
      { key: "undecided", title: t("bills.undecided"), width: 110, align: "right", render: (row) => (row.undecided > 0 ? <ToneTag tone="orange" icon={false}>{row.undecided}</ToneTag> : <Quantity value={0} />) },
      { key: "created", title: t("bills.created"), width: 140, render: (row) => <DateTime value={row.created_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(
    () => [{ key: "open", label: t("bills.tab.open"), query: { state: "open" } }, { key: "closed", label: t("bills.tab.closed"), query: { state: "closed" } }, { key: "all", label: t("bills.tab.all"), query: {} }],
    [t],
  );
  const filters = useMemo<ListFilter[]>(() => [{ key: "carrier_id", label: t("col.carrier"), type: "remote", path: "/carriers", toOption }], [t]);
  const importing = can("shipping.bill.import") && can("kernel.import.create") ? <Button type="primary" icon={<UploadOutlined />} onClick={() => void navigate("/imports/new?kind=carrier_bill")}>{t("bills.import")}</Button> : null;
  return (
    <ListPage<Bill>
      id="carrier-bills" title={t("bills.title")} hint={t("bills.hint")} path="/carrier-bills" columns={columns} tabs={tabs} defaultTab="open" filters={filters} search={t("bills.search")}
      rowId={(row) => row.id} defaultSort="-id" exportPath="/carrier-bills/export" primaryAction={importing} onOpen={(row) => void navigate(`/bills/${row.id}`)}
      empty={{ title: t("bills.empty"), hint: t("bills.emptyHint"), action: importing }}
    />
  );
}
