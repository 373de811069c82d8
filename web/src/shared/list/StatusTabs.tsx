import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, type Counts, type Query } from "@/api";
import { cx } from "@/shared/ui/cx";
import css from "./list.module.css";
import type { ListTab } from "./types";

interface StatusTabsProps {
  tabs: ListTab[];
  active: string;
  countsPath?: string | undefined;
  query?: Query;
  onChange: (key: string) => void;
  label: string;
}

/** Tabs by status with live counts; ← → move between them. */
export function StatusTabs({ tabs, active, countsPath, query, onChange, label }: StatusTabsProps) {
  const { i18n } = useTranslation();
  const counts = useQuery({
    queryKey: ["list", countsPath, "counts", query],
    queryFn: ({ signal }) => api.get<Counts>(countsPath ?? "", query, signal),
    enabled: countsPath !== undefined,
    refetchInterval: 30_000,
    placeholderData: keepPreviousData,
  });
  const number = new Intl.NumberFormat(i18n.language);

  const move = (step: number) => {
    const at = tabs.findIndex((tab) => tab.key === active);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    onChange(next.key);
    document.getElementById(`tab-${next.key}`)?.focus();
  };

  return (
    <div
      className={css.tabs}
      role="tablist"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key === "ArrowRight") move(1);
        if (event.key === "ArrowLeft") move(-1);
      }}
    >
      {tabs.map((tab) => {
        const count = counts.data?.counts[tab.countKey ?? tab.key];
        const selected = tab.key === active;
        return (
          <button
            key={tab.key}
            id={`tab-${tab.key}`}
            type="button"
            role="tab"
            aria-selected={selected}
            tabIndex={selected ? 0 : -1}
            className={cx(css.tab, selected && css.tabActive)}
            onClick={() => onChange(tab.key)}
          >
            {tab.label}
            {count ? (
              <span className={cx(css.count, tab.attention === true && count.count > 0 && css.countAttention)}>
                {number.format(count.count)}
                {count.capped ? "+" : ""}
              </span>
            ) : null}
          </button>
        );
      })}
    </div>
  );
}
