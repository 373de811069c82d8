import { SearchOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Modal, Spin } from "antd";
import { useDeferredValue, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, type Page, type SearchHit } from "@/api";
import { cx } from "@/shared/ui/cx";
import { EmptyState } from "@/shared/ui/EmptyState";
import css from "./shell.module.css";

export interface PalettePage {
  path: string;
  title: string;
}

interface CommandPaletteProps {
  open: boolean;
  onClose: () => void;
  pages: PalettePage[];
}

function useDebounced(value: string, milliseconds: number): string {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return late;
}

function Palette({ onClose, pages }: Omit<CommandPaletteProps, "open">) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const typed = useDeferredValue(text.trim());
  const q = useDebounced(typed, 120);
  const search = useQuery({
    queryKey: ["search", q],
    queryFn: ({ signal }) => api.get<Pick<Page<SearchHit>, "items">>("/search", { q }, signal),
    enabled: q.length >= 2,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    retry: false,
  });
  const hits = q.length >= 2 ? (search.data?.items ?? []) : [];
  const found = pages.filter((page) => typed === "" || page.title.toLowerCase().includes(typed.toLowerCase()) || page.path.includes(typed.toLowerCase()));
  const entries = [
    ...hits.map((hit) => ({ key: `${hit.kind}:${hit.id}`, kind: t(`palette.kind.${hit.kind}`, { defaultValue: hit.kind }), title: hit.title, subtitle: hit.subtitle ?? "", to: hit.url_path })),
    ...found.slice(0, typed === "" ? 12 : 4).map((page) => ({ key: page.path, kind: t("palette.kind.page"), title: page.title, subtitle: "", to: page.path })),
  ];
  const active = Math.min(at, entries.length - 1);
  const waiting = q !== typed || search.isFetching;

  const go = (index: number) => {
    const entry = entries[index];
    if (!entry) return;
    onClose();
    void navigate(entry.to);
  };

  return (
    <div
      onKeyDown={(event) => {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          const next = (active + (event.key === "ArrowDown" ? 1 : -1) + entries.length) % Math.max(1, entries.length);
          setAt(next);
          document.getElementById(`palette-${next}`)?.scrollIntoView({ block: "nearest" });
        }
        // A scanner sends Enter before the answer is there: wait for the answer, not for a stale one.
        if (event.key === "Enter" && !waiting) go(active);
      }}
    >
      <div className={css.paletteField}>
        <SearchOutlined aria-hidden />
        <input
          autoFocus
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          role="combobox"
          aria-expanded={entries.length > 0}
          aria-controls="palette-list"
          aria-activedescendant={active >= 0 ? `palette-${active}` : undefined}
          aria-label={t("palette.title")}
          placeholder={t("palette.placeholder")}
          spellCheck={false}
          autoComplete="off"
        />
        {search.isFetching ? <Spin size="small" delay={300} /> : null}
      </div>
      <ul id="palette-list" role="listbox" className={css.paletteList} aria-label={t("palette.title")}>
        {entries.map((entry, index) => (
          <li
            key={entry.key}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === active}
            className={cx(css.paletteItem, index === active && css.paletteActive)}
            onMouseMove={() => setAt(index)}
            onClick={() => go(index)}
          >
            <span className={css.paletteKind}>{entry.kind}</span>
            <span className={css.paletteTitle}>{entry.title}</span>
            <span className="hc-faint hc-ellipsis">{entry.subtitle}</span>
          </li>
        ))}
      </ul>
      {entries.length === 0 && !waiting ? <EmptyState compact title={t("palette.none", { q: typed })} hint={t("palette.noneHint")} /> : null}
      <div className={css.paletteFoot} aria-hidden>
        <span><kbd>{"↑"}</kbd> <kbd>{"↓"}</kbd> {t("palette.move")}</span>
        <span><kbd>{"↵"}</kbd> {t("palette.open")}</span>
        <span><kbd>{"Esc"}</kbd> {t("palette.close")}</span>
      </div>
    </div>
  );
}

/** Ctrl-K: find anything by any number, phone tail or name, and go there. */
export function CommandPalette({ open, onClose, pages }: CommandPaletteProps) {
  return (
    <Modal open={open} onCancel={onClose} footer={null} closable={false} width={640} style={{ top: 96 }} styles={{ container: { padding: 0, overflow: "hidden" } }} destroyOnHidden transitionName="" maskTransitionName="">
      <Palette onClose={onClose} pages={pages} />
    </Modal>
  );
}
