import { useState } from "react";
import { call, Refusal, type OrderPage } from "./api";
import type { Language, Words } from "./locale";

/** How the buyer would like to get the parcel. */
export function Wishes({ page, words, language, token, onPage }: { page: OrderPage; words: Words; language: Language; token: string; onPage: (page: OrderPage) => void }) {
  const [code, setCode] = useState(page.wish.code ?? "none");
  const [note, setNote] = useState(page.wish.note ?? "");
  const [told, setTold] = useState("");
  const save = async () => {
    try {
      onPage(await call<OrderPage>(token, language, "wish", { code, note }));
      setTold(words.saved);
    } catch (error) {
      setTold(error instanceof Refusal && error.message ? error.message : words.offline);
    }
  };
  return (
    <section className="card">
      <h2>{words.wish}</h2>
      <div className="wishes" role="radiogroup" aria-label={words.wish}>
        {Object.entries(words.wishes).map(([value, label]) => (
          <label key={value} className={value === code ? "chosen" : ""}>
            <input type="radio" name="wish" value={value} checked={value === code} onChange={() => { setCode(value); setTold(""); }} /> {label}
          </label>
        ))}
      </div>
      <label>{words.note}<input value={note} maxLength={100} onChange={(event) => { setNote(event.target.value); setTold(""); }} /></label>
      <div className="buttons"><span className="small" role="status">{told}</span><button type="button" className="primary" onClick={() => void save()}>{words.save}</button></div>
    </section>
  );
}
