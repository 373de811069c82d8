import { CheckCircleFilled, MinusCircleOutlined, PrinterOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Select } from "antd";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Page } from "@/api";
import { parcelOfLabel, usePrintLabels } from "@/desk/shipping/usePrintLabels";
import { weightText } from "@/desk/shipping/Weight";
import { formatNumber } from "@/shared/format/text";
import { ScanField, type ScanResult } from "@/shared/scan/ScanField";
import { playSound } from "@/shared/scan/sound";
import { useSession } from "@/shared/session/session";
import { CopyText } from "@/shared/ui/CopyText";
import { cx } from "@/shared/ui/cx";
import { PageHeader, Section } from "@/shared/ui/PageHeader";
import { StateTag, ToneTag } from "@/shared/ui/StateTag";
import { fillOf } from "./box";
import NS from "./locale";
import { boxedUnits, cartonInUse, expectedWeight, left, leftUnits, step, type PackState } from "./machine";
import css from "./packing.module.css";
import { PackingSteps } from "./PackingSteps";
import type { PackCarton, PackLine, PackView } from "./types";
import { usePacking } from "./usePacking";

const KEYS = { seal: "F2", close: "F4", reprint: "F7", remove: "F8", accept: "F9", leave: "F10" } as const;
type Command = keyof typeof KEYS;

function useSetting(name: string, initial: boolean): [boolean, (on: boolean) => void] {
  const key = `hecang.packing.${name}`;
  const [on, setOn] = useState(() => (localStorage.getItem(key) ?? String(initial)) === "true");
  return [
    on,
    (next) => {
      localStorage.setItem(key, String(next));
      setOn(next);
    },
  ];
}

function Line({ line }: { line: PackLine }) {
  const { t } = useTranslation(NS);
  const here = line.picked - line.packed;
  const done = left(line) === 0;
  return (
    <li className={cx(css.line, done && css.done, !done && line.scanned > 0 && css.part)}>
      <span className={css.mark} aria-label={done ? t("allIn") : t("missing", { count: left(line) })}>{done ? <CheckCircleFilled /> : <MinusCircleOutlined />}</span>
      <div>
        <div className={css.sku}>{line.sku.code}</div>
        <div className="hc-muted">{line.sku.name}</div>
      </div>
      <div className={css.lineCount}>{line.scanned}<small>{` / ${here}`}</small></div>
    </li>
  );
}

function Order({ view }: { view: PackView }) {
  const { t } = useTranslation(NS);
  // What is still to be scanned comes first, and stays where it is while it is scanned.
  const lines = [...view.lines].filter((line) => line.picked > line.packed).sort((a, b) => Number(left(a) === 0) - Number(left(b) === 0) || a.id - b.id);
  const missing = leftUnits(view);
  return (
    <section className="hc-card" aria-label={view.fulfilment.number}>
      <div className={css.head}>
        <div className={css.headText}>
          <div className={css.number}><CopyText strong text={view.fulfilment.number} /></div>
          <div className="hc-muted">{[view.shop.name, t("order", { number: view.order.number }), view.carrier?.name, view.service?.name].filter(Boolean).join(" · ")}</div>
        </div>
        {missing === 0 ? <ToneTag tone="green">{t("allIn")}</ToneTag> : <ToneTag tone="blue">{t("missing", { count: missing })}</ToneTag>}
        {view.fulfilment.slot === null ? null : <div className={css.slotBox}><span className="hc-muted">{t("slot")}</span><strong>{view.fulfilment.slot}</strong></div>}
      </div>
      {view.order.buyer_remark ? <p className={css.remark}>{`${t("remark.buyer")}: ${view.order.buyer_remark}`}</p> : null}
      {view.order.seller_remark ? <p className={css.remark}>{`${t("remark.seller")}: ${view.order.seller_remark}`}</p> : null}
      <ul className={css.lines} aria-label={t("lines")}>
        {lines.map((line) => <Line key={line.id} line={line} />)}
      </ul>
    </section>
  );
}

function CartonBox({ state, cartons, onChoose }: { state: PackState; cartons: PackCarton[]; onChoose: (carton: PackCarton | "own" | null) => void }) {
  const { t, i18n } = useTranslation(NS);
  const { view } = state;
  if (!view) return null;
  const proposed = view.cartons_suggested[0];
  const inUse = cartonInUse(state);
  const fill = inUse && proposed ? fillOf(inUse, proposed.units) : null;
  return (
    <Section
      title={t("box.title")} flush
      extra={
        <Select
          size="small" style={{ width: 170 }} aria-label={t("box.title")} showSearch={{ optionFilterProp: "label" }} value={inUse?.id ?? 0}
          options={[{ value: 0, label: t("box.ownUse") }, ...cartons.map((one) => ({ value: one.id, label: `${one.code} ${one.name}` }))]}
          onChange={(id: number) => onChoose(id === 0 ? "own" : (cartons.find((one) => one.id === id) ?? null))}
        />
      }
    >
      <div className={css.boxHead}>
        <strong>{inUse?.code ?? t("box.own")}</strong>
        {inUse ? <span className="hc-muted">{inUse.name}</span> : null}
        <ToneTag tone="grey" icon={false}>{t(state.carton === null ? "box.proposed" : "box.chosen")}</ToneTag>
      </div>
      {inUse ? <PackingSteps key={`${view.fulfilment.id} ${inUse.id}`} carton={inUse} fill={fill} places={proposed?.carton?.id === inUse.id ? proposed.places : []} lines={view.lines} /> : <p className="hc-muted" style={{ padding: "8px 16px" }}>{proposed && !proposed.carton ? t("box.ownHint") : t("box.own")}</p>}
      <div className={css.boxFoot}>
        {inUse ? <span className="hc-num">{t("box.size", { length: inUse.length_mm, width: inUse.width_mm, height: inUse.height_mm })}</span> : null}
        {fill !== null ? <span>{t("box.fill", { percent: new Intl.NumberFormat(i18n.language, { style: "percent" }).format(fill) })}</span> : null}
        {view.cartons_suggested.length > 1 ? <span>{t("box.several", { count: view.cartons_suggested.length })}</span> : null}
        <span className="hc-faint">{t("box.scanOther")}</span>
      </div>
    </Section>
  );
}

/** The packing table: any code opens, goods are scanned in, the weight seals, the label prints. No mouse needed. */
export default function PackingPage() {
  const { t, i18n } = useTranslation(NS);
  const { can } = useSession();
  const [print, setPrint] = useSetting("print", true);
  const [autoSeal, setAutoSeal] = useSetting("auto", false);
  const [notice, setNotice] = useState<ScanResult | null>(null);
  const working = useRef(false);
  const cartonList = useQuery({
    queryKey: ["options", "/cartons", "pack"],
    queryFn: ({ signal }) => api.get<Page<PackCarton>>("/cartons", { active: true, limit: 200 }, signal),
    enabled: can("shipping.carton.view"),
    staleTime: 5 * 60_000,
  });
  const cartons = cartonList.data?.items ?? [];
  const printLabels = usePrintLabels();
  const table = usePacking({
    cartons,
    autoSeal,
    onLabel: (url) => {
      if (print) void printLabels(parcelOfLabel(url));
    },
  });
  const { state } = table;
  const now = step(state);
  const { view } = state;
  const weight = (grams: number) => weightText(grams, i18n.language);
  const expected = expectedWeight(state);
  const labelUrl = table.last?.labelUrl ?? null;

  const deed = async (name: Command): Promise<ScanResult> => {
    const at = table.now();
    switch (name) {
      case "seal":
        if (step(at) !== "weigh") return { ok: false, message: t(at.view && boxedUnits(at.view) > 0 ? "say.sealNotYet" : "say.nothingInside") };
        return table.seal(null, false);
      case "close":
        if (!at.view || boxedUnits(at.view) === 0) return { ok: false, message: t("say.nothingInside") };
        table.change({ closing: !at.closing });
        return { ok: true, message: at.closing ? t("scan.item") : t("scan.weigh") };
      case "remove":
        table.change({ removing: !at.removing });
        return { ok: true, message: t(at.removing ? "say.removingOff" : "say.removing") };
      case "accept":
        if (!at.mismatch) return { ok: false, message: t("say.acceptNothing") };
        if (!can("outbound.parcel.accept_weight")) return { ok: false, message: t("weight.noRight") };
        return table.seal(at.mismatch.weight_g, true);
      case "reprint":
        if (!labelUrl) return { ok: false, message: t("say.nothingToPrint") };
        await printLabels(parcelOfLabel(labelUrl));
        return { ok: true, message: t("say.printed") };
      case "leave":
        table.leave();
        return { ok: true, message: at.view ? t("say.left", { number: at.view.fulfilment.number }) : t("ready") };
    }
  };

  const command = async (name: Command) => {
    if (working.current) return;
    working.current = true;
    let result: ScanResult;
    try {
      result = await deed(name);
    } catch (error) {
      result = { ok: false, message: error instanceof Error ? error.message : t("error.title") };
    }
    working.current = false;
    playSound(result.ok ? (result.finished ? "done" : "right") : "wrong");
    setNotice(result);
  };

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.repeat || document.querySelector("[role=dialog]")) return;
    const name = (Object.keys(KEYS) as Command[]).find((one) => KEYS[one] === event.key);
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
    return table.onScan(code);
  };

  const prompt = t(`scan.${now === "open" && state.batchId !== null ? "openBatch" : now === "scan" ? (state.removing ? "remove" : "item") : now}`);
  const shown: Command[] = now === "scan" ? ["close", "remove", "leave"] : now === "weigh" ? ["seal", ...(state.mismatch ? (["accept"] as const) : []), "remove", "leave"] : view ? ["leave"] : [];
  return (
    <div className={css.page}>
      <PageHeader title={t("title")} />
      <div className={css.bench} style={{ paddingTop: 0 }}>
        <div className={css.main}>
          <ScanField label={prompt} placeholder={prompt} onScan={onScan} history={2} />
          {notice ? <div role="alert" className={cx(css.notice, notice.ok ? css.noticeOk : css.noticeBad)}>{notice.message}</div> : null}
          <div className={css.keys}>
            {shown.map((name) => (
              <Button key={name} type={name === "remove" && state.removing ? "primary" : "default"} onClick={() => void command(name)}>{t(`key.${name}`)}<kbd>{KEYS[name]}</kbd></Button>
            ))}
            {labelUrl ? <Button icon={<PrinterOutlined />} onClick={() => void command("reprint")}>{t("key.reprint")}<kbd>{KEYS.reprint}</kbd></Button> : null}
          </div>
          {now === "open" ? (
            <div className={cx("hc-card", css.idle)}>
              <div className={css.big}>{t("ready")}</div>
              <div className="hc-muted">{t("readyHint")}</div>
            </div>
          ) : null}
          {now === "choose" ? (
            <Section title={t("choose.title", { count: state.choices.length })} extra={<span className="hc-muted">{t("choose.hint")}</span>} flush>
              <div className={css.choices}>
                {state.choices.map((choice) => (
                  <button key={choice.id} type="button" className={css.choice} onClick={() => void table.act({ kind: "choose", choice })}>
                    <strong>{choice.slot === null ? choice.number : t("choose.slot", { slot: choice.slot })}</strong>
                    <span className="hc-muted">{choice.slot === null ? "" : choice.number}</span>
                    <span className="hc-row">{t("choose.units", { count: choice.unit_count })}<StateTag ns={NS} group="fulfilment" state={choice.is_stopped ? "stopped" : choice.state} tone={choice.is_stopped ? "red" : choice.state === "packed" ? "green" : "blue"} /></span>
                  </button>
                ))}
              </div>
            </Section>
          ) : null}
          {now === "blocked" && view ? (
            <div role="alert" className={cx("hc-card", css.blocked)}>
              <div className={css.big}>{t(view.fulfilment.is_stopped ? "blocked.stopped" : "blocked.state")}</div>
              <div>{t("blocked.stateHint", { state: t(`state.fulfilment.${view.fulfilment.state}`, { defaultValue: view.fulfilment.state }) })}</div>
            </div>
          ) : null}
          {state.mismatch ? (
            <Alert type="error" showIcon title={t("weight.mismatch", { weight: weight(state.mismatch.weight_g), expected: weight(state.mismatch.expected_g) })} description={can("outbound.parcel.accept_weight") ? t("weight.mismatchHint") : t("weight.noRight")} />
          ) : null}
          {view ? <Order view={view} /> : null}
        </div>
        <aside className={css.side}>
          {view && now !== "blocked" && now !== "done" ? (
            <>
              <CartonBox state={state} cartons={cartons} onChoose={(carton) => table.change({ carton })} />
              <section className={cx("hc-card", now === "weigh" && css.weigh)} style={{ padding: "12px 16px" }} aria-label={t("weight.title")}>
                <div className="hc-muted">{t("weight.title")}</div>
                <div className={css.big}>{now === "weigh" ? t("weight.waiting") : "—"}</div>
                {expected > 0 ? <div className="hc-muted hc-num">{t("weight.expected", { weight: weight(expected) })}</div> : null}
                {now === "weigh" ? <div className="hc-faint">{t("weight.hint")}</div> : null}
              </section>
            </>
          ) : null}
          {table.last || (view && view.sealed.length > 0) ? (
            <Section title={t("sealed.title")} flush>
              <ul className={css.sealedList}>
                {table.last ? (
                  <li>
                    <strong className="hc-num">{table.last.number}</strong>
                    {table.last.waybill ? <CopyText text={table.last.waybill} /> : <ToneTag tone="orange">{t("sealed.noLabel")}</ToneTag>}
                    <span className="hc-faint">{t("sealed.last")}</span>
                  </li>
                ) : null}
                {(view?.sealed ?? []).filter((one) => one.number !== table.last?.number && one.state !== "cancelled").map((one) => (
                  <li key={one.parcel_id}>
                    <span className="hc-num">{one.number}</span>
                    {one.waybill_number ? <CopyText text={one.waybill_number} /> : <ToneTag tone="orange">{t("sealed.noLabel")}</ToneTag>}
                    {one.weight_g === null ? null : <span className="hc-faint hc-num">{t("weight.grams", { value: formatNumber(one.weight_g, i18n.language) })}</span>}
                    {one.label_url ? <Button size="small" icon={<PrinterOutlined />} aria-label={t("sealed.reprint")} onClick={() => void printLabels([one.parcel_id])} /> : null}
                  </li>
                ))}
              </ul>
            </Section>
          ) : null}
          <div className={cx("hc-card", css.options)}>
            <Checkbox checked={print} onChange={(event) => setPrint(event.target.checked)}>{t("option.print")}</Checkbox>
            <Checkbox checked={autoSeal} onChange={(event) => setAutoSeal(event.target.checked)}>{t("option.auto")}</Checkbox>
          </div>
        </aside>
      </div>
    </div>
  );
}
