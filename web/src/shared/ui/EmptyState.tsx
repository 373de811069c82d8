import type { ReactNode } from "react";
import css from "./ui.module.css";

/** Nothing here: says what that means (`title`), and what to do next (`hint`, `action`). */
export function EmptyState({ title, hint, action, compact = false }: { title: ReactNode; hint?: ReactNode; action?: ReactNode; compact?: boolean }) {
  return (
    <div className={`${css.empty ?? ""} ${compact ? (css.emptyCompact ?? "") : ""}`}>
      <svg width="56" height="48" viewBox="0 0 56 48" fill="none" aria-hidden>
        <path d="M28 4 6 14v22l22 10 22-10V14L28 4Z" stroke="var(--hc-border-strong)" strokeWidth="1.5" strokeLinejoin="round" />
        <path d="M6 14l22 10 22-10M28 24v22" stroke="var(--hc-border-strong)" strokeWidth="1.5" strokeLinejoin="round" />
        <path d="m17 9 22 10v7" stroke="var(--hc-primary)" strokeWidth="1.5" strokeLinejoin="round" opacity=".7" />
      </svg>
      <div className={css.emptyTitle}>{title}</div>
      {hint ? <div className={css.emptyHint}>{hint}</div> : null}
      {action ? <div className={css.emptyAction}>{action}</div> : null}
    </div>
  );
}
