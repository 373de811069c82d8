import { useCallback, useEffect, useState } from "react";
import { call, Refusal, tokenOf, type OrderPage, type Parcel } from "./api";
import { AskForm, type Ask } from "./AskForm";
import { Wishes } from "./Wishes";
import { fill, initialLanguage, keepLanguage, wordsOf, type Language, type Words } from "./locale";

const STEPS = ["placed", "preparing", "packing", "shipped", "delivered"] as const;
const FIRST_SCANS = 4;

/** Where is my parcel, and what can I still change: one page, for a phone, without signing in. */
export function TrackPage() {
  const token = tokenOf(globalThis.location.pathname);
  const [language, setLanguage] = useState<Language>(initialLanguage);
  const [page, setPage] = useState<OrderPage | null>(null);
  const [failure, setFailure] = useState<Refusal | null>(null);
  const [ask, setAsk] = useState<Ask | null>(null);
  const [done, setDone] = useState("");
  const words = wordsOf(language);

  const load = useCallback(() => {
    call<OrderPage>(token, language).then(
      (found) => {
        setPage(found);
        setFailure(null);
      },
      (error: unknown) => setFailure(error instanceof Refusal ? error : new Refusal(0, "")),
    );
  }, [token, language]);
  useEffect(() => {
    keepLanguage(language);
    document.title = wordsOf(language).title;
    load();
    const again = setInterval(() => {
      if (!document.hidden) load();
    }, 60_000);
    return () => clearInterval(again);
  }, [language, load]);

  return (
    <>
      <header className="top">
        <strong>{page?.shop ?? words.title}</strong>
        <button type="button" className="plain" lang={language === "en" ? "zh-CN" : "en"} onClick={() => setLanguage(language === "en" ? "zh-CN" : "en")}>{words.language}</button>
      </header>
      <main>
        {failure && !page ? (
          <section className="card middle" role="alert">
            <h1>{failure.status === 404 ? words.lost : words.offline}</h1>
            {failure.status === 404 ? <p>{words.lostHint}</p> : <button type="button" className="primary" onClick={load}>{words.retry}</button>}
          </section>
        ) : !page ? (
          <p className="middle" aria-busy>{words.loading}</p>
        ) : (
          <Shown page={page} words={words} language={language} token={token} done={done} onAsk={(next) => { setDone(""); setAsk(next); }} onPage={setPage} />
        )}
      </main>
      {ask && page ? (
        <AskForm
          ask={ask}
          token={token}
          language={language}
          words={words}
          onClose={() => setAsk(null)}
          onDone={(text) => {
            setAsk(null);
            setDone(text);
            load();
          }}
        />
      ) : null}
    </>
  );
}

function Shown({ page, words, language, token, done, onAsk, onPage }: { page: OrderPage; words: Words; language: Language; token: string; done: string; onAsk: (ask: Ask) => void; onPage: (page: OrderPage) => void }) {
  const day = (value: string) => new Intl.DateTimeFormat(language, { month: "short", day: "numeric", weekday: "short" }).format(new Date(value));
  const delivered = page.parcels.map((one) => one.delivered_at).filter((one) => one !== null);
  const due = page.expected_at ?? page.promised_at;
  return (
    <>
      <section className="card">
        <h1>{words.step[page.step]}</h1>
        {page.step === "delivered" && delivered.length > 0 ? <p className="due">{fill(words.delivered, { d: day(delivered.sort().at(-1) ?? "") })}</p> : null}
        {page.step !== "delivered" && page.step !== "cancelled" && due ? <p className="due">{fill(page.expected_at ? words.expected : words.promised, { d: day(due) })}</p> : null}
        {page.is_cancelling ? <p className="warn">{words.cancelling}</p> : null}
        {page.step === "cancelled" ? null : (
          <ol className="steps">
            {STEPS.map((step) => (
              <li key={step} className={STEPS.indexOf(step) < STEPS.indexOf(page.step as (typeof STEPS)[number]) ? "past" : step === page.step ? "now" : ""} aria-current={step === page.step ? "step" : undefined}>
                {words.step[step]}
              </li>
            ))}
          </ol>
        )}
        <p className="small">
          {fill(words.order, { n: page.number })} · {fill(words.placed, { d: day(page.placed_at) })}
          {page.recipient ? <><br />{words.to} {page.recipient}</> : null}
        </p>
      </section>
      {done ? <p className="good" role="status">{done}</p> : null}
      {page.parcels.map((parcel, index) => <ParcelCard key={parcel.number} parcel={parcel} index={index + 1} words={words} language={language} />)}
      <section className="card">
        <h2>{words.items}</h2>
        <ul className="items">
          {page.items.map((item) => (
            <li key={item.name}>
              <span>{item.name}</span>
              <span className="right">{fill(words.units, { n: item.quantity })}{item.cancelled > 0 ? <span className="small"> {fill(words.cancelledUnits, { n: item.cancelled })}</span> : null}</span>
            </li>
          ))}
        </ul>
      </section>
      {page.wishes ? <Wishes page={page} words={words} language={language} token={token} onPage={onPage} /> : null}
      <section className="card actions">
        {(["address", "cancel"] as const).map((kind) => (
          <div key={kind}>
            <button type="button" disabled={page[kind] !== ""} onClick={() => onAsk(kind)}>{words[kind]}</button>
            {page[kind] ? <span className="small">{words.cannot[page[kind] as keyof Words["cannot"]]}</span> : null}
          </div>
        ))}
        <div><button type="button" onClick={() => onAsk("help")}>{words.help}</button></div>
        {page.contact ? <p className="small">{fill(words.contact, { c: page.contact })}</p> : null}
      </section>
    </>
  );
}

function ParcelCard({ parcel, index, words, language }: { parcel: Parcel; index: number; words: Words; language: Language }) {
  const [all, setAll] = useState(false);
  const [copied, setCopied] = useState(false);
  const moment = (value: string) => new Intl.DateTimeFormat(language, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date(value));
  const scans = all ? parcel.scans : parcel.scans.slice(0, FIRST_SCANS);
  const status = words.status[parcel.status as keyof Words["status"]];
  return (
    <section className="card" aria-label={fill(words.parcel, { n: index })}>
      <h2>{fill(words.parcel, { n: index })} <span className={`tag ${parcel.status}`}>{status}</span></h2>
      {parcel.waybill ? (
        <p className="waybill">
          {parcel.carrier} {fill(words.waybill, { n: parcel.waybill })}{" "}
          <button type="button" className="plain" onClick={() => void navigator.clipboard.writeText(parcel.waybill).then(() => setCopied(true), () => undefined)}>{copied ? words.copied : words.copy}</button>
        </p>
      ) : null}
      <p className="small">{parcel.items.map((item) => `${item.name} × ${item.quantity}`).join("，")}</p>
      {parcel.waybill && parcel.scans.length === 0 && parcel.status !== "packed" ? <p className="small">{words.noScans}</p> : null}
      <ol className="scans">
        {scans.map((scan) => (
          <li key={`${scan.at} ${scan.text}`}>
            <time dateTime={scan.at}>{moment(scan.at)}</time>
            <span>{scan.text || words.status[scan.status as keyof Words["status"]]}{scan.place ? <span className="small"> {scan.place}</span> : null}</span>
          </li>
        ))}
      </ol>
      {!all && parcel.scans.length > FIRST_SCANS ? <button type="button" className="plain" onClick={() => setAll(true)}>{fill(words.showAll, { n: parcel.scans.length })}</button> : null}
    </section>
  );
}
