import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import css from "./ui.module.css";

/** The title of a page, its explanation, and its actions on the right; also sets the browser's title. */
export function PageHeader({ title, hint, actions, titleText }: { title: ReactNode; hint?: ReactNode; actions?: ReactNode; titleText?: string }) {
  const { t } = useTranslation();
  const text = titleText ?? (typeof title === "string" ? title : undefined);
  useEffect(() => {
    if (text !== undefined) document.title = `${text} · ${t("app.name")}`;
  }, [text, t]);
  return (
    <header className={css.pageHeader}>
      <div className={css.pageTitle}>
        <h1>{title}</h1>
        {hint ? <p>{hint}</p> : null}
      </div>
      <div className={css.pageActions}>{actions}</div>
    </header>
  );
}

/** A plain page: header and scrolling body with the standard spacing. */
export function PageBody({ children }: { children: ReactNode }) {
  return <div className={css.pageBody}>{children}</div>;
}

/** A titled card. */
export function Section({ title, extra, children, flush = false }: { title?: ReactNode; extra?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <section className={`hc-card ${css.section ?? ""}`}>
      {title || extra ? (
        <div className={css.sectionHead}>
          <h2>{title}</h2>
          <div>{extra}</div>
        </div>
      ) : null}
      <div className={flush ? undefined : css.sectionBody}>{children}</div>
    </section>
  );
}
