import { PlusOutlined } from "@ant-design/icons";
import { Button, Progress } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListTab } from "@/shared/list/types";
import { useSession } from "@/shared/session/session";
import { CopyText } from "@/shared/ui/CopyText";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { WaveRow } from "./types";
import { percent, saving } from "./walk";

const TABS = ["planned", "released", "done", "cancelled"] as const;

export default function WavesPage() {
  const { t, i18n } = useTranslation(NS);
  const { can } = useSession();
  const navigate = useNavigate();
  const columns = useMemo<ListColumn<WaveRow>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 170, render: (row) => <CopyText text={row.number} /> },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <StateTag ns={NS} state={row.state} /> },
      { key: "warehouse", title: t("col.warehouse"), width: 130, render: (row) => row.warehouse.name },
      { key: "orders", title: t("col.orders"), width: 80, align: "right", render: (row) => <Quantity value={row.fulfilment_count} /> },
      { key: "lines", title: t("col.lines"), width: 80, align: "right", render: (row) => <Quantity value={row.line_count} /> },
      { key: "units", title: t("col.units"), width: 90, align: "right", render: (row) => <Quantity value={row.unit_count} /> },
      { key: "metres", title: t("col.metres"), width: 100, align: "right", render: (row) => <Quantity value={Math.round(row.walk_mm / 1000)} unit="metre" /> },
      { key: "saving", title: t("col.saving"), width: 100, align: "right", render: (row) => <span className="hc-num">{percent(saving(row.walk_mm, row.single_walk_mm), i18n.language)}</span> },
      { key: "progress", title: t("col.progress"), width: 140, render: (row) => (row.state === "released" && row.picked_units !== undefined ? <Progress size="small" percent={row.unit_count === 0 ? 0 : Math.round((100 * row.picked_units) / row.unit_count)} aria-label={t("col.progress")} /> : null) },
      { key: "createdBy", title: t("col.createdBy"), width: 120, render: (row) => row.created_by },
      { key: "created", title: t("col.created"), width: 120, render: (row) => <DateTime value={row.created_at} /> },
      { key: "released", title: t("col.released"), width: 120, render: (row) => <DateTime value={row.released_at} /> },
    ],
    [t, i18n.language],
  );
  const tabs = useMemo<ListTab[]>(
    () => [...TABS.map((state) => ({ key: state, label: t(`tab.${state}`), query: { state }, attention: state === "planned" })), { key: "all", label: t("tab.all"), query: {} }],
    [t],
  );
  const create = can("outbound.wave.plan") ? <Link to="/waves/plan"><Button type="primary" icon={<PlusOutlined />}>{t("new")}</Button></Link> : null;
  return (
    <ListPage<WaveRow>
      id="waves"
      title={t("title")}
      path="/waves"
      countsPath="/waves/counts"
      tabs={tabs}
      defaultTab="released"
      search={t("search")}
      columns={columns}
      rowId={(row) => row.id}
      rowName={(row) => row.number}
      defaultSort="-id"
      warehouseParam="warehouse_id"
      primaryAction={create}
      onOpen={(row) => void navigate(`/waves/${row.id}`)}
      refreshEvery={15_000}
      empty={{ title: t("empty.title"), hint: t("empty.hint"), action: create }}
    />
  );
}
