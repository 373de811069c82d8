import { CheckCircleFilled, CloseCircleFilled, ScanOutlined, SoundOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { useCallback, useEffect, useEffectEvent, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { DateTime } from "@/shared/format/format";
import { cx } from "@/shared/ui/cx";
import css from "./scan.module.css";
import { playSound, setSoundEnabled, soundEnabled } from "./sound";
import { GS, listenForCodes } from "./wedge";

export interface ScanResult {
  ok: boolean;
  /** Said to the user: what was right, or what is wrong and what to do. */
  message: ReactNode;
  /** Played instead of "right" when this scan finished something. */
  finished?: boolean;
}

export interface ScanRecord extends ScanResult {
  id: number;
  code: string;
  at: string;
}

interface ScanFieldProps {
  /** Decides about one code; codes that arrive while it works wait their turn. */
  onScan: (code: string) => Promise<ScanResult> | ScanResult;
  label?: string;
  placeholder?: string;
  /** Shows "undo" on the last right scan. */
  onUndo?: (record: ScanRecord) => Promise<unknown>;
  /** How many past scans to show; 0 hides them. */
  history?: number;
  disabled?: boolean;
}

/**
 * The one scan field of a workbench: keeps the focus, takes wedge scanners even when the focus is elsewhere,
 * queues fast scans, answers with sound, colour and words, and lists the last scans.
 */
export function ScanField({ onScan, label, placeholder, onUndo, history = 5, disabled = false }: ScanFieldProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const queue = useRef<string[]>([]);
  const working = useRef(false);
  const counter = useRef(0);
  const [busy, setBusy] = useState(false);
  const [focused, setFocused] = useState(false);
  const [records, setRecords] = useState<ScanRecord[]>([]);
  const [sound, setSound] = useState(soundEnabled);
  const last = records[0];

  const judge = async (code: string): Promise<ScanResult> => {
    try {
      return await onScan(code);
    } catch (error) {
      return { ok: false, message: error instanceof Error ? error.message : t("error.title") };
    }
  };

  const work = async () => {
    if (working.current) return;
    working.current = true;
    setBusy(true);
    for (let code = queue.current.shift(); code !== undefined; code = queue.current.shift()) {
      const result = await judge(code);
      playSound(result.ok ? (result.finished ? "done" : "right") : "wrong");
      counter.current += 1;
      const record: ScanRecord = { ...result, id: counter.current, code, at: new Date().toISOString() };
      setRecords((before) => [record, ...before].slice(0, Math.max(1, history)));
    }
    working.current = false;
    setBusy(false);
  };

  const take = (raw: string) => {
    const code = raw.trim();
    if (code === "" || disabled) return;
    queue.current.push(code);
    void work();
  };
  const takeFromWedge = useEffectEvent(take);

  const refocus = useCallback(() => {
    const active = document.activeElement;
    const busyElsewhere = active instanceof HTMLElement && active !== document.body && active.closest("input, textarea, [role=dialog], [role=combobox], [role=menu]");
    if (!busyElsewhere) input.current?.focus({ preventScroll: true });
  }, []);

  useEffect(() => {
    if (disabled) return;
    refocus();
    const timer = setInterval(refocus, 800);
    return () => clearInterval(timer);
  }, [refocus, disabled]);

  useEffect(() => listenForCodes(takeFromWedge), []);

  const tone = last ? (last.ok ? css.right : css.wrong) : null;
  return (
    <section className={css.scan} aria-label={label ?? t("scan.label")}>
      <div className={cx(css.field, focused && css.focused, tone)} data-result={last ? (last.ok ? "right" : "wrong") : "none"}>
        {/* Only the flash is made anew: the input must not be, a code may be half-way in. */}
        {last ? <span key={last.id} className={css.flash} aria-hidden /> : null}
        <ScanOutlined aria-hidden className={css.icon} />
        <input
          ref={input}
          data-scan=""
          type="text"
          inputMode="none"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          disabled={disabled}
          aria-label={label ?? t("scan.label")}
          placeholder={focused ? (placeholder ?? t("scan.placeholder")) : t("scan.unfocused")}
          onFocus={() => setFocused(true)}
          onBlur={() => setFocused(false)}
          autoFocus
          onKeyDown={(event) => {
            const element = event.currentTarget;
            if (event.ctrlKey && event.key === "]") {
              event.preventDefault();
              element.value += GS;
            }
            if (event.key !== "Enter") return;
            event.preventDefault();
            take(element.value);
            element.value = "";
          }}
        />
        <span className={css.status}>{busy ? t("scan.busy") : focused ? t("scan.ready") : null}</span>
        <Tooltip title={sound ? t("scan.soundOn") : t("scan.soundOff")}>
          <Button
            type="text"
            icon={<SoundOutlined style={sound ? undefined : { opacity: 0.35 }} />}
            aria-label={sound ? t("scan.soundOn") : t("scan.soundOff")}
            aria-pressed={sound}
            onClick={() => {
              setSoundEnabled(!sound);
              setSound(!sound);
              input.current?.focus();
            }}
          />
        </Tooltip>
      </div>
      <div className={cx(css.answer, tone)} role="status" aria-live="assertive">
        {last ? (
          <>
            {last.ok ? <CheckCircleFilled aria-label={t("scan.right")} /> : <CloseCircleFilled aria-label={t("scan.wrong")} />}
            <span>{last.message}</span>
          </>
        ) : null}
      </div>
      {history > 0 && records.length > 0 ? (
        <ol className={css.history} aria-label={t("scan.last")}>
          {records.map((record, index) => (
            <li key={record.id}>
              <span className={record.ok ? css.rightText : css.wrongText}>{record.ok ? <CheckCircleFilled /> : <CloseCircleFilled />}</span>
              <span className="hc-mono">{record.code}</span>
              <span className={cx(css.message, "hc-ellipsis")}>{record.message}</span>
              <DateTime value={record.at} />
              {index === 0 && record.ok && onUndo ? (
                <Button
                  size="small"
                  aria-label={t("scan.undo", { code: record.code })}
                  onClick={() => void onUndo(record).then(() => setRecords((before) => before.filter((one) => one.id !== record.id)))}
                >
                  {t("action.undo")}
                </Button>
              ) : null}
            </li>
          ))}
        </ol>
      ) : null}
    </section>
  );
}
