import { useCallback, useEffect, useState } from "react";
import { Announce } from "./Announce";
import { call, Refusal, tokenOf, type Page } from "./api";
import { Deliveries } from "./Deliveries";
import { fill, initialLanguage, keepLanguage, wordsOf, type Language, type Words } from "./locale";
import { Orders } from "./Orders";

const TABS = ["orders", "announce", "deliveries"] as const;
type Tab = (typeof TABS)[number];
/** Where trucks stand changes by itself; everything else waits for the reader. */
const REFRESH_MS = 60_000;

export interface Part {
  page: Page;
  words: Words;
  language: Language;
  token: string;
  onPage: (page: Page) => void;
  onDone: (text: string) => void;
}

/** What a supplier, or the carrier of one delivery, settles with the warehouse without signing in. */
export function PartnerPage() {
  const token = tokenOf(globalThis.location.pathname);
  const [language, setLanguage] = useState<Language>(initialLanguage);
  const [page, setPage] = useState<Page | null>(null);
  const [failure, setFailure] = useState<Refusal | null>(null);
  const words = wordsOf(language);

  const load = useCallback(() => {
    call<Page>({ token, language }).then(
      (found) => {
        setPage(found);
        setFailure(null);
      },
      (error: unknown) => {
        const refusal = error instanceof Refusal ? error : new Refusal(0, "");
        setFailure(refusal);
        if (refusal.status === 404) setPage(null); // withdrawn while it was open
      },
    );
  }, [token, language]);
  useEffect(() => {
    keepLanguage(language);
    document.title = wordsOf(language).title;
    load();
    const again = setInterval(() => {
      if (!document.hidden && document.querySelector("dialog[open]") === null) load();
    }, REFRESH_MS);
    return () => clearInterval(again);
  }, [language, load]);

  return (
    <>
      <header className="top">
        <strong>{page ? page.supplier || words.title : words.title}</strong>
        <button type="button" className="plain" lang={language === "en" ? "zh-CN" : "en"} onClick={() => setLanguage(language === "en" ? "zh-CN" : "en")}>{words.language}</button>
      </header>
      <main>
        {page ? (
          <Shown page={page} words={words} language={language} token={token} onPage={setPage} onReload={load} />
        ) : failure ? (
          <section className="card middle" role="alert">
            <h1>{failure.status === 404 || failure.status === 422 ? words.lost : words.offline}</h1>
            {failure.status === 404 || failure.status === 422 ? <p>{words.lostHint}</p> : <button type="button" className="primary" onClick={load}>{words.retry}</button>}
          </section>
        ) : (
          <p className="middle" aria-busy>{words.loading}</p>
        )}
      </main>
    </>
  );
}

function tabNow(page: Page): Tab {
  const asked = globalThis.location.hash.slice(1) as Tab;
  if (!page.may_announce) return "deliveries";
  return TABS.includes(asked) ? asked : "orders";
}

function Shown({ page, words, language, token, onPage, onReload }: Omit<Part, "onDone"> & { onReload: () => void }) {
  const [tab, setTab] = useState<Tab>(() => tabNow(page));
  const [done, setDone] = useState("");
  useEffect(() => {
    const follow = () => {
      setTab(tabNow(page));
      window.scrollTo(0, 0);
    };
    globalThis.addEventListener("hashchange", follow);
    return () => globalThis.removeEventListener("hashchange", follow);
  }, [page]);
  const waiting = page.orders.filter((order) => order.needs_answer).length;
  const part: Part = { page, words, language, token, onPage, onDone: (text) => { setDone(text); window.scrollTo(0, 0); } };
  return (
    <>
      <section className="card place">
        <p><span className="small">{words.to}</span> <strong>{page.warehouse}</strong> · {page.owner}</p>
        {page.address ? <p className="small">{page.address}</p> : null}
        {page.contact ? <p className="small">{fill(words.contact, { c: page.contact })}</p> : null}
      </section>
      {page.may_announce ? (
        <nav className="tabs">
          {TABS.map((one) => (
            <a key={one} href={`#${one}`} aria-current={one === tab ? "page" : undefined} onClick={() => setDone("")}>
              {words.tabs[one]}
              {one === "orders" && waiting > 0 ? <span className="count" aria-label={fill(words.toAnswer, { n: waiting })}>{waiting}</span> : null}
            </a>
          ))}
        </nav>
      ) : null}
      {done ? <p className="good" role="status">{done}</p> : null}
      {tab === "orders" ? <Orders {...part} /> : null}
      {tab === "announce" ? (
        <Announce
          {...part}
          onAnnounced={(text) => {
            globalThis.location.hash = "deliveries";
            setDone(text);
            onReload();
          }}
        />
      ) : null}
      {tab === "deliveries" ? <Deliveries {...part} onReload={onReload} /> : null}
      <p className="small foot">{fill(words.zone, { z: page.timezone })}</p>
    </>
  );
}
