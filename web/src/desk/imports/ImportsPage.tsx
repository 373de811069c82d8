import { CloudUploadOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { DateTime, Quantity } from "@/shared/format/format";
import { ListPage } from "@/shared/list/ListPage";
import type { ListColumn, ListFilter } from "@/shared/list/types";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import type { ImportJob } from "./types";
import { useKinds } from "./useKinds";

/** Colours of import states: what waits for a person is orange. */
export function importTone(state: string) {
  return state === "validated" ? ("orange" as const) : ["reading", "applying"].includes(state) ? ("blue" as const) : undefined;
}

export default function ImportsPage() {
  const { t } = useTranslation(NS);
  const navigate = useNavigate();
  const kinds = useKinds();

  const columns = useMemo<ListColumn<ImportJob>[]>(() => {
    return [
      { key: "file", title: t("col.file"), width: 260, render: (job) => job.file_name },
      { key: "kind", title: t("col.kind"), width: 120, render: (job) => job.title },
      {
        key: "state", title: t("col.state"), width: 170,
        render: (job) => {
          const tone = importTone(job.state);
          return (
            <span className="hc-row" style={{ gap: 4 }}>
              <StateTag state={job.state} ns={NS} {...(tone ? { tone } : {})} />
              {job.dry_run && job.state === "done" ? <ToneTag tone="grey" icon={false}>{t("dryRunOnly")}</ToneTag> : null}
            </span>
          );
        },
      },
      { key: "rows", title: t("col.rows"), width: 90, align: "right", render: (job) => <Quantity value={job.rows_total || job.rows_read} /> },
      { key: "bad", title: t("col.bad"), width: 90, align: "right", render: (job) => <Quantity value={job.rows_bad} /> },
      { key: "created", title: t("col.created"), width: 90, align: "right", render: (job) => <Quantity value={job.created_count} /> },
      { key: "updated", title: t("col.updated"), width: 90, align: "right", render: (job) => <Quantity value={job.updated_count} /> },
      { key: "unchanged", title: t("col.unchanged"), width: 90, align: "right", hidden: true, render: (job) => <Quantity value={job.unchanged_count} /> },
      { key: "by", title: t("col.by"), width: 120, render: (job) => job.created_by },
      { key: "at", title: t("col.at"), width: 120, sort: "created_at", render: (job) => <DateTime value={job.created_at} /> },
    ];
  }, [t]);

  const filters = useMemo<ListFilter[]>(
    () => [
      { key: "kind", label: t("kind"), type: "select", options: (kinds.data ?? []).map((kind) => ({ value: kind.kind, label: kind.title })) },
      { key: "state", label: t("col.state"), type: "select", multiple: true, options: ["queued", "reading", "validated", "applying", "done", "failed", "cancelled"].map((state) => ({ value: state, label: t(`state.${state}`) })) },
    ],
    [t, kinds.data],
  );

  const start = (
    <Link to="/imports/new">
      <Button type="primary" icon={<CloudUploadOutlined />}>{t("new")}</Button>
    </Link>
  );
  return (
    <ListPage<ImportJob>
      id="imports"
      title={t("title")}
      hint={t("hint")}
      path="/imports"
      columns={columns}
      filters={filters}
      defaultSort="-created_at"
      exportPath="/imports/export"
      rowId={(job) => job.id}
      onOpen={(job) => void navigate(`/imports/${job.id}`)}
      primaryAction={start}
      refreshEvery={5_000}
      empty={{ title: t("empty.title"), hint: t("empty.hint"), action: start }}
    />
  );
}
