import { useEffect, useRef, useState, type ReactNode, type SubmitEvent } from "react";
import { newKey, Refusal } from "./api";
import type { Words } from "./locale";

interface DialogProps {
  title: string;
  words: Words;
  submit: string;
  tone?: "primary" | "danger";
  disabled?: boolean;
  onClose: () => void;
  /** Does it; `key` stays the same when it is tried again after the connection failed. */
  onSubmit: (key: string) => Promise<void>;
  children?: ReactNode;
}

/** A question with one thing to do; what the server refuses stands beside the button. */
export function Dialog({ title, words, submit, tone = "primary", disabled = false, onClose, onSubmit, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const key = useRef("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  useEffect(() => dialog.current?.showModal(), []);

  const send = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setFailure("");
    key.current ||= newKey();
    try {
      await onSubmit(key.current);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status !== 0) key.current = "";
      setFailure(error.message || words.offline);
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="dialog-title">
      <form onSubmit={(event) => void send(event)} onChange={() => { key.current = ""; }}>
        <h2 id="dialog-title">{title}</h2>
        {children}
        {failure ? <p className="warn" role="alert">{failure}</p> : null}
        <div className="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>{words.cancel}</button>
          <button type="submit" className={tone} disabled={busy || disabled}>{submit}</button>
        </div>
      </form>
    </dialog>
  );
}
