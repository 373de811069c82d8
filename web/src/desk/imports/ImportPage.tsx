import { DownloadOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Progress, Skeleton, Steps } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api, apiUrl } from "@/api";
import { Facts } from "@/shared/detail/DetailDrawer";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { Kpi, KpiRow } from "@/shared/ui/Kpi";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import { importTone } from "./ImportsPage";
import NS from "./locale";
import { isRunning, type ImportFinding, type ImportJob } from "./types";

function Findings({ job }: { job: ImportJob }) {
  const { t } = useTranslation(NS);
  const columns = useMemo<ListColumn<ImportFinding>[]>(
    () => [
      { key: "severity", title: t("col.severity"), width: 90, render: (row) => <ToneTag tone={row.severity === "error" ? "red" : "orange"}>{t(`severity.${row.severity}`)}</ToneTag> },
      { key: "row", title: t("col.row"), width: 90, align: "right", render: (row) => (row.row === null ? t("wholeFile") : <Quantity value={row.row} />) },
      { key: "field", title: t("col.field"), width: 150, render: (row) => <span className="hc-mono">{row.field}</span> },
      { key: "value", title: t("col.value"), width: 180, render: (row) => row.value },
      { key: "message", title: t("col.message"), width: 480, render: (row) => row.message },
    ],
    [t],
  );
  const filters = useMemo<ListFilter[]>(
    () => [{ key: "severity", label: t("col.severity"), type: "select", options: ["error", "warning"].map((value) => ({ value, label: t(`severity.${value}`) })) }],
    [t],
  );
  return (
    <ListPage<ImportFinding>
      id="import-findings"
      embedded
      title={t("findings")}
      path={`/imports/${job.id}/findings`}
      columns={columns}
      filters={filters}
      rowId={(row) => row.id}
      empty={{ title: t("findingsNone") }}
    />
  );
}

/** Which of the four steps the job is at. */
function stepOf(job: ImportJob): number {
  if (job.state === "queued" || job.state === "reading") return 2;
  return 3;
}

function Summary({ job }: { job: ImportJob }) {
  const { t, i18n } = useTranslation(NS);
  const number = new Intl.NumberFormat(i18n.language);
  const rows = number.format(job.rows_total || job.rows_read);
  switch (job.state) {
    case "queued":
    case "reading":
    case "applying": {
      const { done, total } = job;
      return (
        <div role="status">
          <strong>{t(`result.${job.state}`)}</strong> <span className="hc-num hc-muted">{total > 0 ? `${number.format(done)} / ${number.format(total)}` : number.format(done)}</span>
          <Progress percent={total > 0 ? Math.floor((done / total) * 100) : 0} status="active" showInfo={total > 0} />
        </div>
      );
    }
    case "validated":
      return job.rows_bad === 0 ? (
        <Alert type="success" showIcon title={t("result.checked", { rows })} />
      ) : (
        <Alert type="warning" showIcon title={t("result.checkedBad", { rows, bad: number.format(job.rows_bad) })} description={job.on_error === "stop" ? t("result.checkedBadStop") : undefined} />
      );
    case "done":
      return (
        <Alert
          type="success"
          showIcon
          title={t("result.done", { created: number.format(job.created_count), updated: number.format(job.updated_count), unchanged: number.format(job.unchanged_count), skipped: number.format(job.skipped_count) })}
          description={job.message || undefined}
        />
      );
    case "failed":
      return <Alert type="error" showIcon title={t("result.failed")} description={job.message || undefined} />;
    case "cancelled":
      return <Alert type="info" showIcon title={t("result.cancelled")} description={job.message || undefined} />;
  }
}

export default function ImportPage() {
  const { t } = useTranslation(NS);
  const { id = "" } = useParams();
  const { modal } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const [busy, setBusy] = useState<string | null>(null);
  const query = useQuery({
    queryKey: ["detail", "import", id],
    queryFn: ({ signal }) => api.get<ImportJob>(`/imports/${id}`, undefined, signal),
    refetchInterval: (one) => (one.state.data && isRunning(one.state.data) ? 1_000 : false),
  });
  const job = query.data;
  if (query.isError && !job) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!job) return <Skeleton active style={{ padding: 24 }} />;

  const act = async (code: "apply" | "cancel", body: Record<string, unknown> = {}) => {
    setBusy(code);
    try {
      await api.post(`/imports/${job.id}/${code}`, body);
      await client.invalidateQueries({ queryKey: ["detail", "import"] });
      void client.invalidateQueries({ queryKey: ["jobs"] });
    } catch (error) {
      report(error);
    } finally {
      setBusy(null);
    }
  };
  const mayApply = job.state === "validated";
  const skipping = job.rows_bad > 0;
  const apply = () =>
    skipping
      ? void modal.confirm({ title: t("applySkip"), content: t("applySkipText", { bad: job.rows_bad }), okText: t("applySkip"), cancelText: t("action.back"), onOk: () => act("apply", { on_error: "skip" }) })
      : void act("apply");
  const tone = importTone(job.state);
  return (
    <>
      <PageHeader
        titleText={job.file_name}
        title={<span className="hc-row">{job.file_name} <StateTag state={job.state} ns={NS} {...(tone ? { tone } : {})} /></span>}
        actions={
          <>
            {job.rows_bad > 0 ? <Button icon={<DownloadOutlined />} href={apiUrl(`/imports/${job.id}/errors.csv`)} download>{t("findingsFile")}</Button> : null}
            {isRunning(job) || job.state === "validated" ? (
              <Button
                danger
                loading={busy === "cancel"}
                onClick={() =>
                  void modal.confirm({ title: t("cancel"), content: t("cancelText"), okText: t("cancel"), okButtonProps: { danger: true }, cancelText: t("action.back"), onOk: () => act("cancel") })
                }
              >
                {t("cancel")}
              </Button>
            ) : null}
            {mayApply ? <Button type="primary" loading={busy === "apply"} onClick={apply}>{t(skipping ? "applySkip" : "apply")}</Button> : null}
            {isRunning(job) || mayApply ? null : <Link to={`/imports/new?kind=${job.kind}`}><Button type={job.state === "done" ? "default" : "primary"}>{t("again")}</Button></Link>}
          </>
        }
      />
      <PageBody>
        <Section>
          <div className="hc-stack" style={{ paddingTop: 12 }}>
            <Steps
              size="small"
              current={stepOf(job)}
              status={job.state === "failed" ? "error" : job.state === "done" ? "finish" : "process"}
              items={[{ title: t("steps.upload") }, { title: t("steps.mapping") }, { title: t("steps.check") }, { title: t("steps.apply") }]}
            />
            <Summary job={job} />
            <Facts
              facts={[
                { label: t("facts.kind"), value: job.title },
                { label: t("facts.by"), value: job.created_by },
                { label: t("facts.at"), value: <DateTime value={job.created_at} mode="absolute" /> },
                { label: t("facts.finished"), value: <DateTime value={job.finished_at} mode="absolute" /> },
                { label: t("facts.onError"), value: t(job.on_error === "stop" ? "onErrorStop" : "onErrorSkip") },
              ]}
            />
          </div>
        </Section>
        <KpiRow>
          <Kpi label={t("col.rows")} value={job.rows_total || job.rows_read} />
          <Kpi label={t("col.bad")} value={job.rows_bad} tone="red" />
          <Kpi label={t("col.created")} value={job.created_count} />
          <Kpi label={t("col.updated")} value={job.updated_count} />
          <Kpi label={t("col.unchanged")} value={job.unchanged_count} />
          <Kpi label={t("col.skipped")} value={job.skipped_count} tone="orange" />
        </KpiRow>
        {isRunning(job) ? null : (
          <Section title={t("findings")} flush extra={job.findings_left_off ? <span className="hc-muted">{t("findingsLeftOff", { count: job.findings_left_off })}</span> : null}>
            <Findings key={job.state} job={job} />
          </Section>
        )}
      </PageBody>
    </>
  );
}
