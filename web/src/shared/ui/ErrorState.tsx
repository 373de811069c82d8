import { Button, App } from "antd";
import { useCallback, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { problemText } from "./problemText";
import css from "./ui.module.css";

/** An error in place of content, in three parts, with a way on. */
export function ErrorState({ error, onRetry, action }: { error: unknown; onRetry?: () => void; action?: ReactNode }) {
  const { t } = useTranslation();
  const text = problemText(error, t);
  return (
    <div className={css.empty} role="alert">
      <div className={css.errorMark} aria-hidden>!</div>
      <div className={css.emptyTitle}>{text.what}</div>
      {text.why ? <div className={css.emptyHint}>{text.why}</div> : null}
      {text.todo ? <div className={css.emptyHint}>{text.todo}</div> : null}
      <div className={css.emptyAction}>
        {onRetry ? <Button onClick={onRetry}>{t("action.retry")}</Button> : null}
        {action}
      </div>
    </div>
  );
}

/** `report(error)`: a notification in three parts, for actions that fail. */
export function useReportProblem(): (error: unknown) => void {
  const { t } = useTranslation();
  const { notification } = App.useApp();
  return useCallback(
    (error: unknown) => {
      const text = problemText(error, t);
      notification.error({
        title: text.what,
        description: (
          <>
            {text.why ? <div>{text.why}</div> : null}
            {text.todo ? <div className="hc-muted">{text.todo}</div> : null}
          </>
        ),
        duration: 8,
      });
    },
    [notification, t],
  );
}
