import { useCallback, useEffect, useState } from "react";
import { isProblem } from "@/api/problem";
import { floor, Refused, uuid, type MyShift, type OpenSession, type ScenarioItem, type SessionDetail, type WarehouseRef } from "./api";
import { feel } from "./feedback";
import { Icon } from "./icons";
import { fill, type Language, type Words } from "./locale";
import { MyTasks, ShiftCard } from "./Shift";

const REFRESH_MS = 20_000;

interface MenuPageProps {
  warehouse: WarehouseRef;
  language: Language;
  words: Words;
  onJob: (detail: SessionDetail) => void;
  onWarehouse: (() => void) | null;
  onSettings: () => void;
  onSignedOut: () => void;
}

/** What can be done here, what waits, and what was begun. */
export function MenuPage({ warehouse, language, words, onJob, onWarehouse, onSettings, onSignedOut }: MenuPageProps) {
  const [scenarios, setScenarios] = useState<ScenarioItem[] | null>(null);
  const [open, setOpen] = useState<OpenSession[]>([]);
  const [shift, setShift] = useState<MyShift | null>(null);
  const [failure, setFailure] = useState("");
  /** Why the page could not look; over as soon as looking succeeds. */
  const [unseen, setUnseen] = useState("");
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState("");

  const read = useCallback(
    (error: unknown, show: (text: string) => void) => {
      if (isProblem(error) && error.status === 401) onSignedOut();
      else if (error instanceof Refused) show(error.message);
      else show(isProblem(error) && error.detail !== "" ? error.detail : words.offline);
    },
    [onSignedOut, words],
  );
  const fail = useCallback(
    (error: unknown) => {
      setSaid("");
      read(error, setFailure);
    },
    [read],
  );
  const load = useCallback(() => {
    Promise.all([floor.menu(warehouse.id), floor.open(warehouse.id), floor.shift(warehouse.id)]).then(([items, sessions, mine]) => {
      setScenarios(items);
      setOpen(sessions);
      setShift(mine);
      setUnseen("");
    }, (error: unknown) => read(error, setUnseen));
  }, [warehouse.id, read]);
  useEffect(() => {
    load();
    const timer = setInterval(() => {
      if (!document.hidden) load();
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [load]);

  const tell = (text: string) => {
    setFailure("");
    setSaid(text);
  };
  const own = { warehouse: warehouse.id, language, words, onChange: load, onProblem: fail, onSaid: tell };

  const go = (key: string, how: () => Promise<SessionDetail>) => {
    setBusy(key);
    setFailure("");
    how()
      .then(onJob, (error: unknown) => {
        feel("wrong");
        fail(error);
      })
      .finally(() => setBusy(""));
  };

  return (
    <div className="menu">
      <header className="top">
        {onWarehouse ? <button type="button" className="where" aria-label={words.chooseWarehouse} onClick={onWarehouse}>{warehouse.name || warehouse.code}</button> : <strong>{warehouse.name || warehouse.code}</strong>}
        <button type="button" className="icon" aria-label={words.settings} onClick={onSettings}>
          <Icon name="settings" />
        </button>
      </header>
      <main>
        {failure || unseen ? (
          <div className="notice bad" role="alert">
            <Icon name="wrong" size={28} />
            <span>{failure || unseen}</span>
          </div>
        ) : null}
        {said && !failure && !unseen ? (
          <div className="notice good" role="status">
            <Icon name="right" size={28} />
            <span>{said}</span>
          </div>
        ) : null}
        {shift ? <ShiftCard shift={shift} {...own} /> : null}
        {open.length > 0 ? (
          <section>
            <h2>{words.goOn}</h2>
            {open.map((one) => (
              <button key={one.session.id} type="button" className="resume" disabled={busy !== ""} onClick={() => go(one.session.id, () => floor.session(one.session.id))}>
                <span>
                  <strong>{one.title}</strong>
                  <small>{one.step.prompt}</small>
                </span>
                {one.held > 0 ? <span className="tag warn">{fill(words.heldBack, { n: one.held })}</span> : null}
                <Icon name="next" />
              </button>
            ))}
          </section>
        ) : null}
        {shift ? <MyTasks tasks={shift.tasks} {...own} /> : null}
        <section>
          <h2>{words.jobs}</h2>
          {scenarios === null ? failure ? <button type="button" className="press primary" onClick={load}>{words.retry}</button> : <p className="hint" aria-busy>{words.loading}</p> : null}
          {scenarios?.length === 0 ? <p className="hint">{words.noJobs}</p> : null}
          <div className="tiles">
            {scenarios?.map((one) => (
              <button key={one.code} type="button" className="tile" disabled={busy !== ""} aria-busy={busy === one.code} onClick={() => go(one.code, () => floor.begin(uuid(), one.code, warehouse.id))}>
                <Icon name={one.icon} size={32} />
                <strong>{one.title}</strong>
                <small>
                  {one.has_tasks && one.open > 0 ? fill(words.waiting, { n: one.open }) : null}
                  {one.mine > 0 ? ` ${fill(words.mine, { n: one.mine })}` : null}
                </small>
                {one.open > 0 ? <span className="count" aria-hidden>{one.open > 99 ? "99+" : one.open}</span> : null}
              </button>
            ))}
          </div>
        </section>
      </main>
    </div>
  );
}
