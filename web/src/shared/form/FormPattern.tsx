import { Alert, App, Button, Form, type FormInstance } from "antd";
import { useCallback, useEffect, useEffectEvent, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";
import { isProblem } from "@/api";
import { problemText } from "@/shared/ui/problemText";
import css from "./form.module.css";
import { splitProblems } from "./problems";

interface FormPatternProps<Values extends object, Saved> {
  /** Resolves when saved; a refused save rejects with the server's problem, which lands on the fields. */
  onSubmit: (values: Values) => Promise<Saved>;
  /** After saving, when nothing is unsaved any more: the place to navigate or close. */
  onDone?: (saved: Saved) => void;
  initialValues?: Partial<Values>;
  children: ReactNode | ((form: FormInstance<Values>) => ReactNode);
  submitLabel?: string;
  onCancel?: () => void;
  /** Extra text beside the buttons: what a destructive act will destroy. */
  note?: ReactNode;
  danger?: boolean;
  /** Ask before leaving with changes; off inside short dialogs. */
  guard?: boolean;
  layout?: "vertical" | "horizontal";
}

/** The plain question about unsaved changes; needs a data router. */
function LeaveGuard({ dirty }: { dirty: () => boolean }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const blocker = useBlocker(({ currentLocation, nextLocation }) => dirty() && currentLocation.pathname !== nextLocation.pathname);
  const ask = useEffectEvent(() =>
    modal.confirm({
      title: t("form.unsavedTitle"),
      content: t("form.unsavedText"),
      okText: t("form.leave"),
      okButtonProps: { danger: true },
      cancelText: t("form.stay"),
      onOk: () => blocker.proceed?.(),
      onCancel: () => blocker.reset?.(),
    }),
  );
  const blocked = blocker.state === "blocked";
  useEffect(() => {
    if (!blocked) return;
    const question = ask();
    return () => question.destroy();
  }, [blocked]);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (dirty()) event.preventDefault();
    };
    globalThis.addEventListener("beforeunload", warn);
    return () => globalThis.removeEventListener("beforeunload", warn);
  }, [dirty]);
  return null;
}

/**
 * The one form: inline validation with the server's words, unsaved guard, Ctrl-Enter submits.
 *
 * Put antd `Form.Item`s (grouped by `FormSection`) inside; names match the API's fields.
 */
export function FormPattern<Values extends object, Saved = unknown>(props: FormPatternProps<Values, Saved>) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<{ title: string; lines: string[] } | null>(null);
  const dirty = useRef(false);
  const isDirty = useCallback(() => dirty.current, []);

  const submit = async (values: Values) => {
    setBusy(true);
    setFailure(null);
    try {
      const saved = await props.onSubmit(values);
      dirty.current = false;
      props.onDone?.(saved);
    } catch (error) {
      if (isProblem(error) && error.errors.length > 0) {
        const { fields, rest } = splitProblems(error.errors, (name) => form.getFieldInstance(name) !== undefined);
        form.setFields(fields as never);
        const first = fields[0];
        if (first) form.scrollToField(first.name, { block: "center", focus: true });
        setFailure({ title: error.detail || t("form.problems", { count: error.errors.length }), lines: rest });
      } else {
        const text = problemText(error, t);
        setFailure({ title: text.what, lines: [text.why, text.todo].filter((line) => line !== "") });
      }
    } finally {
      setBusy(false);
    }
  };

  return (
    <Form<Values>
      form={form}
      layout={props.layout ?? "vertical"}
      scrollToFirstError={{ block: "center", focus: true }}
      {...(props.initialValues ? { initialValues: props.initialValues } : {})}
      onValuesChange={() => {
        dirty.current = true;
      }}
      onFinish={(values) => void submit(values)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          form.submit();
        }
      }}
    >
      {props.guard === false ? null : <LeaveGuard dirty={isDirty} />}
      {failure ? (
        <Alert
          type="error"
          showIcon
          className={css.failure ?? ""}
          title={failure.title}
          description={failure.lines.length > 0 ? failure.lines.map((line) => <div key={line}>{line}</div>) : undefined}
        />
      ) : null}
      {typeof props.children === "function" ? props.children(form) : props.children}
      <div className={css.footer}>
        <Button type="primary" htmlType="submit" loading={busy} danger={props.danger ?? false}>{props.submitLabel ?? t("action.save")}</Button>
        {props.onCancel ? <Button onClick={props.onCancel}>{t("action.cancel")}</Button> : null}
        <span className={css.note}>{props.note ?? <span className="hc-faint">{t("form.submitKeys")}</span>}</span>
      </div>
    </Form>
  );
}

/** A titled group of fields, in two columns where there is room. */
export function FormSection({ title, hint, children }: { title: ReactNode; hint?: ReactNode; children: ReactNode }) {
  return (
    <fieldset className={css.section}>
      <legend>{title}</legend>
      {hint ? <p className="hc-muted">{hint}</p> : null}
      <div className={css.grid}>{children}</div>
    </fieldset>
  );
}
