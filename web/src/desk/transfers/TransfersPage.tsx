import { CheckOutlined, PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListTab } from "@/shared/list/types";
import { useListState } from "@/shared/list/useListState";
import { useSession } from "@/shared/session/session";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { NewTransfer } from "./NewTransfer";
import { TransferDrawer } from "./TransferDetail";
import type { TransferRow } from "./types";

const TABS = ["all", "requested", "to_send", "on_the_road", "ended"] as const;

/** Goods on their way from one warehouse to another. */
export default function TransfersPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const state = useListState();
  const [making, setMaking] = useState(false);
  const columns = useMemo<ListColumn<TransferRow>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 150, sort: "id", fixed: "left", render: (row) => <span className="hc-num">{row.number}</span> },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <StateTag ns={NS} state={row.state} /> },
      { key: "from", title: t("col.from"), width: 130, render: (row) => row.from_warehouse.name },
      { key: "to", title: t("col.to"), width: 130, render: (row) => row.to_warehouse.name },
      { key: "units", title: t("col.units"), width: 80, align: "right", render: (row) => <Quantity value={row.unit_count} /> },
      { key: "shipped", title: t("col.shipped"), width: 80, align: "right", render: (row) => <Quantity value={row.shipped} /> },
      { key: "road", title: t("col.road"), width: 110, align: "right", render: (row) => <Quantity value={row.on_the_road} /> },
      { key: "received", title: t("col.received"), width: 90, align: "right", render: (row) => <Quantity value={row.received} /> },
      { key: "differing", title: t("col.differing"), width: 80, align: "right", render: (row) => <Quantity value={row.differing} /> },
      { key: "value", title: t("col.value"), width: 120, align: "right", sort: "value", render: (row) => (Number(row.value) > 0 ? <Money amount={row.value} currency={row.currency} /> : <span className="hc-faint">–</span>) },
      { key: "expected", title: t("col.expected"), width: 130, sort: "expected_at", render: (row) => <DateTime value={row.expected_at} /> },
      { key: "carrier", title: t("col.carrier"), width: 130, hidden: true, render: (row) => row.carrier },
      { key: "waybill", title: t("col.waybill"), width: 140, hidden: true, render: (row) => row.waybill },
      { key: "owner", title: t("col.owner"), width: 130, hidden: true, render: (row) => row.owner.name },
      { key: "created", title: t("col.created"), width: 130, render: (row) => <DateTime value={row.created_at} /> },
    ],
    [t],
  );
  const tabs = useMemo<ListTab[]>(() => TABS.map((key) => ({ key, label: t(`tab.${key}`), attention: key === "requested" || key === "to_send" })), [t]);
  const bulkActions = useMemo<BulkAction[]>(
    () => [
      { code: "approve", label: t("action.approve"), path: "/transfers/approve", permission: "stockkeeping.transfer.approve", primary: true, icon: <CheckOutlined /> },
      { code: "release", label: t("action.release"), path: "/transfers/release", permission: "stockkeeping.transfer.approve" },
      { code: "cancel", label: t("action.cancel"), path: "/transfers/cancel", permission: "stockkeeping.transfer.approve", danger: true, confirm: t("ask.cancel") },
    ],
    [t],
  );
  const create = can("stockkeeping.transfer.create") ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t("new")}</Button> : null;
  return (
    <>
      <ListPage<TransferRow>
        id="transfers" title={t("title")} hint={t("hint")} path="/transfers" countsPath="/transfers/counts" tabs={tabs} defaultTab="all" search={t("search")} columns={columns} rowId={(row) => row.id} rowName={(row) => row.number}
        rowTone={(row) => (row.differing > 0 ? "orange" : undefined)} defaultSort="-id" warehouseParam="warehouse" exportPath="/transfers/export" bulkActions={bulkActions} refreshEvery={30_000}
        drawer={(id, close) => <TransferDrawer id={id} onClose={close} />} primaryAction={create} empty={{ title: t("empty.title"), hint: t("empty.hint"), action: create }}
      />
      {making ? <NewTransfer onClose={() => setMaking(false)} onMade={(id) => state.setOpen(String(id))} /> : null}
    </>
  );
}
