import { PlusOutlined } from "@ant-design/icons";
import { Button, Progress } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { DateTime, Money, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter, ListTab } from "@/shared/list/types";
import { useListState } from "@/shared/list/useListState";
import { useSession } from "@/shared/session/session";
import { ToneTag } from "@/shared/ui/StateTag";
import { CountDrawer } from "./CountDetail";
import NS from "./locale";
import { NewCount } from "./NewCount";
import type { CountRow } from "./types";
import { CountState, KINDS } from "./words";

const TABS = ["all", "draft", "open", "counted", "closed", "cancelled"] as const;

/** What waits for a person in a count. */
function Waits({ row }: { row: CountRow }) {
  const { t } = useTranslation(NS);
  return (
    <>
      {row.approve_count > 0 ? <ToneTag tone="orange">{`${t("lineTab.approve")} ${row.approve_count}`}</ToneTag> : null}
      {row.recount_count > 0 ? <ToneTag tone="orange">{`${t("lineTab.recount")} ${row.recount_count}`}</ToneTag> : null}
      {row.to_post_count > 0 ? <ToneTag tone="blue">{`${t("lineTab.accepted")} ${row.to_post_count}`}</ToneTag> : null}
    </>
  );
}

export default function CountsPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const state = useListState();
  const [making, setMaking] = useState(false);
  const columns = useMemo<ListColumn<CountRow>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 160, fixed: "left", sort: "id", render: (row) => <span className="hc-num">{row.number}</span> },
      { key: "kind", title: t("col.kind"), width: 150, render: (row) => (row.reason ? `${t(`kind.${row.kind}`)} · ${t(`reason.${row.reason}`)}` : t(`kind.${row.kind}`)) },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <CountState state={row.state} /> },
      { key: "progress", title: t("col.progress"), width: 190, sort: "places", render: (row) => <span className="hc-row"><Progress percent={row.place_count ? Math.floor((row.place_done / row.place_count) * 100) : 0} size="small" style={{ width: 90, margin: 0 }} showInfo={false} aria-label={t("col.progress")} /><span className="hc-num">{row.place_done} / {row.place_count}</span></span> },
      { key: "differences", title: t("col.differences"), width: 80, align: "right", render: (row) => <Quantity value={row.difference_count} /> },
      { key: "value", title: t("col.value"), width: 120, align: "right", render: (row) => (row.value_difference === null ? <span className="hc-faint">–</span> : <Money amount={row.value_difference} />) },
      { key: "waits", title: t("col.waits"), width: 230, render: (row) => <Waits row={row} /> },
      { key: "note", title: t("col.note"), width: 180, render: (row) => row.note },
      { key: "made", title: t("col.made"), width: 150, render: (row) => <><DateTime value={row.created_at} /> · {row.created_by}</> },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(() => [{ key: "kind", label: t("filter.kind"), type: "select", multiple: true, width: 150, options: KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) })) }], [t]);
  const tabs = useMemo<ListTab[]>(() => TABS.map((key) => ({ key, label: t(`tab.${key}`), attention: key === "counted" })), [t]);
  const create = can("stockkeeping.count.manage") ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t("new")}</Button> : null;
  return (
    <>
      <ListPage<CountRow>
        id="stock-counts"
        title={t("title")}
        path="/stock-counts"
        countsPath="/stock-counts/tabs"
        warehouseParam="warehouse"
        tabs={tabs}
        defaultTab="all"
        search={t("search")}
        filters={filters}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.number}
        rowTone={(row) => (row.approve_count > 0 ? "orange" : undefined)}
        defaultSort="-id"
        exportPath="/stock-counts/export"
        drawer={(id, close) => <CountDrawer id={id} onClose={close} />}
        refreshEvery={20_000}
        primaryAction={create}
        empty={{ title: t("empty.title"), hint: t("empty.hint"), action: create }}
      />
      {making ? <NewCount onClose={() => setMaking(false)} onMade={(id) => state.setOpen(String(id))} /> : null}
    </>
  );
}
