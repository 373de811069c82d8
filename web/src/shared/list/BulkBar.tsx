import { App, Button, Modal, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, newKey, type BulkResult, type Id } from "@/api";
import { useSession } from "@/shared/session/session";
import { useReportProblem } from "@/shared/ui/ErrorState";
import css from "./list.module.css";
import type { BulkAction } from "./types";

interface BulkBarProps {
  actions: BulkAction[];
  selected: Id[];
  nameOf: (id: Id) => string;
  onClear: () => void;
  /** After an action: which of the selected did not succeed. */
  onDone: (failed: Id[]) => void;
}

interface Report {
  action: string;
  done: number;
  failed: { id: Id; reason: string }[];
}

/** Appears with a selection; runs an action on it and reports each row that did not succeed. */
export function BulkBar({ actions, selected, nameOf, onClear, onDone }: BulkBarProps) {
  const { t } = useTranslation();
  const { can } = useSession();
  const { modal, message } = App.useApp();
  const reportProblem = useReportProblem();
  const [busy, setBusy] = useState<string | null>(null);
  const [report, setReport] = useState<Report | null>(null);

  const run = async (action: BulkAction) => {
    let extra: Record<string, unknown> | null = {};
    if (action.ask) extra = await action.ask();
    else if (action.confirm) {
      const yes = await modal.confirm({
        title: typeof action.confirm === "string" ? action.confirm : t("bulk.confirm", { count: selected.length, action: action.label }),
        okText: action.label,
        cancelText: t("action.cancel"),
        okButtonProps: { danger: action.danger ?? false },
      });
      if (!yes) return;
    }
    if (extra === null) return;
    setBusy(action.code);
    try {
      const answer = await api.post<Partial<BulkResult>>(action.path, { ids: selected, ...extra }, { idempotencyKey: newKey() });
      // An operation that is all or none answers no rows: it was all.
      const results = answer.results ?? selected.map((id): BulkResult["results"][number] => ({ id, ok: true }));
      const failed = results.filter((row) => !row.ok).map((row) => ({ id: row.id, reason: row.message ?? row.code ?? "" }));
      const done = results.length - failed.length;
      if (failed.length === 0) void message.success(t("bulk.allDone", { action: action.label, count: done }));
      else setReport({ action: action.label, done, failed });
      onDone(failed.map((row) => row.id));
    } catch (error) {
      reportProblem(error);
    } finally {
      setBusy(null);
    }
  };

  return (
    <>
      {selected.length > 0 ? (
        <div className={css.bulk} role="region" aria-label={t("list.bulk")}>
          <strong aria-live="polite">{busy ? t("bulk.working", { count: selected.length }) : t("list.selected", { count: selected.length })}</strong>
          {actions
            .filter((action) => can(action.permission))
            .map((action) => (
              <Button
                key={action.code}
                size="small"
                type={action.primary ? "primary" : "default"}
                danger={action.danger ?? false}
                icon={action.icon}
                loading={busy === action.code}
                disabled={busy !== null && busy !== action.code}
                onClick={() => void run(action)}
              >
                {action.label}
              </Button>
            ))}
          <Button size="small" type="text" onClick={onClear}>{t("list.clearSelection")}</Button>
        </div>
      ) : null}
      <Modal
        open={report !== null}
        width={640}
        title={report ? t("bulk.title", { action: report.action }) : ""}
        onCancel={() => setReport(null)}
        footer={<Button type="primary" onClick={() => setReport(null)}>{t("action.close")}</Button>}
      >
        {report ? (
          <div className="hc-stack">
            <div>
              {t("bulk.done", { count: report.done })} · <strong>{t("bulk.failed", { count: report.failed.length })}</strong>
              <div className="hc-muted">{t("bulk.failedHint")}</div>
            </div>
            <Table
              size="small"
              rowKey="id"
              pagination={false}
              scroll={{ y: 320 }}
              dataSource={report.failed}
              columns={[
                { title: t("bulk.record"), width: 200, render: (_, row) => nameOf(row.id) },
                { title: t("bulk.reason"), dataIndex: "reason" },
              ]}
            />
          </div>
        ) : null}
      </Modal>
    </>
  );
}
