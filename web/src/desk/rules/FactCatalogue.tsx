import { Input, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Section } from "@/shared/ui/PageHeader";
import NS from "./locale";
import css from "./rules.module.css";
import type { RuleKind } from "./types";

interface Entry {
  name: string;
  label: string;
  type: string;
  insert: string;
  more: string;
}

/** Everything that a condition may mention; a click puts it where the cursor is. */
export function FactCatalogue({ kind, onInsert }: { kind: RuleKind; onInsert: (text: string) => void }) {
  const { t } = useTranslation(NS);
  const [wanted, setWanted] = useState("");
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (entry: Entry) => words.every((word) => `${entry.name} ${entry.label} ${entry.more}`.toLowerCase().includes(word));
  const facts: Entry[] = kind.facts.map((fact) => ({
    name: fact.name,
    label: fact.label,
    type: t(`type.${fact.type}`),
    insert: fact.type === "list" || fact.type === "quantities" ? fact.example : fact.name,
    more: [fact.example, ...fact.fields.map((field) => field.name), ...fact.choices.map((choice) => `${choice.value} = ${choice.label}`), ...(fact.is_personal ? [t("catalog.personal")] : [])].join("\n"),
  }));
  const functions: Entry[] = kind.functions.map((one) => ({ name: `${one.name}()`, label: one.help, type: "", insert: one.example, more: one.example }));
  const groups = [{ title: t("catalog.facts"), entries: facts.filter(fits) }, { title: t("catalog.functions"), entries: functions.filter(fits) }].filter((group) => group.entries.length > 0);
  return (
    <Section title={t("catalog.title")}>
      <div className={css.catalog}>
        <Input.Search allowClear value={wanted} onChange={(event) => setWanted(event.target.value)} placeholder={t("catalog.search")} aria-label={t("catalog.search")} />
        <div className={css.catalogList}>
          {groups.length === 0 ? <EmptyState compact title={t("catalog.none")} hint={t("catalog.noneHint")} /> : null}
          {groups.map((group) => (
            <div key={group.title}>
              <div className={css.catalogHead}>{group.title}</div>
              {group.entries.map((entry) => (
                <Tooltip key={entry.name} placement="left" title={<span style={{ whiteSpace: "pre-wrap" }}>{entry.more}</span>}>
                  <button type="button" className={css.fact} aria-label={t("catalog.insert", { name: entry.name })} onClick={() => onInsert(entry.insert)}>
                    <span className={css.factName}>{entry.name}</span> <span className="hc-faint">{entry.type}</span>
                    <div className={css.factLabel}>{entry.label}</div>
                  </button>
                </Tooltip>
              ))}
            </div>
          ))}
        </div>
      </div>
    </Section>
  );
}
