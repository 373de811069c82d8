import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { GS } from "@/shared/scan/wedge";
import type { StepInput } from "./api";
import { Icon } from "./icons";
import type { Words } from "./locale";

const Camera = lazy(() => import("./Camera"));

/** How often the field takes the focus back from nowhere. */
const REFOCUS_MS = 700;

/**
 * The field that scans go to. It keeps the focus without opening the keyboard of the screen; a wedge scanner types
 * into it, the camera fills it, and hands can, too.
 */
export function ScanInput({ input, words, onScan, keepFocus }: { input: StepInput; words: Words; onScan: (code: string) => void; keepFocus: boolean }) {
  const field = useRef<HTMLInputElement>(null);
  const [typing, setTyping] = useState(false);
  const [focused, setFocused] = useState(false);
  const [camera, setCamera] = useState(false);

  useEffect(() => {
    if (!keepFocus || camera) return;
    const take = () => {
      const active = document.activeElement;
      if (active === null || active === document.body) field.current?.focus({ preventScroll: true });
    };
    field.current?.focus({ preventScroll: true });
    const timer = setInterval(take, REFOCUS_MS);
    return () => clearInterval(timer);
  }, [keepFocus, camera]);

  const send = () => {
    const element = field.current;
    if (!element) return;
    const code = element.value.trim();
    element.value = "";
    if (code !== "") onScan(code);
  };

  return (
    <div className={`scan ${focused ? "focused" : ""}`}>
      <label>
        <span>{input.label}</span>
        <span className="scan-box">
          <Icon name="scan" size={26} />
          <input
            ref={field}
            data-scan=""
            type="text"
            inputMode={typing ? "text" : "none"}
            enterKeyHint="send"
            autoComplete="off"
            autoCapitalize="off"
            autoCorrect="off"
            spellCheck={false}
            placeholder={focused ? words.scanReady : words.scanAway}
            onFocus={() => setFocused(true)}
            onBlur={() => setFocused(false)}
            onKeyDown={(event) => {
              if (event.key === "Enter") {
                event.preventDefault();
                send();
              } else if (event.ctrlKey && event.key === "]") {
                event.preventDefault();
                event.currentTarget.setRangeText(GS, event.currentTarget.value.length, event.currentTarget.value.length, "end");
              }
            }}
          />
          {typing ? <button type="button" className="press primary" onClick={send}>{words.send}</button> : null}
        </span>
      </label>
      <div className="scan-ways">
        <button
          type="button"
          aria-pressed={typing}
          onClick={() => {
            setTyping(!typing);
            // The keyboard of the screen opens only for a field that gains the focus in its new way.
            field.current?.blur();
            setTimeout(() => field.current?.focus(), 0);
          }}
        >
          <Icon name="keyboard" size={20} />
          {words.type}
        </button>
        <button type="button" aria-pressed={camera} onClick={() => setCamera(!camera)}>
          <Icon name="camera" size={20} />
          {words.camera}
        </button>
      </div>
      {camera ? (
        <Suspense fallback={<p className="hint" aria-busy>{words.cameraStarting}</p>}>
          <Camera words={words} onCode={onScan} onClose={() => setCamera(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}
