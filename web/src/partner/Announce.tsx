import { useRef, useState, type SubmitEvent } from "react";
import { call, newKey, Refusal, type Announced, type OpenLine } from "./api";
import { dayText, momentOf } from "./dates";
import { fill } from "./locale";
import type { Part } from "./PartnerPage";

interface Lot {
  quantity: string;
  cartons: string;
  lot_code: string;
  produced_on: string;
  expires_on: string;
  serials: string;
}
const EMPTY: Lot = { quantity: "", cartons: "", lot_code: "", produced_on: "", expires_on: "", serials: "" };
const HEAD = { expected: "", external_number: "", carrier_name: "", waybill_number: "", pallet_count: "", note: "" };

/** Units of a line that are named, over its lots. */
export function named(lots: readonly Pick<Lot, "quantity">[]): number {
  return lots.reduce((sum, lot) => sum + (Number(lot.quantity) || 0), 0);
}

/** Serial numbers of a pasted list, one on each line. */
export function serialsOf(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
}

/** The row (from 1, empty ones not counted) of the first number that stands in the list before; 0 where there is none. */
export function repeatedAt(numbers: readonly string[]): number {
  return numbers.findIndex((number, place) => numbers.indexOf(number) < place) + 1;
}

/** What a delivery brings, against open order lines, with lots and cartons. */
export function Announce({ page, words, language, token, onAnnounced }: Part & { onAnnounced: (text: string) => void }) {
  const [lots, setLots] = useState<Record<number, Lot[]>>({});
  const [head, setHead] = useState(HEAD);
  const [search, setSearch] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const key = useRef("");
  const lotsOf = (line: OpenLine) => lots[line.id] ?? [EMPTY];
  const chosen = page.lines.filter((line) => named(lotsOf(line)) > 0);
  const units = chosen.reduce((sum, line) => sum + named(lotsOf(line)), 0);
  const wanted = search.trim().toLowerCase();
  const shown = page.lines.filter((line) => (wanted ? [line.order, line.sku, line.supplier_sku, line.name].some((text) => text.toLowerCase().includes(wanted)) : line.open > 0 || named(lotsOf(line)) > 0));

  const send = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (chosen.length === 0) {
      setFailure(words.nothing);
      return;
    }
    const wrong = chosen.flatMap((line) => (line.has_serial ? lotsOf(line).map((lot) => ({ line, lot, numbers: serialsOf(lot.serials) })) : [])).find(({ lot, numbers }) => Number(lot.quantity) > 0 && numbers.length > 0 && (numbers.length !== Number(lot.quantity) || repeatedAt(numbers) > 0));
    if (wrong) {
      const row = repeatedAt(wrong.numbers);
      setFailure(`${wrong.line.name}: ${row ? fill(words.serialTwice, { r: row, s: wrong.numbers[row - 1] ?? "" }) : fill(words.serialCount, { n: wrong.numbers.length, q: wrong.lot.quantity })}`);
      return;
    }
    setBusy(true);
    setFailure("");
    key.current ||= newKey();
    const { expected, pallet_count, ...rest } = head;
    const lines = chosen.flatMap((line) =>
      lotsOf(line)
        .filter((lot) => Number(lot.quantity) > 0)
        .map((lot) => ({ line_id: line.id, quantity: Number(lot.quantity), cartons: Number(lot.cartons) || 0, lot_code: lot.lot_code.trim(), produced_on: lot.produced_on || null, expires_on: lot.expires_on || null, serials: line.has_serial ? serialsOf(lot.serials) : [] })),
    );
    try {
      const made = await call<Announced>({ token, language }, "/asns", { ...rest, lines, pallet_count: Number(pallet_count) || 0, expected_at: expected ? momentOf(expected, page.timezone) : null }, key.current);
      onAnnounced(fill(words.announced, { n: made.number }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status !== 0) key.current = "";
      setFailure(error.message || words.offline);
      setBusy(false);
    }
  };
  if (page.lines.every((line) => line.open === 0) && chosen.length === 0 && !wanted)
    return (
      <section className="card middle">
        <h1>{words.noLines}</h1>
        <p>{words.noLinesHint}</p>
      </section>
    );
  const text = (name: keyof typeof HEAD, label: string, maxLength: number) => <label>{label}<input maxLength={maxLength} value={head[name]} onChange={(event) => setHead({ ...head, [name]: event.target.value })} /></label>;
  return (
    <form onSubmit={(event) => void send(event)} onChange={() => { key.current = ""; }}>
      <section className="card">
        <p className="small">{words.announceHint}</p>
        {page.lines.length > 5 ? <input type="search" aria-label={words.search} placeholder={words.search} value={search} onChange={(event) => setSearch(event.target.value)} /> : null}
        {shown.length === 0 ? <p className="middle small">{words.match}</p> : null}
        {shown.map((line) => (
          <LineFields key={line.id} line={line} lots={lotsOf(line)} words={words} language={language} may_number={page.may_number} onLots={(next) => { key.current = ""; setLots({ ...lots, [line.id]: next }); }} />
        ))}
      </section>
      <section className="card">
        <h2>{words.delivery}</h2>
        <div className="pair">
          <label className="whole">{words.expectedAt}<input type="datetime-local" value={head.expected} onChange={(event) => setHead({ ...head, expected: event.target.value })} /></label>
          <label>{words.pallets}<input type="number" inputMode="numeric" min={0} max={1000} step={1} value={head.pallet_count} onChange={(event) => setHead({ ...head, pallet_count: event.target.value })} /></label>
          {text("carrier_name", words.carrier, 100)}
          {text("waybill_number", words.waybill, 64)}
          {text("external_number", words.externalNumber, 64)}
          {text("note", words.note, 500)}
        </div>
        {failure ? <p className="warn" role="alert">{failure}</p> : null}
        <div className="buttons"><button type="submit" className="primary" disabled={busy}>{units > 0 ? fill(words.announceCount, { n: chosen.length, q: units }) : words.announce}</button></div>
      </section>
    </form>
  );
}

function LineFields({ line, lots, words, language, may_number, onLots }: Pick<Part, "words" | "language"> & { line: OpenLine; lots: Lot[]; may_number: boolean; onLots: (lots: Lot[]) => void }) {
  const total = named(lots);
  const tracked = line.has_lot || line.has_expiry;
  const set = (index: number, change: Partial<Lot>) => onLots(lots.map((lot, place) => (place === index ? { ...lot, ...change } : lot)));
  return (
    <fieldset>
      <legend>{line.name} <span className="small">{line.supplier_sku || line.sku}</span></legend>
      <p className="small">
        {line.order} · {fill(words.line, { n: line.line })} · <strong>{fill(words.openUnits, { q: line.open, u: line.unit })}</strong>
        {line.announced > 0 ? ` · ${fill(words.announcedUnits, { q: line.announced })}` : ""}
        {line.expected_on ? ` · ${fill(words.due, { d: dayText(line.expected_on, language) })}` : ""}
      </p>
      {lots.map((lot, index) => (
        <div key={index} className="lot">
          <div className="pair">
            <label>
              {words.quantity}
              <span className="with">
                <input type="number" inputMode="numeric" min={0} max={1_000_000_000} step={1} value={lot.quantity} onChange={(event) => set(index, { quantity: event.target.value })} />
                {index === 0 && lots.length === 1 && line.open > 0 ? <button type="button" onClick={() => set(index, { quantity: String(line.open) })}>{words.all}</button> : null}
              </span>
            </label>
            {Number(lot.quantity) > 0 ? <label>{words.cartons}<input type="number" inputMode="numeric" min={0} max={Math.min(500, Number(lot.quantity))} step={1} value={lot.cartons} onChange={(event) => set(index, { cartons: event.target.value })} />{may_number ? <span className="small">{words.cartonsHint}</span> : null}</label> : null}
            {Number(lot.quantity) > 0 && line.has_lot ? <label>{words.lot}<input maxLength={64} value={lot.lot_code} onChange={(event) => set(index, { lot_code: event.target.value })} /></label> : null}
            {Number(lot.quantity) > 0 && line.has_expiry ? <label>{words.produced}<input type="date" value={lot.produced_on} onChange={(event) => set(index, { produced_on: event.target.value })} /></label> : null}
            {Number(lot.quantity) > 0 && line.has_expiry ? <label>{words.expires}<input type="date" min={lot.produced_on} value={lot.expires_on} onChange={(event) => set(index, { expires_on: event.target.value })} /></label> : null}
          </div>
          {Number(lot.quantity) > 0 && line.has_serial ? <Serials lot={lot} words={words} onChange={(serials) => set(index, { serials })} /> : null}
          {lots.length > 1 ? <button type="button" className="plain" onClick={() => onLots(lots.filter((_, place) => place !== index))}>{words.remove}</button> : null}
        </div>
      ))}
      {tracked && total > 0 ? <button type="button" className="plain" onClick={() => onLots([...lots, EMPTY])}>{words.another}</button> : null}
      {total > line.open ? <p className="warn small">{fill(words.more, { n: total - line.open })}</p> : null}
    </fieldset>
  );
}

/** Numbers of the units, pasted one on a line; as many as units, or none. */
function Serials({ lot, words, onChange }: Pick<Part, "words"> & { lot: Lot; onChange: (serials: string) => void }) {
  const numbers = serialsOf(lot.serials);
  const wanted = Number(lot.quantity);
  const twice = repeatedAt(numbers);
  const isWrong = numbers.length > 0 && numbers.length !== wanted;
  return (
    <>
      <label>{words.serials}<textarea rows={4} spellCheck={false} autoCapitalize="off" autoCorrect="off" value={lot.serials} onChange={(event) => onChange(event.target.value)} /></label>
      <p className={isWrong ? "small warn" : "small"} aria-live="polite">{numbers.length > 0 ? fill(words.serialCount, { n: numbers.length, q: wanted }) : words.serialsHint}</p>
      {twice ? <p className="small warn" role="alert">{fill(words.serialTwice, { r: twice, s: numbers[twice - 1] ?? "" })}</p> : null}
    </>
  );
}
