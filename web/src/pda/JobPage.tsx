import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { listenForCodes } from "@/shared/scan/wedge";
import type { SessionDetail, WarehouseRef } from "./api";
import { Icon } from "./icons";
import { Job, type Line, type Shown } from "./job";
import { fill, type Language, type Words } from "./locale";
import { StepView } from "./StepView";

interface JobPageProps {
  detail: SessionDetail;
  warehouse: WarehouseRef["id"];
  language: Language;
  words: Words;
  onBack: () => void;
  onSignedOut: () => void;
}

/** One job, full screen: header, step, and the row of what can always be done. */
export function JobPage({ detail, warehouse, language, words, onBack, onSignedOut }: JobPageProps) {
  const [job] = useState(() => new Job(detail));
  const shown = useSyncExternalStore(job.subscribe, job.snapshot);
  const [sheet, setSheet] = useState(false);
  const { step, session } = shown;

  useEffect(() => job.start(), [job]);
  useEffect(() => listenForCodes(job.scan), [job]);
  useEffect(() => {
    const look = () => {
      if (!document.hidden) void job.refresh().catch(() => undefined);
    };
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [job]);
  useEffect(() => {
    if (shown.state === "signed_out") onSignedOut();
  }, [shown.state, onSignedOut]);

  const give = job.give;
  const leave = useCallback(() => give("leave", ""), [give]);
  const undo = useCallback(() => give("undo", ""), [give]);
  useEffect(() => {
    if (sheet) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "F4" && step.can_undo) {
        event.preventDefault();
        undo();
        return;
      }
      if (event.target instanceof HTMLInputElement && event.key !== "F2") return;
      const button = [...document.querySelectorAll<HTMLButtonElement>("[data-hotkey]")].find((one) => one.dataset.hotkey === event.key);
      if (button) {
        event.preventDefault();
        button.click();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [step.can_undo, undo, sheet]);

  return (
    <div className="job" data-answers={shown.answers}>
      <Header shown={shown} words={words} onBack={onBack} />
      {shown.state === "waiting" ? <p className="offline" role="status">{words.offline}</p> : null}
      <main className="step" aria-busy={shown.state === "sending"}>
        {step.is_over || !session.is_open ? (
          <Over shown={shown} words={words} onBack={onBack} />
        ) : (
          <StepView step={step} version={session.version} notice={shown.notice} warehouse={warehouse} words={words} onScan={job.scan} onGive={give} active={!sheet} />
        )}
      </main>
      {step.is_over || !session.is_open ? null : (
        <nav className="bar" aria-label={words.menu}>
          <button type="button" disabled={!step.can_undo} onClick={undo}>
            <Icon name="undo" />
            {words.undo}
          </button>
          <button type="button" aria-expanded={sheet} onClick={() => setSheet(!sheet)}>
            <Icon name="list" />
            {words.last}
          </button>
          <button type="button" onClick={leave}>
            <Icon name="leave" />
            {words.leave}
          </button>
        </nav>
      )}
      {sheet ? <Sheet lines={shown.lines} language={language} words={words} onClose={() => setSheet(false)} /> : null}
    </div>
  );
}

function Header({ shown, words, onBack }: { shown: Shown; words: Words; onBack: () => void }) {
  const calm = shown.state !== "waiting";
  return (
    <header className="top">
      <button type="button" className="icon" aria-label={words.back} onClick={onBack}>
        <Icon name="back" />
      </button>
      <strong>{shown.title}</strong>
      {shown.held > 0 ? <span className="tag warn">{fill(words.heldBack, { n: shown.held })}</span> : null}
      <span className={`dot ${calm ? "good" : "bad"} ${shown.state === "sending" ? "busy" : ""}`} role="img" aria-label={calm ? words.online : words.waitingNet} />
    </header>
  );
}

function Over({ shown, words, onBack }: { shown: Shown; words: Words; onBack: () => void }) {
  return (
    <div className="over">
      <span className={`over-mark ${shown.step.tone === "bad" ? "bad" : "good"}`}>
        <Icon name={shown.step.tone === "bad" ? "wrong" : "right"} size={56} />
      </span>
      <h1 className="prompt" data-state={shown.step.state}>{shown.step.prompt || words.over}</h1>
      {shown.step.said ? <p className="said">{shown.step.said}</p> : null}
      <button type="button" className="press primary" autoFocus onClick={onBack}>{words.backToMenu}</button>
    </div>
  );
}

function Sheet({ lines, language, words, onClose }: { lines: readonly Line[]; language: Language; words: Words; onClose: () => void }) {
  const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") onClose();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [onClose]);
  return (
    <section className="sheet" role="dialog" aria-label={words.last} aria-modal>
      <header className="top">
        <strong>{words.last}</strong>
        <button type="button" autoFocus onClick={onClose}>{words.close}</button>
      </header>
      {lines.length === 0 ? <p className="hint">{words.noLast}</p> : null}
      <ol>
        {lines.map((line) => (
          <li key={line.id} className={line.ok ? "good" : "bad"}>
            <Icon name={line.ok ? "right" : "wrong"} size={20} />
            <span>
              {line.value ? <code>{line.value}</code> : null}
              <span>{line.said}</span>
            </span>
            <time dateTime={line.at}>{time.format(new Date(line.at))}</time>
          </li>
        ))}
      </ol>
    </section>
  );
}
