import { DownloadOutlined, LeftOutlined, ReloadOutlined, RightOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown, Select, Skeleton, Table, Tooltip, type TableColumnType } from "antd";
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, type Id, type Page, type Query } from "@/api";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { cx } from "@/shared/ui/cx";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { PageHeader } from "@/shared/ui/PageHeader";
import { BulkBar } from "./BulkBar";
import { FilterBar } from "./FilterBar";
import css from "./list.module.css";
import { StatusTabs } from "./StatusTabs";
import type { ListPageProps } from "./types";
import { useListPrefs } from "./useListPrefs";
import { useListState } from "./useListState";
import { ColumnMenu, SavedViews } from "./ViewMenu";

const LIMITS = [50, 100, 200, 500];
const NO_ROWS: never[] = [];

function useHeight(): [(node: HTMLDivElement | null) => void, number] {
  const [height, setHeight] = useState(480);
  const observer = useRef<ResizeObserver | null>(null);
  const ref = useCallback((node: HTMLDivElement | null) => {
    observer.current?.disconnect();
    if (!node) return;
    observer.current = new ResizeObserver(() => setHeight(node.clientHeight));
    observer.current.observe(node);
  }, []);
  return [ref, height];
}

/**
 * The one list: status tabs with counts, filters, saved views, table, bulk bar, export, cursor paging.
 *
 * All state is in the URL (`tab`, `q`, `sort`, `cursor`, `open`, and each filter by its key), so every view can
 * be bookmarked and Back works. Rows move with ↑ ↓, open with Enter, select with Space.
 */
export function ListPage<Row extends object>(props: ListPageProps<Row>) {
  const { id, path, columns, rowId, tabs, filters = [], warehouseParam = null } = props;
  const { t } = useTranslation();
  const { me, can } = useSession();
  const { warehouse } = useScope();
  const { message } = App.useApp();
  const report = useReportProblem();
  const client = useQueryClient();
  const state = useListState();
  const { prefs, update } = useListPrefs(id, me.user.id);
  const [selected, setSelected] = useState<Id[]>([]);
  const [names, setNames] = useState<Record<string, string>>({});
  const [cursorRow, setCursorRow] = useState(-1);
  const [measure, height] = useHeight();
  const frame = useRef<HTMLDivElement>(null);

  const limit = prefs.limit ?? 50;
  const density = prefs.density ?? "small";
  const activeTab = state.tab ?? props.defaultTab ?? tabs?.[0]?.key ?? "";

  const scopeQuery = useMemo<Query>(
    () => ({ ...props.baseQuery, ...(warehouseParam === null || !warehouse ? {} : { [warehouseParam]: warehouse.id }) }),
    [props.baseQuery, warehouse, warehouseParam],
  );
  const query = useMemo<Query>(() => {
    const tab = tabs?.find((one) => one.key === activeTab);
    const known = new Set(filters.flatMap((filter) => (filter.type === "dates" ? [filter.fromKey, filter.toKey] : [filter.key])));
    const chosen = Object.fromEntries(Object.entries(state.filters).filter(([key]) => known.has(key)));
    return {
      ...scopeQuery,
      ...(tab ? (tab.query ?? { [props.tabParam ?? "tab"]: tab.key }) : {}),
      ...chosen,
      ...(state.q ? { q: state.q } : {}),
      sort: state.sort || props.defaultSort,
    };
  }, [tabs, activeTab, filters, state.filters, state.q, state.sort, props.tabParam, props.defaultSort, scopeQuery]);

  const list = useQuery({
    queryKey: ["list", path, query, state.cursor, limit],
    queryFn: ({ signal }) => api.get<Page<Row>>(path, { ...query, cursor: state.cursor, limit }, signal),
    placeholderData: keepPreviousData,
    ...(props.refreshEvery === undefined ? {} : { refetchInterval: props.refreshEvery }),
  });
  const rows = list.data?.items ?? (NO_ROWS);
  const nextCursor = list.data?.next_cursor ?? null;
  // Rows of another query shown while the right ones load: not to be acted on.
  const stale = list.isPlaceholderData;

  // A selection belongs to what was searched for; another tab or filter starts anew.
  const selectionKey = JSON.stringify(query);
  const [seenKey, setSeenKey] = useState(selectionKey);
  if (seenKey !== selectionKey) {
    setSeenKey(selectionKey);
    setSelected([]);
    setCursorRow(-1);
  }

  useEffect(() => {
    frame.current?.querySelector(".ant-table-body, .ant-table-tbody-virtual-holder")?.scrollTo({ top: 0 });
  }, [state.cursor, selectionKey]);

  const hidden = useMemo(() => prefs.hidden ?? columns.filter((column) => column.hidden).map((column) => column.key), [prefs.hidden, columns]);
  const [sortField, descending] = (state.sort || props.defaultSort || "").startsWith("-")
    ? [(state.sort || props.defaultSort || "").slice(1), true]
    : [state.sort || props.defaultSort || "", false];

  const shown = columns.filter((column) => !hidden.includes(column.key));
  const tableColumns = shown.map<TableColumnType<Row>>((column) => ({
    key: column.key,
    title: column.title,
    width: column.width ?? 140,
    align: column.align ?? "left",
    ellipsis: true,
    ...(column.fixed ? { fixed: column.fixed } : {}),
    ...(column.align === "right" ? { className: "hc-num" } : {}),
    ...(column.sort
      ? { sorter: true, sortOrder: column.sort === sortField ? (descending ? "descend" : "ascend") : null, showSorterTooltip: false }
      : {}),
    render: (_: unknown, row: Row): ReactNode => column.render(row),
  }));
  const width = shown.reduce((all, column) => all + (column.width ?? 140), props.bulkActions ? 44 : 0);

  const open = (row: Row) => {
    if (props.onOpen) props.onOpen(row);
    else if (props.drawer) state.setOpen(String(rowId(row)));
  };

  const select = (ids: Id[]) => {
    setSelected(ids);
    const name = props.rowName;
    if (name) setNames((before) => ({ ...before, ...Object.fromEntries(rows.map((row) => [String(rowId(row)), name(row)])) }));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (target.closest("input:not([type=checkbox]), textarea, button, a, [role=combobox], .ant-drawer, .ant-modal") && target !== frame.current) return;
    const row = rows[cursorRow];
    const go = (to: number) => {
      event.preventDefault();
      const next = Math.max(0, Math.min(rows.length - 1, to));
      setCursorRow(next);
      frame.current?.querySelector(`[data-row-index="${next}"]`)?.scrollIntoView({ block: "nearest" });
    };
    if (event.key === "ArrowDown") go(cursorRow + 1);
    else if (event.key === "ArrowUp") go(cursorRow - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(rows.length - 1);
    else if (event.key === "Enter" && row) {
      event.preventDefault();
      open(row);
    } else if (event.key === " " && row && props.bulkActions) {
      event.preventDefault();
      const one = rowId(row);
      select(selected.includes(one) ? selected.filter((other) => other !== one) : [...selected, one]);
    } else if (event.key === "Escape" && selected.length > 0) setSelected([]);
  };

  const exportFile = (format: "csv" | "xlsx") => {
    if (!props.exportPath) return;
    void message.info(t("list.exportStarted"));
    api.download(props.exportPath, { ...query, format }, `${id}.${format}`).catch(report);
  };

  const refresh = () => void client.invalidateQueries({ queryKey: ["list"] });
  const filtered = state.q !== "" || Object.keys(state.filters).length > 0;
  const first = state.pageNumber === null ? null : (state.pageNumber - 1) * limit + 1;

  const tools = (
    <div className={css.tools}>
      <SavedViews views={prefs.views ?? []} onChange={(views) => update({ views })} />
      <ColumnMenu
        columns={columns.map((column) => ({ key: column.key, label: column.label ?? (typeof column.title === "string" ? column.title : column.key) }))}
        hidden={hidden}
        density={density}
        onHidden={(next) => update({ hidden: next })}
        onDensity={(next) => update({ density: next })}
        onReset={() => update({ hidden: columns.filter((column) => column.hidden).map((column) => column.key), density: "small" })}
      />
      <Tooltip title={t("action.refresh")}>
        <Button icon={<ReloadOutlined spin={list.isFetching && !list.isLoading} />} aria-label={t("action.refresh")} onClick={refresh} />
      </Tooltip>
      {props.exportPath && can(props.exportPermission) ? (
        <Dropdown
          menu={{
            items: [
              { key: "xlsx", label: t("action.exportXlsx") },
              { key: "csv", label: t("action.exportCsv") },
            ],
            onClick: ({ key }) => exportFile(key as "csv" | "xlsx"),
          }}
        >
          <Button icon={<DownloadOutlined />}>{t("action.export")}</Button>
        </Dropdown>
      ) : null}
    </div>
  );

  let body: ReactNode;
  if (list.isError && !list.data) body = <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  else if (list.isLoading)
    body = (
      <div className={css.skeleton} aria-busy>
        {Array.from({ length: 12 }, (_, index) => (
          <Skeleton key={index} active title={false} paragraph={{ rows: 1, width: "100%" }} />
        ))}
      </div>
    );
  else if (rows.length === 0)
    body = filtered ? (
      <EmptyState
        title={t("list.emptyFiltered")}
        hint={t("list.emptyFilteredHint")}
        action={<Button onClick={() => state.change(Object.fromEntries([["q", null], ...Object.keys(state.filters).map((key) => [key, null])]) as Record<string, null>)}>{t("list.clearFilters")}</Button>}
      />
    ) : (
      <EmptyState {...props.empty} />
    );
  else
    body = (
      <Table<Row>
        rowKey={(row) => String(rowId(row))}
        size={density}
        virtual={rows.length > 60}
        sticky={false}
        pagination={false}
        columns={tableColumns}
        dataSource={rows}
        scroll={{ x: width, y: Math.max(160, height - (density === "small" ? 36 : density === "medium" ? 42 : 54)) }}
        rowClassName={(row, index) =>
          cx(
            css.row,
            index === cursorRow && css.rowCursor,
            state.open === String(rowId(row)) && css.rowOpen,
            props.rowTone?.(row) === "red" && css.rowRed,
            props.rowTone?.(row) === "orange" && css.rowOrange,
          )
        }
        onRow={(row, index) => ({
          "data-row-index": index,
          "aria-selected": selected.includes(rowId(row)),
          onClick: (event) => {
            const target = event.target as HTMLElement;
            // A menu or dialog opened from a cell lies elsewhere in the page; its clicks are not the row's.
            if (!(event.currentTarget as HTMLElement).contains(target)) return;
            const choosing = (globalThis.getSelection()?.toString() ?? "") !== "";
            setCursorRow(index ?? -1);
            if (!choosing && !target.closest("a, button, input, .ant-table-selection-column, label")) open(row);
          },
        })}
        {...(props.bulkActions
          ? {
              rowSelection: {
                columnWidth: 44,
                selectedRowKeys: selected.map(String),
                preserveSelectedRowKeys: true,
                onChange: (keys: React.Key[]) => {
                  const byKey = new Map([...selected, ...rows.map(rowId)].map((one) => [String(one), one]));
                  select(keys.map((key) => byKey.get(String(key)) ?? String(key)));
                },
              },
            }
          : {})}
        onChange={(_pages, _filters, sorter) => {
          const one = Array.isArray(sorter) ? sorter[0] : sorter;
          const field = columns.find((column) => column.key === one?.columnKey)?.sort;
          if (!field || !one?.order) state.change({ sort: null });
          else state.change({ sort: one.order === "descend" ? `-${field}` : field });
        }}
      />
    );

  return (
    <div className={cx(css.page, props.embedded && css.embedded)}>
      {props.embedded ? null : (
        <PageHeader title={props.title} hint={props.hint} actions={props.primaryAction} />
      )}
      {tabs ? (
        <StatusTabs
          tabs={tabs}
          active={activeTab}
          countsPath={props.countsPath}
          query={scopeQuery}
          label={props.title}
          onChange={(key) => state.change({ tab: key })}
        />
      ) : null}
      <div className={css.bar}>
        {selected.length > 0 && props.bulkActions ? null : <FilterBar state={state} filters={filters} search={props.search} />}
        {props.bulkActions ? (
          <BulkBar
            actions={props.bulkActions}
            selected={selected}
            nameOf={(one) => names[String(one)] ?? String(one)}
            onClear={() => setSelected([])}
            onDone={(failed) => {
              setSelected(failed);
              refresh();
              void client.invalidateQueries({ queryKey: ["detail"] });
            }}
          />
        ) : null}
        {selected.length > 0 && props.bulkActions ? null : tools}
      </div>
      {list.isError && list.data ? (
        <div className={css.notice} role="alert">{t("error.network")} <button type="button" className="hc-linkish" onClick={() => void list.refetch()}>{t("action.retry")}</button></div>
      ) : null}
      <div
        ref={(node) => {
          frame.current = node;
          measure(node);
        }}
        className={cx(css.frame, stale && css.stale)}
        tabIndex={0}
        role="group"
        aria-label={t("list.table", { title: props.title })}
        aria-describedby={`${id}-keys`}
        onKeyDown={onKeyDown}
      >
        {body}
      </div>
      <footer className={css.footer}>
        <span id={`${id}-keys`} className={css.keys}>{t("list.keys")}</span>
        <span className="hc-num">
          {rows.length === 0 ? null : first === null ? t("list.shown", { count: rows.length }) : t("list.range", { from: first, to: first + rows.length - 1 })}
        </span>
        <Select
          size="small"
          variant="borderless"
          aria-label={t("list.perPage", { count: limit })}
          value={limit}
          onChange={(next) => {
            update({ limit: next });
            state.change({});
          }}
          options={LIMITS.map((value) => ({ value, label: t("list.perPage", { count: value }) }))}
        />
        <Button size="small" icon={<LeftOutlined />} disabled={!state.hasPrevious || stale} onClick={state.previousPage}>
          {t("list.previousPage")}
        </Button>
        <Button size="small" icon={<RightOutlined />} iconPlacement="end" disabled={nextCursor === null || stale} onClick={() => nextCursor !== null && state.nextPage(nextCursor)}>
          {t("list.nextPage")}
        </Button>
      </footer>
      {state.open !== null && props.drawer ? props.drawer(state.open, () => state.setOpen(null)) : null}
    </div>
  );
}
