import { useEffect, useRef, useState, type SubmitEvent } from "react";
import { call, Refusal } from "./api";
import { fill, type Language, type Words } from "./locale";

export type Ask = "address" | "cancel" | "help";

/** One dialog for everything that needs proof of the phone. */
export function AskForm({ ask, token, language, words, onClose, onDone }: { ask: Ask; token: string; language: Language; words: Words; onClose: () => void; onDone: (text: string) => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  useEffect(() => dialog.current?.showModal(), []);

  const send = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = Object.fromEntries([...new FormData(event.currentTarget)].map(([name, value]) => [name, typeof value === "string" ? value.trim() : ""]));
    setBusy(true);
    setFailure("");
    try {
      const answer = await call<{ result?: string } | undefined>(token, language, ask, values);
      onDone(ask === "address" ? words.doneAddress : ask === "help" ? words.doneHelp : answer?.result === "requested" ? words.doneRequested : words.doneCancelled);
    } catch (error) {
      setFailure(error instanceof Refusal && error.message ? error.message : words.offline);
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="ask-title">
      <form onSubmit={(event) => void send(event)}>
        <h2 id="ask-title">{words[ask]}</h2>
        {ask === "address" ? (
          <>
            <label>{words.name}<input name="name" maxLength={100} autoComplete="name" /></label>
            <label>{words.newAddress}<textarea name="address" required minLength={4} maxLength={300} rows={3} autoComplete="street-address" /><span className="small">{words.addressHint}</span></label>
          </>
        ) : null}
        {ask === "cancel" ? <label>{words.reason}<input name="reason" maxLength={200} /></label> : null}
        {ask === "help" ? <label>{words.question}<textarea name="text" required maxLength={500} rows={4} /></label> : null}
        <label>{words.tail}<input name="phone_tail" required pattern="[0-9]{4}" inputMode="numeric" maxLength={4} autoComplete="off" /><span className="small">{words.tailHint}</span></label>
        {failure ? <p className="warn" role="alert">{fill(failure, {})}</p> : null}
        <div className="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>{words.close}</button>
          <button type="submit" className={ask === "cancel" ? "danger" : "primary"} disabled={busy}>{words.send}</button>
        </div>
      </form>
    </dialog>
  );
}
