import { PrinterOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Table } from "antd";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { api, apiUrl, type Page } from "@/api";
import { printPdf } from "@/desk/floor/pdf";
import { newScanId, sendUntilAnswered, type ScanAnswer } from "@/desk/floor/send";
import { DateTime, Quantity } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { ScanField, type ScanResult } from "@/shared/scan/ScanField";
import { useSession } from "@/shared/session/session";
import { CopyText } from "@/shared/ui/CopyText";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { PageHeader, Section } from "@/shared/ui/PageHeader";
import { StateTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import css from "./shipping.module.css";
import type { Manifest, Waybill } from "./types";
import { Weight } from "./Weight";

interface HandoverAnswer {
  shipped: number[];
  refused: { parcel_id: number; number: string; message: string }[];
}

/** Loading a truck: scan labels onto the list, then hand it over. */
export default function ManifestPage() {
  const { id = "" } = useParams();
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message, modal } = App.useApp();
  const ask = useAsk();
  const report = useReportProblem();
  const client = useQueryClient();
  const query = useQuery({ queryKey: ["detail", "manifest", id], queryFn: ({ signal }) => api.get<Manifest>(`/manifests/${id}`, undefined, signal) });
  const waybills = useQuery({
    queryKey: ["detail", "manifest", id, "waybills"],
    queryFn: ({ signal }) => api.get<Page<Waybill>>("/waybills", { manifest_id: id, limit: 200 }, signal),
  });
  const manifest = query.data;
  if (query.error && !manifest) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!manifest) return null;
  const open = manifest.state === "open";
  const refresh = () => Promise.all([client.invalidateQueries({ queryKey: ["detail", "manifest", id] }), client.invalidateQueries({ queryKey: ["list"] })]);

  const load = async (code: string): Promise<ScanResult> => {
    const scan = { scan_id: newScanId(), code };
    const answer = await sendUntilAnswered(() => api.post<{ results: ScanAnswer[] }>(`/manifests/${id}/loads`, { scans: [scan] }));
    const result = answer.results[0];
    void refresh();
    if (!result?.ok) return { ok: false, message: result?.message ?? t("error.title") };
    return { ok: true, message: t("manifests.loaded", { code: typeof result.data?.number === "string" ? result.data.number : code }) };
  };

  const remove = async (row: Waybill) => {
    try {
      await api.post(`/manifests/${id}/remove`, { waybill_ids: [row.id] });
      void message.success(t("manifests.removedOne", { code: row.number }));
      await refresh();
    } catch (error) {
      report(error);
    }
  };

  const handover = async () => {
    const answer = await ask({
      title: t("manifests.handoverTitle", { carrier: manifest.carrier.name }), okText: t("manifests.handover"),
      text: t("manifests.handoverText", { count: manifest.parcel_count }), note: { name: "driver", label: t("manifests.driver") },
    });
    if (!answer) return;
    try {
      const done = await api.post<HandoverAnswer>(`/manifests/${id}/handover`, { driver: answer.driver ?? manifest.driver });
      await refresh();
      const refused = done.refused.map((one) => one.number);
      if (refused.length > 0) void modal.warning({ title: t("manifests.removed", { count: refused.length, numbers: refused.join(", ") }), okText: t("action.close") });
      if (done.shipped.length > 0) void message.success(t("manifests.done", { number: manifest.number, count: done.shipped.length }));
    } catch (error) {
      report(error);
    }
  };

  return (
    <div className={css.column} style={{ overflow: "auto" }}>
      <PageHeader
        titleText={manifest.number}
        title={<span className="hc-row"><CopyText strong text={manifest.number} /><StateTag ns={NS} group="manifest" state={manifest.state} tone={open ? "blue" : "green"} /></span>}
        hint={`${manifest.carrier.name} · ${manifest.warehouse.name}`}
        actions={
          <>
            <Button icon={<PrinterOutlined />} onClick={() => void printPdf(apiUrl(`/manifests/${id}/pdf`)).catch(report)}>{t("manifests.pdf")}</Button>
            {open && can("outbound.manifest.ship") ? (
              <Button type="primary" disabled={manifest.parcel_count === 0} onClick={() => void handover()}>{t("manifests.handover")}</Button>
            ) : null}
          </>
        }
      />
      <div className={css.bench}>
        <div className="hc-stack">
          {open && can("outbound.manifest.scan") ? <ScanField label={t("manifests.scan")} placeholder={t("manifests.scan")} onScan={load} /> : null}
          <Section title={t("manifests.list")} flush>
            <Table<Waybill>
              size="small" rowKey="id" loading={waybills.isLoading} pagination={{ pageSize: 50, hideOnSinglePage: true }} dataSource={waybills.data?.items ?? []}
              locale={{ emptyText: <EmptyState compact title={t("manifests.none")} hint={t("manifests.noneHint")} /> }}
              columns={[
                { title: t("col.waybill"), render: (_, row) => <CopyText text={row.number} /> },
                { title: t("col.number"), render: (_, row) => row.reference },
                { title: t("col.service"), render: (_, row) => row.service.name },
                { title: t("col.weight"), align: "right", render: (_, row) => <Weight grams={row.weight_g} /> },
                { title: t("col.issued"), render: (_, row) => <DateTime value={row.issued_at} /> },
                ...(open && can("shipping.manifest.ship") ? [{ title: "", width: 80, render: (_: unknown, row: Waybill) => <Button size="small" type="text" danger onClick={() => void remove(row)}>{t("manifests.remove")}</Button> }] : []),
              ]}
            />
          </Section>
        </div>
        <Section>
          <div className="hc-stack" style={{ paddingTop: 12 }}>
            <div><div className="hc-muted">{t("col.parcels")}</div><div className={css.big}><Quantity value={manifest.parcel_count} /></div></div>
            <div><div className="hc-muted">{t("manifests.weight")}</div><div className={css.big}><Weight grams={manifest.weight_g} /></div></div>
            <div><div className="hc-muted">{t("manifests.driver")}</div><div>{manifest.driver || "—"}</div></div>
            <div><div className="hc-muted">{t("col.opened")}</div><DateTime value={manifest.opened_at} mode="absolute" /></div>
            {manifest.closed_at ? <div><div className="hc-muted">{t("col.closed")}</div><DateTime value={manifest.closed_at} mode="absolute" /></div> : null}
            {open ? <p className="hc-faint">{t("manifests.scanHint")}</p> : null}
          </div>
        </Section>
      </div>
    </div>
  );
}
