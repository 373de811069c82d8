import { CloseOutlined, SearchOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Input, Select } from "antd";
import dayjs from "dayjs";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Page } from "@/api";
import css from "./list.module.css";
import type { FilterOption, ListFilter } from "./types";
import type { ListState } from "./useListState";

type Remote = Extract<ListFilter, { type: "remote" }>;

function RemoteSelect({ filter, value, onChange }: { filter: Remote; value: string | undefined; onChange: (value: string | null) => void }) {
  const [text, setText] = useState("");
  const options = useQuery({
    queryKey: ["filter", filter.path, text],
    queryFn: async ({ signal }): Promise<FilterOption[]> => {
      const page = await api.get<Page<never>>(filter.path, { q: text, limit: 50 }, signal);
      return page.items.map((item) => filter.toOption(item));
    },
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
  return (
    <Select
      allowClear
      showSearch={{ filterOption: false, onSearch: setText }}
      aria-label={filter.label}
      placeholder={filter.label}
      style={{ width: filter.width ?? 130 }}
      value={value ?? null}
      options={options.data ?? []}
      loading={options.isFetching}
      onChange={(next: string | null | undefined) => onChange(next ?? null)}
    />
  );
}

/** A text input that writes to the URL on Enter, on blur, and after a pause. */
function LazyInput({ value, onCommit, placeholder, width, icon }: { value: string; onCommit: (value: string) => void; placeholder: string; width: number; icon?: boolean }) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  if (seen !== value) {
    setSeen(value);
    setText(value);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const commit = (next: string) => {
    clearTimeout(timer.current);
    if (next.trim() !== value) onCommit(next.trim());
  };
  return (
    <Input
      allowClear
      aria-label={placeholder}
      placeholder={placeholder}
      style={{ width }}
      value={text}
      {...(icon ? { prefix: <SearchOutlined aria-hidden /> } : {})}
      onChange={(event) => {
        const next = event.target.value;
        setText(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => commit(next), 350);
      }}
      onPressEnter={() => commit(text)}
      onBlur={() => commit(text)}
    />
  );
}

/** Search and filters of a list; every change goes to the URL. */
export function FilterBar({ state, filters, search }: { state: ListState; filters: ListFilter[]; search?: string | undefined }) {
  const { t } = useTranslation();
  const one = (key: string) => state.filters[key]?.[0];
  const set = (key: string, value: string | string[] | null) => state.change({ [key]: value });
  const keys = filters.flatMap((filter) => (filter.type === "dates" ? [filter.fromKey, filter.toKey] : [filter.key]));
  const active = state.q !== "" || keys.some((key) => key in state.filters);

  return (
    <div className={css.filters} role="search" aria-label={t("list.filters")}>
      {search === undefined ? null : (
        <LazyInput icon value={state.q} placeholder={search} width={200} onCommit={(q) => state.change({ q })} />
      )}
      {filters.map((filter) => {
        switch (filter.type) {
          case "select":
            return filter.multiple ? (
              <Select
                key={filter.key}
                mode="multiple"
                allowClear
                maxTagCount="responsive"
                showSearch={{ optionFilterProp: "label" }}
                aria-label={filter.label}
                placeholder={filter.label}
                style={{ width: filter.width ?? 170 }}
                value={state.filters[filter.key] ?? []}
                options={filter.options}
                onChange={(next: string[]) => set(filter.key, next)}
              />
            ) : (
              <Select
                key={filter.key}
                allowClear
                showSearch={{ optionFilterProp: "label" }}
                aria-label={filter.label}
                placeholder={filter.label}
                style={{ width: filter.width ?? 130 }}
                value={one(filter.key) ?? null}
                options={filter.options}
                onChange={(next: string | null | undefined) => set(filter.key, next ?? null)}
              />
            );
          case "remote":
            return <RemoteSelect key={filter.key} filter={filter} value={one(filter.key)} onChange={(next) => set(filter.key, next)} />;
          case "text":
            return (
              <LazyInput key={filter.key} value={one(filter.key) ?? ""} placeholder={filter.label} width={filter.width ?? 140} onCommit={(next) => set(filter.key, next)} />
            );
          case "bool":
            return (
              <Select
                key={filter.key}
                allowClear
                aria-label={filter.label}
                placeholder={filter.label}
                style={{ width: 120 }}
                value={one(filter.key) ?? null}
                options={[
                  { value: "true", label: `${filter.label}: ${t("list.yes")}` },
                  { value: "false", label: `${filter.label}: ${t("list.no")}` },
                ]}
                onChange={(next: string | null | undefined) => set(filter.key, next ?? null)}
              />
            );
          case "dates": {
            const from = one(filter.fromKey);
            const to = one(filter.toKey);
            return (
              <DatePicker.RangePicker
                key={filter.key}
                allowEmpty={[true, true]}
                aria-label={filter.label}
                placeholder={[`${filter.label} ${t("list.from")}`, t("list.to")]}
                style={{ width: 222 }}
                value={[from ? dayjs(from) : null, to ? dayjs(to) : null]}
                onChange={(dates) =>
                  state.change({
                    [filter.fromKey]: dates?.[0]?.format("YYYY-MM-DD") ?? null,
                    [filter.toKey]: dates?.[1]?.format("YYYY-MM-DD") ?? null,
                  })
                }
              />
            );
          }
        }
      })}
      {active ? (
        <Button
          type="text"
          icon={<CloseOutlined />}
          onClick={() => state.change(Object.fromEntries([["q", null], ...keys.map((key) => [key, null])]) as Record<string, null>)}
        >
          {t("list.clearFilters")}
        </Button>
      ) : null}
    </div>
  );
}
