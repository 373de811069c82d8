import { ThunderboltOutlined } from "@ant-design/icons";
import { App, Button, Progress } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, isProblem, type Page } from "@/api";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListTab } from "@/shared/list/types";
import { ScanField, type ScanResult } from "@/shared/scan/ScanField";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { PageHeader } from "@/shared/ui/PageHeader";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import css from "./picking.module.css";
import type { BatchRow } from "./types";

const TABS = ["released", "picking", "picked"] as const;

/** Where a picker begins: scan a batch, claim the next, or choose one. */
export default function PickingPage() {
  const { t } = useTranslation(NS);
  const { can, me } = useSession();
  const { warehouse, warehouses } = useScope();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const report = useReportProblem();
  const [busy, setBusy] = useState(false);
  const place = warehouse ?? warehouses[0];
  const mayPick = can("outbound.batch.pick");

  const claim = async () => {
    setBusy(true);
    try {
      const next = await api.post<{ id: number }>("/batches/next", { warehouse_id: place ? Number(place.id) : null });
      void navigate(`/picking/${next.id}`);
    } catch (error) {
      if (isProblem(error) && error.status === 404) void message.info(t("nextNone"));
      else report(error);
    } finally {
      setBusy(false);
    }
  };

  const open = async (code: string): Promise<ScanResult> => {
    const found = await api.get<Page<BatchRow>>("/batches", { q: code, limit: 1 });
    const batch = found.items[0];
    if (batch?.number.toUpperCase() !== code.trim().toUpperCase()) return { ok: false, message: t("batchUnknown", { code }) };
    void navigate(`/picking/${batch.id}`);
    return { ok: true, message: batch.number };
  };

  const columns = useMemo<ListColumn<BatchRow>[]>(
    () => [
      { key: "number", title: t("col.number"), width: 170, render: (row) => row.number },
      { key: "state", title: t("col.state"), width: 110, render: (row) => <StateTag ns={NS} state={row.state} tone={row.state === "picked" ? "green" : row.state === "released" ? "grey" : "blue"} /> },
      { key: "kind", title: t("col.kind"), width: 110, render: (row) => t(`kind.${row.kind}`, { defaultValue: row.kind }) },
      { key: "wave", title: t("col.wave"), width: 160, render: (row) => row.wave.number },
      {
        key: "picker", title: t("col.picker"), width: 140,
        render: (row) => (row.picker ? <span className="hc-row">{(row.picker.display_name ?? "") || row.picker.username}{String(row.picker.id) === String(me.user.id) ? <ToneTag tone="blue" icon={false}>{t("mine")}</ToneTag> : null}</span> : null),
      },
      { key: "orders", title: t("col.orders"), width: 80, align: "right", render: (row) => <Quantity value={row.fulfilment_count} /> },
      { key: "units", title: t("col.units"), width: 80, align: "right", render: (row) => <Quantity value={row.unit_count} /> },
      { key: "progress", title: t("col.progress"), width: 130, render: (row) => <Progress percent={row.unit_count === 0 ? 0 : Math.round((100 * (row.picked_units)) / row.unit_count)} size="small" aria-label={t("col.progress")} /> },
      { key: "metres", title: t("col.metres"), width: 90, align: "right", render: (row) => <Quantity value={Math.round(row.walk_mm / 1000)} unit="metre" /> },
      { key: "started", title: t("col.started"), width: 120, render: (row) => <DateTime value={row.started_at} /> },
    ],
    [t, me.user.id],
  );
  const tabs = useMemo<ListTab[]>(
    () => [...TABS.map((state) => ({ key: state, label: t(`tab.${state}`), query: { state } })), { key: "all", label: t("tab.all"), query: {} }],
    [t],
  );
  return (
    <div className={css.page} style={{ overflow: "hidden" }}>
      <PageHeader
        title={t("title")}
        hint={t("hint")}
        actions={mayPick ? <Button type="primary" icon={<ThunderboltOutlined />} loading={busy} onClick={() => void claim()}>{t("next")}</Button> : null}
      />
      {mayPick ? <div className={css.choose}><ScanField label={t("scanBatch")} placeholder={t("scanBatch")} onScan={open} history={0} /></div> : null}
      <div className={css.list}>
        <ListPage<BatchRow>
          id="batches"
          embedded
          title={t("title")}
          path="/batches"
          search={t("search")}
          countsPath="/batches/counts"
          tabs={tabs}
          columns={columns}
          rowId={(row) => row.id}
          defaultSort="-id"
          warehouseParam="warehouse_id"
          onOpen={(row) => {
            if (mayPick) void navigate(`/picking/${row.id}`);
          }}
          refreshEvery={15_000}
          empty={{ title: t("empty.title"), hint: t("empty.hint") }}
        />
      </div>
    </div>
  );
}
