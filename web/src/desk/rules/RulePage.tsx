import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, DatePicker, Input, Select, Switch } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import dayjs from "dayjs";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { api } from "@/api";
import { useAsk } from "@/shared/form/useAsk";
import { useSession } from "@/shared/session/session";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { PageBody, PageHeader, Section } from "@/shared/ui/PageHeader";
import { ActionBuilder } from "./ActionBuilder";
import { ConditionEditor } from "./ConditionEditor";
import { DryRunPanel } from "./DryRunPanel";
import { FactCatalogue } from "./FactCatalogue";
import NS from "./locale";
import { useKind, useShops } from "./queries";
import css from "./rules.module.css";
import type { RuleDetail, RuleKind } from "./types";
import { Versions } from "./Versions";
import { inserted, KIND } from "./words";

type Draft = Pick<RuleDetail, "name" | "note" | "condition" | "actions" | "shop_ids" | "valid_from" | "valid_to" | "is_enabled" | "is_last">;

const BLANK: Draft = { name: "", note: "", condition: "", actions: [], shop_ids: [], valid_from: null, valid_to: null, is_enabled: false, is_last: false };

function draftOf(rule: RuleDetail): Draft {
  const { name, note, condition, actions, shop_ids, valid_from, valid_to, is_enabled, is_last } = rule;
  return { name, note, condition, actions, shop_ids, valid_from, valid_to, is_enabled, is_last };
}

/** One rule: what it asks and does, where and when, what it used to say, and what it would change. */
export default function RulePage() {
  const { id = "new" } = useParams();
  const { i18n } = useTranslation(NS);
  const kind = useKind(i18n.language);
  const rule = useQuery({
    queryKey: ["detail", "rule", id],
    queryFn: ({ signal }) => api.get<RuleDetail>(`/rules/${id}`, undefined, signal),
    enabled: id !== "new",
  });
  const error = rule.error ?? kind.error;
  if (error) return <ErrorState error={error} onRetry={() => void rule.refetch()} />;
  if (!kind.data || (id !== "new" && !rule.data)) return null;
  return <Editor key={`${id}-${rule.data?.version ?? 0}`} rule={rule.data} kind={kind.data} />;
}

function Editor({ rule, kind }: { rule: RuleDetail | undefined; kind: RuleKind }) {
  const { t } = useTranslation(NS);
  const { can } = useSession();
  const { message } = App.useApp();
  const ask = useAsk();
  const client = useQueryClient();
  const navigate = useNavigate();
  const report = useReportProblem();
  const area = useRef<TextAreaRef>(null);
  const [draft, setDraft] = useState<Draft>(() => (rule ? draftOf(rule) : BLANK));
  const [note, setNote] = useState("");
  const may = can("rules.rule.change");
  const set = (changes: Partial<Draft>) => setDraft((present) => ({ ...present, ...changes }));
  const saved = async (made: RuleDetail, text: string) => {
    client.setQueryData(["detail", "rule", String(made.id)], made);
    await client.invalidateQueries({ queryKey: ["list", "rules"] });
    void message.success(text);
    void navigate(`/rules/${made.id}`, { replace: true });
  };

  const save = useMutation({
    mutationFn: () => (rule ? api.patch<RuleDetail>(`/rules/${rule.id}`, { ...draft, version_note: note }) : api.post<RuleDetail>("/rules", { kind: KIND, ...draft })),
    onSuccess: (made) => saved(made, t("edit.saved", { version: made.version })),
    onError: report,
  });
  const restore = useMutation({
    mutationFn: (number: number) => api.post<RuleDetail>(`/rules/${rule?.id ?? 0}/versions/${number}/restore`),
    onSuccess: (made) => saved(made, t("versions.restored", { version: made.version })),
    onError: report,
  });
  const archive = async () => {
    if (!rule || !(await ask({ title: t("edit.archive"), okText: t("edit.archive"), danger: true, text: t("edit.archiveText") }))) return;
    try {
      await api.delete(`/rules/${rule.id}`);
      await client.invalidateQueries({ queryKey: ["list", "rules"] });
      void message.success(t("list.archived"));
      void navigate("/rules");
    } catch (error) {
      report(error);
    }
  };
  const insert = (text: string) => {
    const field = area.current?.resizableTextArea?.textArea;
    const end = draft.condition.length;
    const made = inserted(draft.condition, text, field?.selectionStart ?? end, field?.selectionEnd ?? end);
    set({ condition: made.text });
    requestAnimationFrame(() => {
      field?.focus();
      field?.setSelectionRange(made.cursor, made.cursor);
    });
  };
  const whole = draft.name.trim() !== "" && draft.condition.trim() !== "" && draft.actions.length > 0;
  const tried = whole
    ? { rule_id: rule?.id ?? null, name: draft.name, condition: draft.condition, actions: draft.actions, shop_ids: draft.shop_ids, is_last: draft.is_last }
    : null;

  const actions = (
    <>
      <Link to="/rules"><Button>{t("edit.back")}</Button></Link>
      {rule && may ? <Button danger onClick={() => void archive()}>{t("edit.archive")}</Button> : null}
      {may ? <Button type="primary" loading={save.isPending} disabled={!whole} onClick={() => save.mutate()}>{t("common:action.save")}</Button> : null}
    </>
  );
  return (
    <>
      <PageHeader title={rule ? rule.name : t("edit.new")} hint={rule ? `${kind.label} · v${rule.version}` : kind.label} actions={actions} />
      <PageBody>
        <div className={css.editor}>
          <div className={css.column}>
            <Section title={t("edit.condition")}>
              <div className={css.fields} style={{ marginBottom: 12 }}>
                <label>{t("edit.name")}<Input value={draft.name} maxLength={100} disabled={!may} onChange={(event) => set({ name: event.target.value })} placeholder={t("edit.nameHint")} /></label>
                <label>{t("edit.note")}<Input value={draft.note} maxLength={500} disabled={!may} onChange={(event) => set({ note: event.target.value })} /></label>
              </div>
              <ConditionEditor area={area} value={draft.condition} facts={kind.facts} disabled={!may} onChange={(condition) => set({ condition })} />
            </Section>
            <Section title={t("edit.actions")}>
              <ActionBuilder value={draft.actions} types={kind.actions} disabled={!may} onChange={(made) => set({ actions: made })} />
            </Section>
            <Where draft={draft} set={set} may={may} note={note} setNote={rule ? setNote : undefined} />
            {may ? <Section title={t("dry.title")}><DryRunPanel draft={tried} kind={kind} /></Section> : null}
            {rule ? (
              <Section title={t("versions.title")}>
                <Versions rule={rule} types={kind.actions} {...(may ? { onRestore: (number: number) => restore.mutate(number) } : {})} />
              </Section>
            ) : null}
          </div>
          {may ? <div className={css.side}><FactCatalogue kind={kind} onInsert={insert} /></div> : null}
        </div>
      </PageBody>
    </>
  );
}

interface WhereProps {
  draft: Draft;
  set: (changes: Partial<Draft>) => void;
  may: boolean;
  note: string;
  setNote: ((note: string) => void) | undefined;
}

function Where({ draft, set, may, note, setNote }: WhereProps) {
  const { t } = useTranslation(NS);
  const shops = useShops();
  const moment = (value: string | null) => (value ? dayjs(value) : null);
  return (
    <Section title={t("edit.where")}>
      <div className={css.fields}>
        <label>
          {t("edit.shops")}
          <Select mode="multiple" aria-label={t("edit.shops")} disabled={!may} placeholder={t("edit.shopsAll")} value={draft.shop_ids} onChange={(shop_ids) => set({ shop_ids })} options={(shops.data?.items ?? []).map((shop) => ({ value: shop.id, label: shop.name }))} showSearch={{ optionFilterProp: "label" }} />
        </label>
        <label>
          {t("edit.from")}
          <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" disabled={!may} value={moment(draft.valid_from)} onChange={(value) => set({ valid_from: value ? value.toISOString() : null })} />
        </label>
        <label>
          {t("edit.to")}
          <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" disabled={!may} value={moment(draft.valid_to)} onChange={(value) => set({ valid_to: value ? value.toISOString() : null })} />
        </label>
      </div>
      <div className={css.controls} style={{ marginTop: 12 }}>
        <Switch checked={draft.is_enabled} disabled={!may} aria-label={t("edit.enabled")} onChange={(is_enabled) => set({ is_enabled })} /> {t("edit.enabled")}
        <Checkbox checked={draft.is_last} disabled={!may} onChange={(event) => set({ is_last: event.target.checked })}>{t("edit.last")}</Checkbox>
        {setNote && may ? <Input style={{ maxWidth: 320 }} value={note} maxLength={200} aria-label={t("edit.versionNote")} placeholder={t("edit.versionNote")} onChange={(event) => setNote(event.target.value)} /> : null}
      </div>
    </Section>
  );
}
