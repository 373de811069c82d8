import { useQuery } from "@tanstack/react-query";
import { Alert, App, Button, Progress } from "antd";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { api, isProblem } from "@/api";
import { useWarehouseMap } from "@/desk/floor/map";
import { toWalk } from "@/desk/waves/walk";
import { formatNumber } from "@/shared/format/text";
import { WarehouseMap } from "@/shared/map/WarehouseMap";
import { ScanField, type ScanResult } from "@/shared/scan/ScanField";
import { playSound } from "@/shared/scan/sound";
import { useScope } from "@/shared/session/scope";
import { useSession } from "@/shared/session/session";
import { cx } from "@/shared/ui/cx";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState, useReportProblem } from "@/shared/ui/ErrorState";
import { CopyText } from "@/shared/ui/CopyText";
import { Section } from "@/shared/ui/PageHeader";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import NS from "./locale";
import { all, countedUnits, current, damaged, postpone, scanned, short, slotPlan, step, stops, undo, type PickState, type Reaction, type Stop } from "./machine";
import css from "./picking.module.css";
import type { BatchDetail } from "./types";
import { useBench } from "./useBench";

const KEYS = { all: "F2", short: "F4", damaged: "F8", later: "F9", undo: "Esc" } as const;
type Command = keyof typeof KEYS;
/** Stops shown ahead, on the plan and in the list. */
const AHEAD = 7;

/** What to do now, in letters that are read from a metre away. */
function Instruction({ stop, state }: { stop: Stop; state: PickState }) {
  const { t, i18n } = useTranslation(NS);
  const { timeZone } = useScope();
  const now = step(state);
  const counted = countedUnits(state);
  const plan = slotPlan(stop, counted);
  const next = plan.find((one) => one.done < one.units);
  const lots = [...new Map(stop.tasks.flatMap((task) => (task.lot ? [[task.lot.id, task.lot] as const] : []))).values()];
  const day = (value: string) => new Intl.DateTimeFormat(i18n.language, { timeZone, dateStyle: "medium" }).format(new Date(value));
  return (
    <div className={cx("hc-card", css.order)} aria-live="polite">
      <div className={cx(css.part, now === "location" ? css.now : css.reached)}>
        <div className={css.cap}>{t("goTo")}</div>
        <div className={css.place} data-testid="place">{stop.location.code}</div>
      </div>
      <div className={cx(css.part, now !== "location" && css.now, state.damaging && css.damaging)}>
        <div>
          <div className={css.cap}>{t("take")}</div>
          <div className={css.sku} data-testid="sku">{stop.sku.code}</div>
          <div className={css.name}>{stop.sku.name}</div>
          {lots.map((lot) => (
            <div key={lot.id} className={css.name}>{t("lot", { code: lot.code })}{lot.expires_on ? ` · ${t("expires", { date: day(lot.expires_on) })}` : ""}</div>
          ))}
        </div>
        <div className={css.count}>
          <div className={css.cap}>{counted > 0 ? t("counted", { units: counted, left: stop.left }) : " "}</div>
          <div className={css.units} data-testid="units">
            {formatNumber(stop.left - counted, i18n.language)}
            <small>{stop.sku.base_unit ?? t("units")}</small>
          </div>
        </div>
        {plan.some((one) => one.task.slot !== null) ? (
          <div className={css.slots} aria-label={t("slotTitle")}>
            {plan.map(({ task, units, done }) => (
              <span key={task.id} className={cx(css.slot, done === units ? css.slotDone : task === next?.task && css.slotNow)}>
                {t("slot", { slot: task.slot ?? "—" })}
                <small>{done > 0 && done < units ? `${done}/${units}` : `× ${units}`}</small>
              </span>
            ))}
          </div>
        ) : null}
        {state.damaging ? <div className={css.slots}><strong>{t("damagedMode")}</strong></div> : null}
      </div>
    </div>
  );
}

function Finished({ batch, warehouseId }: { batch: BatchDetail; warehouseId: number | string | undefined }) {
  const { t } = useTranslation(NS);
  const navigate = useNavigate();
  const { message } = App.useApp();
  const report = useReportProblem();
  const [busy, setBusy] = useState(false);
  const claim = async () => {
    setBusy(true);
    try {
      const next = await api.post<{ id: number }>("/batches/next", { warehouse_id: Number(warehouseId) });
      void navigate(`/picking/${next.id}`);
    } catch (error) {
      if (isProblem(error) && error.status === 404) {
        void message.info(t("nextNone"));
        void navigate("/picking");
      } else report(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={cx("hc-card", css.finish)}>
      <div className={css.place}>{t("done.title")}</div>
      <div className={css.name}>{batch.staging ? t("done.hint", { staging: batch.staging.code }) : t("done.hintNoStaging")}</div>
      <div className="hc-row">
        <Button type="primary" size="large" autoFocus loading={busy} onClick={() => void claim()}>{t("done.next")}</Button>
        <Button size="large" onClick={() => void navigate("/picking")}>{t("done.back")}</Button>
      </div>
    </div>
  );
}

function Bench({ batch }: { batch: BatchDetail }) {
  const { t, i18n } = useTranslation(NS);
  const navigate = useNavigate();
  const { message } = App.useApp();
  const report = useReportProblem();
  const { state, run, resend, unsent, newId } = useBench(batch);
  const [notice, setNotice] = useState<ScanResult | null>(null);
  const working = useRef(false);
  const { warehouse } = useScope();
  const warehouseId = batch.warehouse?.id ?? warehouse?.id;
  const map = useWarehouseMap(warehouseId);

  const stop = current(state);
  const open = stops(state);
  const done = state.tasks.reduce((sum, task) => sum + task.picked, 0);
  const missing = state.tasks.reduce((sum, task) => sum + task.short, 0);
  const units = state.tasks.reduce((sum, task) => sum + task.quantity, 0);
  // On a small plan a hundred numbers hide the way; the next ones matter.
  const walk = useMemo(() => toWalk(batch.path, stops(state).slice(0, AHEAD), batch.walk_mm), [batch.path, batch.walk_mm, state]);

  const command = async (name: Command) => {
    if (working.current) return;
    working.current = true;
    const reactions: Record<Command, (at: PickState) => Reaction> = {
      all: (at) => all(at, newId), short: (at) => short(at, newId), damaged, later: postpone, undo,
    };
    let result: ScanResult | null;
    try {
      result = await run(reactions[name]);
    } catch (error) {
      result = { ok: false, message: error instanceof Error ? error.message : t("error.title") };
    }
    working.current = false;
    if (!result) return;
    playSound(result.ok ? (result.finished ? "done" : "right") : "wrong");
    setNotice(result);
  };

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.repeat || document.querySelector("[role=dialog]")) return;
    const name = (Object.keys(KEYS) as Command[]).find((one) => KEYS[one] === event.key || (one === "undo" && event.key === "Escape"));
    if (!name) return;
    event.preventDefault();
    void command(name);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);

  const onScan = async (code: string): Promise<ScanResult> => {
    setNotice(null);
    const result = await run((at) => scanned(at, code, newId), code);
    return result ?? { ok: true, message: "" };
  };

  const giveBack = async () => {
    try {
      await api.post(`/batches/${batch.id}/give-back`);
      void message.success(t("givenBack", { number: batch.number }));
      void navigate("/picking");
    } catch (error) {
      report(error);
    }
  };

  const asked = stop === null ? "" : { location: t("scanPlace", { code: stop.location.code }), item: t("scanItem", { code: stop.sku.code }), count: t("scanMore"), finished: "" }[step(state)];
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1><CopyText strong text={batch.number} /></h1>
        <StateTag ns={NS} state={stop ? "picking" : "picked"} tone={stop ? "blue" : "green"} />
        <div className={css.progress}>
          <Progress percent={units === 0 ? 0 : Math.round((100 * (done + missing)) / units)} showInfo={false} aria-label={t("col.progress")} />
        </div>
        <span className="hc-num">{t("progress", { done: formatNumber(done, i18n.language), all: formatNumber(units, i18n.language) })}</span>
        {missing > 0 ? <ToneTag tone="orange">{t("shortTotal", { count: missing })}</ToneTag> : null}
        {stop ? <Button onClick={() => void giveBack()}>{t("key.giveBack")}</Button> : null}
      </header>
      <div className={css.bench}>
        <div className={css.main}>
          {unsent.length > 0 ? (
            <Alert type="warning" showIcon title={t("notSent", { count: unsent.length })} action={<Button size="small" onClick={() => void resend().catch(report)}>{t("resend")}</Button>} />
          ) : null}
          {stop ? <Instruction stop={stop} state={state} /> : <Finished batch={batch} warehouseId={warehouseId} />}
          {notice ? <div role="alert" className={cx(css.notice, notice.ok ? css.noticeOk : css.noticeBad)}>{notice.message}</div> : null}
          {stop ? (
            <>
              <div className={css.keys}>
                {(Object.keys(KEYS) as Command[]).map((name) => (
                  <Button key={name} danger={name === "short" || name === "damaged"} type={name === "damaged" && state.damaging ? "primary" : "default"} onClick={() => void command(name)}>
                    {t(`key.${name}`)}<kbd>{KEYS[name]}</kbd>
                  </Button>
                ))}
              </div>
              <ScanField label={asked} placeholder={asked} onScan={onScan} history={5} />
            </>
          ) : null}
        </div>
        <aside className={css.side}>
          <div className={cx("hc-card", css.map)}>
            {map.data ? <WarehouseMap geometry={map.data} colour="none" walk={walk} selectedId={stop?.location.id} height={300} /> : null}
          </div>
          <Section title={t("upcoming")} extra={<span className="hc-faint">{t("stopsLeft", { count: open.length })}</span>} flush>
            <ol className={css.upcoming}>
              {open.slice(1, AHEAD).map((one) => (
                <li key={one.key}>
                  <strong>{one.location.code}</strong>
                  <span className="hc-ellipsis">{one.sku.code} <span className="hc-faint">{one.sku.name}</span></span>
                  <span className="hc-num">{`× ${one.left}`}</span>
                </li>
              ))}
              {open.length < 2 ? <li style={{ display: "block" }} className="hc-faint">{t("nothingNext")}</li> : null}
            </ol>
          </Section>
        </aside>
      </div>
    </div>
  );
}

/** The workbench of a picker: one scan field, the next instruction, no mouse when all goes well. */
export default function PickBench() {
  const { id = "" } = useParams();
  const { t } = useTranslation(NS);
  const { me } = useSession();
  const started = useRef("");
  const report = useReportProblem();
  const batch = useQuery({
    queryKey: ["detail", "batch", id],
    queryFn: async ({ signal }) => {
      const found = await api.get<BatchDetail>(`/batches/${id}`, undefined, signal);
      if (found.state !== "released" || started.current === id) return found;
      started.current = id;
      await api.post(`/batches/${id}/start`);
      return api.get<BatchDetail>(`/batches/${id}`, undefined, signal);
    },
    refetchOnWindowFocus: false,
  });
  if (batch.error && !batch.data) return <ErrorState error={batch.error} onRetry={() => void batch.refetch().then(undefined, report)} />;
  if (!batch.data) return null;
  const { picker, state } = batch.data;
  if (state === "picking" && picker && String(picker.id) !== String(me.user.id))
    return <EmptyState title={t("taken.title", { number: batch.data.number, who: (picker.display_name ?? "") || picker.username })} hint={t("taken.hint")} action={<Link to="/picking"><Button type="primary">{t("done.back")}</Button></Link>} />;
  if (state === "planned" || state === "cancelled")
    return <EmptyState title={t("notOpen.title", { number: batch.data.number })} hint={t(state === "planned" ? "notOpen.planned" : "notOpen.cancelled")} action={<Link to="/picking"><Button type="primary">{t("done.back")}</Button></Link>} />;
  return <Bench key={id} batch={batch.data} />;
}
