import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api";
import { DateTime } from "@/shared/format/format";
import { useAsk } from "@/shared/form/useAsk";
import { ListPage } from "@/shared/list/ListPage";
import type { BulkAction, ListColumn, ListTab } from "@/shared/list/types";
import { useListState } from "@/shared/list/useListState";
import { useSession } from "@/shared/session/session";
import { cx } from "@/shared/ui/cx";
import { useReportProblem } from "@/shared/ui/ErrorState";
import { PageHeader } from "@/shared/ui/PageHeader";
import { ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import css from "./quality.module.css";
import type { Check, Finding } from "./types";
import { useFix } from "./useFix";

const STATES = ["open", "ignored", "fixed"] as const;

/** What the checks found: a card for each kind of trouble, and its rows to mend. */
export default function BoardPage() {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const report = useReportProblem();
  const ask = useAsk();
  const askFix = useFix();
  const state = useListState();
  const board = useQuery({ queryKey: ["quality", "board"], queryFn: () => api.get<{ checks: Check[] }>("/quality/board"), staleTime: 5_000 });
  const run = useMutation({
    mutationFn: () => api.post<{ found: Record<string, number> }>("/quality/run", {}),
    onSuccess: (answer) => {
      void message.success(t("ran", { count: Object.values(answer.found).reduce((sum, count) => sum + count, 0) }));
      void client.invalidateQueries({ queryKey: ["quality"] });
      void client.invalidateQueries({ queryKey: ["list"] });
    },
    onError: report,
  });
  const checks = useMemo(() => [...(board.data?.checks ?? [])].sort((a, b) => Number(b.open > 0) - Number(a.open > 0) || Number(b.severity === "error") - Number(a.severity === "error") || b.open - a.open), [board.data]);
  const troubled = checks.filter((check) => check.open > 0 || check.code === state.filters.check?.[0]);
  const chosen = checks.find((check) => check.code === state.filters.check?.[0]);
  const titles = useMemo(() => Object.fromEntries(checks.map((check) => [check.code, check.title])), [checks]);

  const columns = useMemo<ListColumn<Finding>[]>(
    () => [
      { key: "record", title: t("col.record"), width: 200, fixed: "left", sort: "label", render: (row) => <span className="hc-row" style={{ gap: 6 }}><span className="hc-faint">{t(`entity.${row.entity_kind}`, { defaultValue: row.entity_kind })}</span>{row.url ? <Link to={row.url} className="hc-num">{row.label}</Link> : <span className="hc-num">{row.label}</span>}</span> },
      { key: "check", title: t("col.check"), width: 220, render: (row) => <ToneTag tone={row.severity === "error" ? "red" : "orange"}>{titles[row.check_code] ?? row.check_code}</ToneTag> },
      { key: "message", title: t("col.message"), width: 420, render: (row) => row.message },
      { key: "related", title: t("col.related"), width: 130, render: (row) => <span className="hc-num">{row.related_label}</span> },
      { key: "suggestion", title: t("col.suggestion"), width: 170, render: (row) => <span className="hc-num">{Object.values(row.suggestion).join(" · ") || t("noSuggestion")}</span> },
      { key: "since", title: t("col.since"), width: 110, sort: "first_seen_at", render: (row) => <DateTime value={row.first_seen_at} /> },
      { key: "note", title: t("col.note"), width: 160, hidden: true, render: (row) => row.note },
    ],
    [t, titles],
  );
  const bulkActions = useMemo<BulkAction[]>(
    () => [
      ...(chosen?.fixes ?? []).filter((fix) => fix.allowed).map((fix, index) => ({ code: fix.code, label: fix.title, path: "/quality/findings/fix", permission: "quality.finding.fix", primary: index === 0, ask: () => askFix(chosen as Check, fix) })),
      { code: "ignore", label: t("ignore"), path: "/quality/findings/ignore", permission: "quality.finding.settle", ask: () => ask({ title: t("ignore"), okText: t("ignore"), note: { name: "note", label: t("ignoreNote"), required: true } }) },
      ...(state.tab === "ignored" ? [{ code: "reopen", label: t("reopen"), path: "/quality/findings/reopen", permission: "quality.finding.settle" }] : []),
    ],
    [t, ask, askFix, chosen, state.tab],
  );
  const tabs = useMemo<ListTab[]>(() => STATES.map((key) => ({ key, label: t(`state.${key}`), query: { state: key } })), [t]);
  const choose = (code: string | null) => state.change({ check: code === state.filters.check?.[0] ? null : code });

  return (
    <div className={css.page}>
      <PageHeader
        title={t("title")}
        hint={t("hint")}
        actions={
          <>
            {can("quality.coding.view") ? <Link to="/quality/coding"><Button>{t("coding")}</Button></Link> : null}
            {can("quality.check.run") ? <Button type="primary" loading={run.isPending} onClick={() => run.mutate()}>{t("run")}</Button> : null}
          </>
        }
      />
      <div className={css.cards} role="group" aria-label={t("all")}>
        {troubled.map((check) => (
          <button key={check.code} type="button" className={cx(css.card, check.severity === "error" ? css.error : css.warning, check.code === chosen?.code && css.chosen)} aria-pressed={check.code === chosen?.code} onClick={() => choose(check.code)}>
            <span className={css.count}>{check.open}</span>
            <span className={css.title}>{check.title}</span>
            <span className={css.more}>{check.suggested > 0 ? t("suggested", { count: check.suggested }) : t(`severity.${check.severity}`)}</span>
          </button>
        ))}
      </div>
      <div className={css.list}>
        <ListPage<Finding>
          embedded
          id="quality-findings"
          title={t("title")}
          path="/quality/findings"
          columns={columns}
          tabs={tabs}
          filters={[{ key: "check", label: t("col.check"), type: "select", width: 220, options: checks.map((check) => ({ value: check.code, label: check.title })) }]}
          search={t("search")}
          rowId={(row) => row.id}
          rowName={(row) => row.label}
          bulkActions={bulkActions}
          exportPath="/quality/findings/export"
          exportPermission="quality.finding.export"
          rowTone={(row) => (row.severity === "error" ? "red" : undefined)}
          empty={{ title: checks.some((check) => check.seen_at) ? t("allGood") : t("never"), hint: t("allGoodHint"), action: can("quality.check.run") ? <Button onClick={() => run.mutate()}>{t("run")}</Button> : null }}
        />
      </div>
    </div>
  );
}
