import { CloudUploadOutlined, DownloadOutlined, FileExcelOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Form, Input, Radio, Select, Skeleton, Table, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { api, apiUrl } from "@/api";
import { cx } from "@/shared/ui/cx";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import css from "./imports.module.css";
import NS from "./locale";
import { compactMapping, missingColumns, missingOptions, type Mapping } from "./mapping";
import type { ImportColumn, ImportJob, ImportKind, ImportOption, ImportPreview } from "./types";
import { useKinds } from "./useKinds";

function OptionField({ option, value, onChange }: { option: ImportOption; value: string; onChange: (value: string) => void }) {
  const label = option.title;
  if (option.kind === "flag") return <Checkbox checked={value !== ""} onChange={(event) => onChange(event.target.checked ? "1" : "")}>{label}</Checkbox>;
  return (
    <Form.Item label={label} help={option.help} required={option.required} layout="vertical">
      {option.kind === "choice" ? (
        <Select value={value || null} onChange={onChange} options={option.choices.map((choice) => ({ value: choice.value, label: choice.title }))} showSearch={{ optionFilterProp: "label" }} style={{ width: 280 }} />
      ) : (
        <Input value={value} onChange={(event) => onChange(event.target.value)} style={{ width: 280 }} />
      )}
    </Form.Item>
  );
}

function MappingTable({ kind, preview, mapping, onChange }: { kind: ImportKind; preview: ImportPreview; mapping: Mapping; onChange: (mapping: Mapping) => void }) {
  const { t } = useTranslation(NS);
  const sample = (heading: string | undefined) => {
    if (!heading) return "";
    const at = preview.headings.indexOf(heading);
    return preview.rows.map((row) => row[at] ?? "").find((cell) => cell !== "") ?? "";
  };
  const set = (part: "columns" | "constants", name: string, value: string) => onChange({ ...mapping, [part]: { ...mapping[part], [name]: value } });
  return (
    <Table<ImportColumn>
      size="small"
      rowKey="name"
      pagination={false}
      dataSource={kind.columns}
      columns={[
        {
          title: t("ours"), width: 260,
          render: (_, column) => (
            <div>
              <strong>{column.heading}</strong> <span className="hc-faint hc-mono">{column.name}</span>
              {column.required ? <span className={css.required}> {t("required")}</span> : null}
              {column.help ? <div className="hc-muted">{column.help}</div> : null}
            </div>
          ),
        },
        {
          title: t("theirs"), width: 240,
          render: (_, column) => (
            <Select
              allowClear
              showSearch={{ optionFilterProp: "label" }}
              style={{ width: 220 }}
              aria-label={`${t("theirs")} ${column.name}`}
              placeholder={t("notMapped")}
              status={column.required && !mapping.columns[column.name] && !mapping.constants[column.name] ? "error" : ""}
              value={mapping.columns[column.name] || null}
              options={preview.headings.filter((heading) => heading !== "").map((heading) => ({ value: heading, label: heading }))}
              onChange={(heading: string | null | undefined) => set("columns", column.name, heading ?? "")}
            />
          ),
        },
        {
          title: t("constant"), width: 180,
          render: (_, column) => (
            <Input
              aria-label={`${t("constant")} ${column.name}`}
              value={mapping.constants[column.name] ?? ""}
              placeholder={mapping.columns[column.name] ? "" : (column.example ?? "")}
              onChange={(event) => set("constants", column.name, event.target.value)}
            />
          ),
        },
        { title: t("sample"), render: (_, column) => <span className="hc-muted">{sample(mapping.columns[column.name])}</span> },
      ]}
    />
  );
}

export default function NewImportPage() {
  const { t } = useTranslation(NS);
  const navigate = useNavigate();
  const client = useQueryClient();
  const report = useReportProblem();
  const [params, setParams] = useSearchParams();
  const kinds = useKinds();
  const [file, setFile] = useState<File | null>(null);
  const [edited, setEdited] = useState<Mapping | null>(null);
  const [onError, setOnError] = useState<"stop" | "skip">("stop");
  const [busy, setBusy] = useState(false);
  // How the file is to be read, where the guess is wrong: encoding, sheet.
  const [reading, setReading] = useState<Record<string, string>>({});

  const kind = kinds.data?.find((one) => one.kind === params.get("kind"));
  const preview = useQuery({
    queryKey: ["imports", "preview", kind?.kind, file?.name, file?.size, file?.lastModified, reading],
    queryFn: () => {
      const form = new FormData();
      form.set("kind", kind?.kind ?? "");
      if (file) form.set("file", file);
      form.set("options", JSON.stringify(reading));
      return api.post<ImportPreview>("/imports/preview", form);
    },
    enabled: kind !== undefined && file !== null,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });

  const mapping: Mapping = edited ?? { columns: preview.data?.mapping ?? {}, constants: preview.data?.constants ?? {}, options: { ...Object.fromEntries(kind?.options.map((option) => [option.name, option.default]) ?? []), ...preview.data?.options } };
  const missing = kind ? [...missingColumns(kind.columns, mapping).map((column) => column.heading), ...missingOptions(kind.options, mapping).map((option) => option.title)] : [];

  const start = async () => {
    if (!kind || !file) return;
    setBusy(true);
    const form = new FormData();
    form.set("kind", kind.kind);
    form.set("file", file);
    form.set("dry_run", "true");
    form.set("on_error", onError);
    form.set("mapping", JSON.stringify(compactMapping({ ...mapping, options: { ...mapping.options, ...reading } })));
    try {
      const job = await api.post<ImportJob>("/imports", form);
      void client.invalidateQueries({ queryKey: ["jobs"] });
      void navigate(`/imports/${job.id}`);
    } catch (error) {
      report(error);
      setBusy(false);
    }
  };

  if (kinds.isError) return <ErrorState error={kinds.error} onRetry={() => void kinds.refetch()} />;
  return (
    <>
      <PageHeader title={t("newTitle")} hint={t("checkHint")} />
      <PageBody>
        <Section title={t("kinds")}>
          {kinds.isLoading ? <Skeleton active /> : null}
          <div className={css.kinds} role="radiogroup" aria-label={t("kinds")}>
            {kinds.data?.map((one) => (
              <div key={one.kind} className={cx(css.kind, one.kind === kind?.kind && css.kindActive)}>
                <button
                  type="button"
                  role="radio"
                  aria-checked={one.kind === kind?.kind}
                  onClick={() => {
                    setEdited(null);
                    setParams({ kind: one.kind }, { replace: true });
                  }}
                >
                  <FileExcelOutlined aria-hidden />
                  <strong>{one.title}</strong>
                  <span className="hc-faint">{t("columnsCount", { count: one.columns.length })}</span>
                </button>
                <a href={apiUrl(`/imports/kinds/${one.kind}/template.csv`)} download><DownloadOutlined aria-hidden /> {t("template")}</a>
              </div>
            ))}
          </div>
        </Section>
        {kind ? (
          <Section title={t("file")}>
            <Upload.Dragger
              accept=".csv,.xlsx,.txt,.tsv"
              maxCount={1}
              showUploadList={false}
              beforeUpload={(chosen) => {
                setFile(chosen);
                setEdited(null);
                setReading({});
                return false;
              }}
            >
              <p className={css.dropIcon}><CloudUploadOutlined aria-hidden /></p>
              <p><strong>{file ? file.name : t("dropTitle")}</strong></p>
              <p className="hc-muted">{file ? t("change") : t("dropHint")}</p>
            </Upload.Dragger>
            {preview.isFetching ? <Skeleton active paragraph={{ rows: 3 }} /> : null}
            {preview.isError ? <ErrorState error={preview.error} onRetry={() => void preview.refetch()} /> : null}
          </Section>
        ) : null}
        {kind && preview.data ? (
          <>
            <Section title={t("preview")} flush
              extra={
                <span className="hc-row">
                  <span className="hc-faint">{t("previewRows", { count: Math.min(5, preview.data.rows.length) })}</span>
                  {preview.data.sheets.length > 1 ? (
                    <Select
                      size="small"
                      aria-label={t("sheet")}
                      style={{ width: 160 }}
                      value={preview.data.sheet}
                      options={preview.data.sheets.map((sheet) => ({ value: sheet, label: sheet }))}
                      onChange={(sheet) => {
                        setEdited(null);
                        setReading({ ...reading, sheet });
                      }}
                    />
                  ) : null}
                  {preview.data.encoding ? (
                    <Select
                      size="small"
                      aria-label={t("encoding")}
                      style={{ width: 130 }}
                      value={preview.data.encoding}
                      options={[...new Set([preview.data.encoding, "utf-8", "gb18030", "utf-16", "big5"])].map((value) => ({ value, label: value }))}
                      onChange={(encoding) => {
                        setEdited(null);
                        setReading({ ...reading, encoding });
                      }}
                    />
                  ) : null}
                </span>
              }
            >
              <div className={css.preview}>
                <table>
                  <thead>
                    <tr>{preview.data.headings.map((heading, index) => <th key={index}>{heading}</th>)}</tr>
                  </thead>
                  <tbody>
                    {preview.data.rows.slice(0, 5).map((row, index) => (
                      <tr key={index}>{row.map((cell, at) => <td key={at}>{cell}</td>)}</tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </Section>
            <Section title={t("mapping")} extra={<span className="hc-muted">{t("mappingHint")}</span>} flush>
              <MappingTable kind={kind} preview={preview.data} mapping={mapping} onChange={setEdited} />
            </Section>
            <Section title={t("options")}>
              <div className="hc-stack">
                {kind.options.map((option) => (
                  <OptionField key={option.name} option={option} value={mapping.options[option.name] ?? ""} onChange={(value) => setEdited({ ...mapping, options: { ...mapping.options, [option.name]: value } })} />
                ))}
                <div>
                  <div className="hc-muted">{t("onError")}</div>
                  <Radio.Group
                    value={onError}
                    onChange={(event) => setOnError(event.target.value === "skip" ? "skip" : "stop")}
                    options={[
                      { value: "stop", label: t("onErrorStop") },
                      { value: "skip", label: t("onErrorSkip") },
                    ]}
                  />
                </div>
                {missing.length > 0 ? <Alert type="warning" showIcon title={t("missing", { count: missing.length, names: missing.join(", ") })} /> : null}
                <div className="hc-row">
                  <Button type="primary" size="large" disabled={missing.length > 0} loading={busy} onClick={() => void start()}>{t("check")}</Button>
                  <span className="hc-muted">{t("checkHint")}</span>
                </div>
              </div>
            </Section>
          </>
        ) : null}
      </PageBody>
    </>
  );
}
