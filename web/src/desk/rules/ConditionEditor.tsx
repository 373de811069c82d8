import { useQuery } from "@tanstack/react-query";
import { Alert, Input } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { useEffect, useState, type Ref } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import NS from "./locale";
import css from "./rules.module.css";
import type { Check, Fact } from "./types";
import { KIND, marked } from "./words";

/** A value that follows `value` once it has rested. */
function useRested<Value>(value: Value, ms: number): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return rested;
}

interface ConditionEditorProps {
  value: string;
  onChange: (text: string) => void;
  facts: readonly Fact[];
  disabled: boolean;
  area: Ref<TextAreaRef>;
}

/** The text of a condition, checked by the server as it is typed; what is wrong is shown in its place. */
export function ConditionEditor({ value, onChange, facts, disabled, area }: ConditionEditorProps) {
  const { t, i18n } = useTranslation(NS);
  const rested = useRested(value, 300);
  const check = useQuery({
    queryKey: ["check", KIND, i18n.language, rested],
    queryFn: ({ signal }) => api.post<Check>("/rules/check", { kind: KIND, condition: rested }, { signal }),
    enabled: rested.trim() !== "",
    staleTime: Number.POSITIVE_INFINITY,
  });
  const found = rested === value ? check.data : undefined;
  const labels = (found?.facts ?? []).map((name) => facts.find((fact) => fact.name === name)?.label ?? name);
  return (
    <div className={css.mono}>
      <Input.TextArea
        ref={area}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        autoSize={{ minRows: 4, maxRows: 14 }}
        maxLength={2000}
        disabled={disabled}
        spellCheck={false}
        aria-label={t("edit.condition")}
        aria-invalid={found?.ok === false}
        placeholder={t("edit.conditionHint")}
      />
      <div className={css.checked} role="status">
        {value.trim() === "" ? <span className="hc-faint">{t("edit.conditionHint")}</span> : !found ? <span className="hc-faint">{t("edit.checking")}</span> : found.ok ? (
          <Alert type="success" showIcon title={labels.length > 0 ? t("edit.ok", { facts: labels.join("、") }) : t("edit.okNone")} />
        ) : (
          <Alert type="error" showIcon title={found.message} description={<Wrong text={value} position={found.position} length={found.length} />} />
        )}
      </div>
    </div>
  );
}

function Wrong({ text, position, length }: { text: string; position: number; length: number }) {
  const [before, wrong, after] = marked(text, position, length);
  return (
    <pre className={css.source}>
      {before}
      <span className={css.wrong}>{wrong === "" ? "␣" : wrong}</span>
      {after}
    </pre>
  );
}
