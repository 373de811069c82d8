/** One part for each kind of input that a step can take. */
import { useEffect, useRef, useState } from "react";
import { floor, type StepInput, type WarehouseRef } from "./api";
import { Icon } from "./icons";
import { fill, type Words } from "./locale";
import { shrink } from "./photo";

interface Shared {
  input: StepInput;
  words: Words;
  onGive: (name: string, value: string) => void;
}

const CONFIRM_MS = 4000;

/** A large button; a bad one asks to be pressed twice, with the words of `asking` if there are some. */
export function Press({ label, hint, tone, badge, hotkey, words, primary = false, asking, onPress }: { label: string; hint?: string; asking?: string; tone: string; badge?: string; hotkey?: string; words: Words; primary?: boolean; onPress: () => void }) {
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (!asked) return;
    const timer = setTimeout(() => setAsked(false), CONFIRM_MS);
    return () => clearTimeout(timer);
  }, [asked]);
  const press = () => {
    if (tone === "bad" && !asked) {
      setAsked(true);
      return;
    }
    setAsked(false);
    onPress();
  };
  return (
    <button type="button" className={`press ${tone} ${primary ? "primary" : ""} ${asked ? "asked" : ""}`} onClick={press} data-hotkey={hotkey}>
      {badge === undefined ? null : <span className="badge" aria-hidden>{badge}</span>}
      <span className="press-text">
        <span>{asked ? (asking ?? words.again) : label}</span>
        {hint && !asked ? <small>{hint}</small> : null}
      </span>
    </button>
  );
}

export function Choices({ input, words, onGive, keys }: Shared & { keys: boolean }) {
  return (
    <fieldset className="choices">
      <legend>{input.label}</legend>
      {input.options.map((option, index) => (
        <Press key={option.value} label={option.label} hint={option.hint} tone={option.tone} words={words} {...(keys && index < 9 ? { badge: String(index + 1), hotkey: String(index + 1) } : {})} onPress={() => onGive(input.name, option.value)} />
      ))}
    </fieldset>
  );
}

export function Confirm({ input, words, onGive, first }: Shared & { first: boolean }) {
  return <Press label={input.label} tone={input.tone} words={words} primary={first && input.tone !== "bad"} {...(first ? { hotkey: "F2" } : {})} onPress={() => onGive(input.name, "")} />;
}

/** Digits with a pad that a gloved thumb hits; a keyboard writes into the same field. */
function Pad({ value, onChange, onSend, words, busy }: { value: string; onChange: (value: string) => void; onSend: () => void; words: Words; busy?: boolean }) {
  const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
  const add = (digit: string) => onChange(`${value}${digit}`);
  return (
    <div className="pad">
      {keys.map((digit) => (
        <button key={digit} type="button" tabIndex={-1} aria-label={fill(words.digit, { n: digit })} onClick={() => add(digit)}>{digit}</button>
      ))}
      <button type="button" tabIndex={-1} aria-label={words.erase} onClick={() => onChange(value.slice(0, -1))}>{"⌫"}</button>
      <button type="button" tabIndex={-1} aria-label={fill(words.digit, { n: "0" })} onClick={() => add("0")}>{"0"}</button>
      <button type="button" className="press primary" disabled={busy || value === ""} onClick={onSend}>{words.send}</button>
    </div>
  );
}

export function Quantity({ input, words, onGive, focus }: Shared & { focus: boolean }) {
  const [value, setValue] = useState(input.value);
  const fresh = useRef(true);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focus) field.current?.focus({ preventScroll: true });
  }, [focus]);
  const change = (next: string) => {
    // The first digit replaces what the field was filled with.
    const digits = (fresh.current && next.length > input.value.length ? next.slice(input.value.length) : next).replace(/\D/g, "").slice(0, 9);
    fresh.current = false;
    setValue(digits);
  };
  const send = () => {
    if (value !== "") onGive(input.name, value);
  };
  return (
    <div className="quantity">
      <label>
        <span>{input.label}</span>
        <span className="amount">
          <input
            ref={field}
            inputMode="none"
            autoComplete="off"
            value={value}
            onFocus={(event) => event.currentTarget.select()}
            onChange={(event) => {
              fresh.current = false;
              setValue(event.target.value.replace(/\D/g, "").slice(0, 9));
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter") send();
            }}
          />
          {input.unit ? <span className="unit">{input.unit}</span> : null}
        </span>
      </label>
      {input.maximum !== null && input.maximum > 0 && input.maximum < 100_000 /* above it is a limit, no amount that lies here */ ? (
        <button type="button" className="chip" onClick={() => change(`${fresh.current ? input.value : ""}${input.maximum}`)}>{fill(words.max, { n: input.maximum })}</button>
      ) : null}
      <Pad value={value} onChange={change} onSend={send} words={words} />
    </div>
  );
}

const DASHED = /^(\d{4})(\d{2})?(\d{2})?/;

export function DateInput({ input, words, onGive, focus }: Shared & { focus: boolean }) {
  const [value, setValue] = useState(input.value.replace(/\D/g, ""));
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focus) field.current?.focus({ preventScroll: true });
  }, [focus]);
  const change = (next: string) => setValue(next.replace(/\D/g, "").slice(0, 8));
  const shown = value.replace(DASHED, (_all, year: string, month?: string, day?: string) => [year, month, day].filter((part) => part !== undefined).join("-"));
  const send = () => {
    if (value.length === 6 || value.length === 8) onGive(input.name, value);
  };
  return (
    <div className="quantity">
      <label>
        <span>{input.label}</span>
        <span className="amount">
          <input
            ref={field}
            inputMode="none"
            autoComplete="off"
            placeholder={words.dateHint}
            value={shown}
            onChange={(event) => change(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter") send();
            }}
          />
        </span>
      </label>
      <label className="chip calendar">
        <span>{words.calendar}</span>
        <input type="date" tabIndex={-1} onChange={(event) => change(event.target.value)} />
      </label>
      <Pad value={value} onChange={change} onSend={send} words={words} busy={value.length !== 6 && value.length !== 8} />
    </div>
  );
}

export function TextInput({ input, words, onGive, focus }: Shared & { focus: boolean }) {
  const [value, setValue] = useState(input.value);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focus) field.current?.focus();
  }, [focus]);
  return (
    <form
      className="line"
      onSubmit={(event) => {
        event.preventDefault();
        if (value.trim() !== "") onGive(input.name, value.trim());
      }}
    >
      <label>
        <span>{input.label}</span>
        <input ref={field} value={value} maxLength={500} autoComplete="off" onChange={(event) => setValue(event.target.value)} />
      </label>
      <button type="submit" className="press primary">{words.send}</button>
    </form>
  );
}

export function PhotoInput({ input, words, onGive, warehouse }: Shared & { warehouse: WarehouseRef["id"] }) {
  const [state, setState] = useState<"idle" | "sending" | "failed">("idle");
  const take = async (file: File | undefined) => {
    if (!file) return;
    setState("sending");
    try {
      const id = await floor.photo(warehouse, await shrink(file));
      setState("idle");
      onGive(input.name, String(id));
    } catch {
      setState("failed");
    }
  };
  return (
    <label className="press photo">
      <Icon name="camera" />
      <span className="press-text">
        <span>{input.label || words.takePhoto}</span>
        {state === "idle" ? null : <small role="status">{state === "sending" ? words.uploading : words.lost}</small>}
      </span>
      <input
        type="file"
        accept="image/*"
        capture="environment"
        className="visually-hidden"
        disabled={state === "sending"}
        onChange={(event) => {
          void take(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
    </label>
  );
}
