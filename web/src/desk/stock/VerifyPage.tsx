import { SafetyOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Table } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { Quantity } from "@/shared/format/format";
import { ErrorState } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { Verification } from "./types";

/** Recomputes every balance from the ledger and shows what differs. */
export default function VerifyPage() {
  const { t } = useTranslation(NS);
  const query = useQuery({
    queryKey: ["inventory", "verify"],
    queryFn: ({ signal }) => api.get<Verification>("/inventory/verify", undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const result = query.data;
  return (
    <>
      <PageHeader
        title={t("verify.title")}
        hint={t("verify.hint")}
        actions={<Button type="primary" icon={<SafetyOutlined />} loading={query.isFetching} onClick={() => void query.refetch()}>{t("verify.run")}</Button>}
      />
      <PageBody>
        {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
        {result ? (
          <Alert
            showIcon
            type={result.differences === 0 ? "success" : "error"}
            title={result.differences === 0 ? t("verify.ok", { count: result.checks.length, seconds: result.seconds.toFixed(2) }) : t("verify.bad", { count: result.differences })}
          />
        ) : null}
        <Section flush>
          <Table
            size="middle"
            rowKey="name"
            pagination={false}
            loading={query.isLoading}
            dataSource={result?.checks ?? []}
            expandable={{
              rowExpandable: (row) => row.samples.length > 0,
              expandedRowRender: (row) => <pre className="hc-mono">{row.samples.map((sample) => JSON.stringify(sample)).join("\n")}</pre>,
            }}
            columns={[
              { title: t("verify.check"), render: (_, row) => row.title || row.name },
              { title: t("verify.differences"), align: "right", width: 140, render: (_, row) => (row.differences === 0 ? <ToneTag tone="green">{"0"}</ToneTag> : <ToneTag tone="red">{row.differences}</ToneTag>) },
              { title: t("verify.seconds"), align: "right", width: 120, render: (_, row) => <Quantity value={Math.round(row.seconds * 1000) / 1000} /> },
            ]}
          />
        </Section>
      </PageBody>
    </>
  );
}
