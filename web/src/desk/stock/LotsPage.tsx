import { StopOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { DateTime, Quantity } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { useListState } from "@/shared/list/useListState";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { byCode } from "./options";
import { SkuStockDrawer } from "./SkuStock";
import type { LotRow } from "./types";

/** Lots with what is left of them, the first to expire on top when sorted so. */
export default function LotsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const ask = useAsk();
  const state = useListState();
  const mayHold = can("inventory.hold.create");

  const columns = useMemo<ListColumn<LotRow>[]>(() => {
    const hold = async (lot: LotRow) => {
      const answer = await ask({ title: `${t("lots.hold")} ${lot.code}`, okText: t("lots.hold"), text: t("holds.hint"), danger: true, note: { name: "reason", label: t("holds.reason"), required: true } });
      if (!answer) return;
      try {
        await api.post("/stock-holds", { kind: "lot", lot_id: lot.id, reason: answer.reason });
        await client.invalidateQueries({ queryKey: ["list"] });
        void message.success(t("holds.created"));
      } catch (error) {
        report(error);
      }
    };
    return [
      { key: "code", title: t("lots.code"), width: 160, fixed: "left", sort: "code", render: (row) => <span className="hc-num">{row.code}</span> },
      { key: "sku", title: t("col.sku"), width: 140, render: (row) => row.sku.code },
      { key: "name", title: t("col.name"), width: 220, render: (row) => row.sku.name },
      { key: "produced", title: t("lots.produced"), width: 110, render: (row) => (row.produced_on ? <DateTime value={row.produced_on} mode="date" /> : null) },
      {
        key: "expires", title: t("col.expires"), width: 170, sort: "expires_on",
        render: (row) => (
          <span className="hc-row">
            {row.expires_on ? <DateTime value={row.expires_on} mode="date" /> : null} {row.is_expired ? <ToneTag tone="red">{t("lots.expired")}</ToneTag> : null}
          </span>
        ),
      },
      { key: "on_hand", title: t("col.onHand"), width: 90, align: "right", render: (row) => <Quantity value={row.on_hand} /> },
      { key: "allocated", title: t("col.allocated"), width: 90, align: "right", render: (row) => <Quantity value={row.allocated} /> },
      ...(mayHold ? [{ key: "hold", title: "", label: t("lots.hold"), width: 110, render: (row: LotRow) => <Button size="small" icon={<StopOutlined />} onClick={() => void hold(row)}>{t("lots.hold")}</Button> }] : []),
    ];
  }, [t, mayHold, ask, client, message, report]);
  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "sku", label: t("filter.sku"), type: "remote", path: "/skus", toOption: byCode, width: 180 },
      { key: "is_expired", label: t("lots.expired"), type: "bool" },
    ],
    [t],
  );
  return (
    <ListPage<LotRow>
      id="lots"
      title={t("lots.title")}
      path="/lots"
      columns={columns}
      filters={filters}
      search={t("lots.search")}
      rowId={(row) => row.id}
      exportPath="/lots/export"
      onOpen={(row) => state.setOpen(String(row.sku.id))}
      drawer={(id, close) => <SkuStockDrawer id={id} onClose={close} />}
      empty={{ title: t("lots.emptyTitle"), hint: t("lots.emptyHint") }}
    />
  );
}
