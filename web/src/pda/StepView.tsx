import { Fragment } from "react";
import type { Fact, Step, WarehouseRef } from "./api";
import { Icon } from "./icons";
import { Choices, Confirm, DateInput, PhotoInput, Quantity, TextInput } from "./inputs";
import type { Notice } from "./job";
import { fill, type Words } from "./locale";
import { ScanInput } from "./ScanInput";

interface StepViewProps {
  step: Step;
  version: number;
  notice: Notice | null;
  warehouse: WarehouseRef["id"];
  words: Words;
  onScan: (code: string) => void;
  onGive: (name: string, value: string) => void;
  /** False while something lies over the step. */
  active: boolean;
}

/** Draws any step of any job: it is told everything by the step itself. */
export function StepView({ step, version, notice, warehouse, words, onScan, onGive, active }: StepViewProps) {
  const first = step.inputs[0];
  const typed = step.inputs.some((one) => one.kind === "scan" || one.kind === "quantity" || one.kind === "date" || one.kind === "text");
  const firstConfirm = step.inputs.find((one) => one.kind === "confirm");
  return (
    <>
      {step.progress ? <Progress done={step.progress[0]} of={step.progress[1]} words={words} /> : null}
      <h1 className="prompt" data-state={step.state}>{step.prompt}</h1>
      {notice ? <NoticeBar notice={notice} words={words} /> : null}
      <Facts facts={step.facts.slice(0, FACTS_FIRST)} />
      <div className="inputs">
        {step.inputs.map((input) => {
          // Fields begin anew with every step, so that nothing typed for one is sent to another.
          const key = `${version} ${input.name}`;
          const shared = { input, words, onGive };
          switch (input.kind) {
            case "scan":
              return <ScanInput key={input.name} input={input} words={words} keepFocus={active && input === first} onScan={(code) => (input === first ? onScan(code) : onGive(input.name, code))} />;
            case "quantity":
              return <Quantity key={key} {...shared} focus={active && input === first} />;
            case "date":
              return <DateInput key={key} {...shared} focus={active && input === first} />;
            case "text":
              return <TextInput key={key} {...shared} focus={active && input === first} />;
            case "choice":
              return <Choices key={key} {...shared} keys={!typed} />;
            case "photo":
              return <PhotoInput key={key} {...shared} warehouse={warehouse} />;
            case "confirm":
              return <Confirm key={key} {...shared} first={input === firstConfirm} />;
          }
        })}
      </div>
      <Facts facts={step.facts.slice(FACTS_FIRST)} />
    </>
  );
}

/** Facts that stand above the inputs; what follows stands below, so that the inputs stay on the screen. */
const FACTS_FIRST = 4;

function Facts({ facts }: { facts: readonly Fact[] }) {
  if (facts.length === 0) return null;
  return (
    <dl className="facts">
      {facts.map((fact, index) => (
        <Fragment key={`${index} ${fact.label}`}>
          <dt>{fact.label}</dt>
          <dd className={fact.tone}>
            {fact.tone === "bad" || fact.tone === "warn" ? <Icon name="warn" size={18} /> : null}
            <span>{fact.value}</span>
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}

function NoticeBar({ notice, words }: { notice: Notice; words: Words }) {
  const reason = { no_scan: words.noScan, held_back: words.heldBackScans, network: words.lost };
  const icon = notice.tone === "bad" ? "wrong" : notice.tone === "warn" ? "warn" : "right";
  return (
    <div key={notice.count} className={`notice ${notice.tone}`} role="status" aria-live="assertive" data-tone={notice.tone}>
      <Icon name={icon} size={28} />
      <span>
        {notice.text}
        {notice.text !== "" && notice.reason ? <br /> : null}
        {notice.reason ? reason[notice.reason] : null}
      </span>
    </div>
  );
}

function Progress({ done, of, words }: { done: number; of: number; words: Words }) {
  return (
    <div className="progress">
      <progress value={done} max={Math.max(1, of)} aria-label={fill(words.progress, { a: done, b: of })} />
      <span aria-hidden>{fill(words.progress, { a: done, b: of })}</span>
    </div>
  );
}
