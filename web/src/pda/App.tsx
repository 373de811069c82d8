import { useCallback, useEffect, useState } from "react";
import { setCsrfToken } from "@/api/client";
import { isProblem } from "@/api/problem";
import { floor, type Me, type SessionDetail, type WarehouseRef } from "./api";
import { Icon } from "./icons";
import { JobPage } from "./JobPage";
import { initialLanguage, keepLanguage, serverLanguage, speak, wordsOf, type Language, type Words } from "./locale";
import { MenuPage } from "./MenuPage";
import { Settings } from "./Settings";
import { SignIn } from "./SignIn";

/** The warehouse that was worked in last, the same as the desk's. */
const WAREHOUSE = "hecang.warehouse";
const USE = "work.floor.use";

/** What is shown stands in the address: Back works, and a reload comes back to the job. */
function jobInAddress(): string | null {
  return /^#job\/([0-9a-f-]{32,36})$/.exec(globalThis.location.hash)?.[1] ?? null;
}

type Who = { state: "asking" } | { state: "nobody"; expired: boolean } | { state: "lost" } | { state: "known"; me: Me };

export function App() {
  const [language, setLanguage] = useState<Language>(initialLanguage);
  const [who, setWho] = useState<Who>({ state: "asking" });
  const words = wordsOf(language);

  useEffect(() => speak(language), [language]);
  const ask = useCallback(() => {
    floor.me().then(
      (me) => {
        setCsrfToken(me.csrf_token);
        setWho({ state: "known", me });
      },
      (error: unknown) => setWho(isProblem(error) && error.status !== 0 && error.status < 500 ? { state: "nobody", expired: false } : { state: "lost" }),
    );
  }, []);
  useEffect(ask, [ask]);

  const choose = (next: Language) => {
    keepLanguage(next);
    setLanguage(next);
    if (who.state === "known") void floor.remember({ language: serverLanguage(next) }).catch(() => undefined);
  };
  const lostSession = useCallback(() => setWho({ state: "nobody", expired: true }), []);

  switch (who.state) {
    case "asking":
      return <p className="middle" aria-busy>{words.loading}</p>;
    case "lost":
      return <Failure words={words} text={words.offline} onRetry={ask} />;
    case "nobody":
      return <SignIn expired={who.expired} language={language} words={words} onLanguage={choose} onMe={(me) => setWho({ state: "known", me })} />;
    case "known": {
      const may = who.me.permissions.includes("*") || who.me.permissions.includes(USE);
      if (who.me.user.must_change_password) return <Failure words={words} text={words.ownPassword} link="/" />;
      if (!may) return <Failure words={words} text={words.noUse} link="/" />;
      return <Working me={who.me} language={language} words={words} onLanguage={choose} onSignedOut={lostSession} />;
    }
  }
}

function Working({ me, language, words, onLanguage, onSignedOut }: { me: Me; language: Language; words: Words; onLanguage: (language: Language) => void; onSignedOut: () => void }) {
  const [warehouses, setWarehouses] = useState<WarehouseRef[] | null>(null);
  const [chosen, setChosen] = useState(() => localStorage.getItem(WAREHOUSE) ?? "");
  const [job, setJob] = useState<SessionDetail | null>(null);
  const [place, setPlace] = useState<"menu" | "settings">("menu");
  const [failure, setFailure] = useState("");

  const load = useCallback(() => {
    const id = jobInAddress();
    Promise.all([floor.warehouses(), id === null ? null : floor.session(id).catch(() => null)]).then(
      ([found, session]) => {
        setFailure("");
        setWarehouses(found);
        if (session?.session.is_open) {
          setChosen(String(session.session.warehouse_id));
          setJob(session);
        } else if (id !== null) globalThis.history.replaceState(null, "", "#");
      },
      (error: unknown) => (isProblem(error) && error.status === 401 ? onSignedOut() : setFailure(words.offline)),
    );
  }, [onSignedOut, words]);
  useEffect(() => {
    load();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once; another language does not load anew
  }, []);
  useEffect(() => {
    const back = () => {
      if (jobInAddress() === null) setJob(null);
    };
    globalThis.addEventListener("popstate", back);
    return () => globalThis.removeEventListener("popstate", back);
  }, []);

  const pick = (id: WarehouseRef["id"]) => {
    localStorage.setItem(WAREHOUSE, String(id));
    setChosen(String(id));
  };

  if (failure) return <Failure words={words} text={failure} onRetry={load} />;
  if (warehouses === null) return <p className="middle" aria-busy>{words.loading}</p>;
  const warehouse = warehouses.find((one) => String(one.id) === chosen) ?? (warehouses.length === 1 ? warehouses[0] : undefined);
  if (place === "settings")
    return (
      <Settings
        me={me}
        language={language}
        words={words}
        onLanguage={onLanguage}
        onBack={() => setPlace("menu")}
        onSignOut={() => void floor.signOut().finally(() => globalThis.location.reload())}
      />
    );
  if (!warehouse) return <Warehouses items={warehouses} words={words} onPick={pick} onSettings={() => setPlace("settings")} />;
  if (job)
    return (
      <JobPage
        key={job.session.id}
        detail={job}
        warehouse={warehouse.id}
        language={language}
        words={words}
        onBack={() => {
          setJob(null);
          globalThis.history.replaceState(null, "", "#");
        }}
        onSignedOut={onSignedOut}
      />
    );
  return (
    <MenuPage
      warehouse={warehouse}
      language={language}
      words={words}
      onJob={(detail) => {
        globalThis.history.pushState(null, "", `#job/${detail.session.id}`);
        setJob(detail);
      }}
      onWarehouse={warehouses.length > 1 ? () => pick("") : null}
      onSettings={() => setPlace("settings")}
      onSignedOut={onSignedOut}
    />
  );
}

function Warehouses({ items, words, onPick, onSettings }: { items: readonly WarehouseRef[]; words: Words; onPick: (id: WarehouseRef["id"]) => void; onSettings: () => void }) {
  return (
    <div className="menu">
      <header className="top">
        <strong>{words.chooseWarehouse}</strong>
        <button type="button" className="icon" aria-label={words.settings} onClick={onSettings}>
          <Icon name="settings" />
        </button>
      </header>
      <main>
        {items.length === 0 ? <p className="hint">{words.noWarehouse}</p> : null}
        {items.map((one) => (
          <button key={one.id} type="button" className="resume" onClick={() => onPick(one.id)}>
            <span>
              <strong>{one.name}</strong>
              <small>{one.code}</small>
            </span>
            <Icon name="next" />
          </button>
        ))}
      </main>
    </div>
  );
}

function Failure({ words, text, onRetry, link }: { words: Words; text: string; onRetry?: () => void; link?: string }) {
  return (
    <main className="over">
      <span className="over-mark bad"><Icon name="warn" size={56} /></span>
      <p className="said" role="alert">{text}</p>
      {onRetry ? <button type="button" className="press primary" onClick={onRetry}>{words.retry}</button> : null}
      {link ? <a className="press primary" href={link}>{words.desk}</a> : null}
    </main>
  );
}
