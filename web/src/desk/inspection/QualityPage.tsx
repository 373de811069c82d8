import { useQuery } from "@tanstack/react-query";
import { Button, Segmented, Table } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, type Page } from "@/api";
import { Money, Quantity } from "@/shared/format/format";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { Product, useRun } from "./parts";
import type { Ref, SupplierQuality } from "./types";

interface InspectionRecord {
  id: number;
  plan: Ref;
  sku: Ref;
  supplier: Ref | null;
  severity: string;
  accepted_in_row: number;
  lots: number;
  lots_refused: number;
}

/** How the lots of suppliers fared, and how strictly the next ones are judged. */
export default function QualityPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { run, busy } = useRun();
  const [params, setParams] = useSearchParams();
  const days = Number(params.get("days") ?? 90);
  const quality = useQuery({ queryKey: ["list", "/supplier-quality", days], queryFn: ({ signal }) => api.get<{ items: SupplierQuality[] }>("/supplier-quality", { days }, signal) });
  const records = useQuery({ queryKey: ["list", "/inspection-records"], queryFn: ({ signal }) => api.get<Page<InspectionRecord>>("/inspection-records", { limit: 100 }, signal) });
  if (quality.error && !quality.data) return <ErrorState error={quality.error} onRetry={() => void quality.refetch()} />;
  return (
    <>
      <PageHeader
        title={t("qual.title")}
        hint={t("qual.hint", { days })}
        actions={<Segmented value={days} options={[30, 90, 365].map((value) => ({ value, label: t("qual.days", { days: value }) }))} onChange={(value) => setParams({ days: String(value) }, { replace: true })} />}
      />
      <PageBody>
        <Section flush>
          <Table<SupplierQuality>
            size="small"
            rowKey={(row) => row.supplier.id}
            loading={quality.isLoading}
            pagination={false}
            dataSource={quality.data?.items ?? []}
            locale={{ emptyText: <EmptyState compact title={t("qual.empty")} hint={t("qual.emptyHint")} /> }}
            columns={[
              { title: t("col.supplier"), render: (_, row) => `${row.supplier.code} ${row.supplier.name}` },
              { title: t("col.lots"), align: "right", render: (_, row) => <Quantity value={row.lots} /> },
              { title: t("col.accepted"), align: "right", render: (_, row) => <Quantity value={row.accepted} /> },
              { title: t("col.refused"), align: "right", render: (_, row) => <Quantity value={row.refused} /> },
              { title: t("col.rate"), align: "right", render: (_, row) => (row.lots > 0 ? <ToneTag tone={row.accepted / row.lots >= 0.95 ? "green" : row.accepted / row.lots >= 0.8 ? "orange" : "red"}>{`${Math.round((1000 * row.accepted) / row.lots) / 10} %`}</ToneTag> : "") },
              { title: t("col.skipped"), align: "right", render: (_, row) => <Quantity value={row.skipped} /> },
              { title: t("col.units"), align: "right", render: (_, row) => <Quantity value={row.units} /> },
              { title: t("col.rejectedUnits"), align: "right", render: (_, row) => <Quantity value={row.rejected_units} /> },
              { title: t("col.defective"), align: "right", render: (_, row) => `${row.defective_units} / ${row.inspected_units}` },
              { title: t("col.claims"), align: "right", render: (_, row) => row.claims.map((one) => <div key={one.currency}><Money amount={one.amount} currency={one.currency} /></div>) },
            ]}
          />
        </Section>
        <Section title={t("col.severity")} flush>
          <Table<InspectionRecord>
            size="small"
            rowKey="id"
            loading={records.isLoading}
            pagination={false}
            dataSource={records.data?.items ?? []}
            locale={{ emptyText: <EmptyState compact title={t("qual.noRecords")} hint={t("qual.noRecordsHint")} /> }}
            columns={[
              { title: t("fact.plan"), render: (_, row) => `${row.plan.code} ${row.plan.name}` },
              { title: t("col.sku"), render: (_, row) => <Product sku={row.sku} /> },
              { title: t("col.supplier"), render: (_, row) => row.supplier?.name ?? t("none") },
              { title: t("col.severity"), render: (_, row) => <ToneTag tone={row.severity === "stopped" ? "red" : row.severity === "tightened" ? "orange" : row.severity === "reduced" ? "green" : "grey"}>{t(`severity.${row.severity}`)}</ToneTag> },
              { title: t("col.lots"), align: "right", render: (_, row) => `${row.lots} (${row.lots_refused})` },
              ...(can("inbound.inspection.concede")
                ? [{ title: "", width: 120, render: (_: unknown, row: InspectionRecord) => (row.severity === "stopped" ? <Button size="small" loading={busy === `restart${row.id}`} onClick={() => void run(`restart${row.id}`, () => api.post(`/inspection-records/${row.id}/restart`, {}))}>{t("action.restart")}</Button> : null) }]
                : []),
            ]}
          />
        </Section>
      </PageBody>
    </>
  );
}
