import { useEffect, useMemo, useState } from "react";
import { call, Refusal, type Delivery, type Page, type Slot, type Slots } from "./api";
import { bookableDays, clockText, dayAt, dayText, momentText } from "./dates";
import { Dialog } from "./Dialog";
import { fill } from "./locale";
import type { Part } from "./PartnerPage";

/** One offer for each beginning: the first dock that is free then. */
export function byBeginning(slots: readonly Slot[]): Slot[] {
  const found = new Map<string, Slot>();
  for (const slot of slots) if (!found.has(slot.start)) found.set(slot.start, slot);
  return [...found.values()];
}

/** A day, a free time, who drives. */
export function BookDialog({ delivery, page, words, language, token, onPage, onDone, onClose }: Part & { delivery: Delivery; onClose: () => void }) {
  const isBooked = delivery.appointment_state === "booked";
  const days = useMemo(() => bookableDays(new Date(), page.lead_hours, page.horizon_days, page.timezone), [page.lead_hours, page.horizon_days, page.timezone]);
  const [day, setDay] = useState(() => {
    const planned = isBooked ? delivery.start : delivery.expected_at;
    const wanted = planned ? dayAt(new Date(planned), page.timezone) : "";
    return days.includes(wanted) ? wanted : (days[0] ?? "");
  });
  const [found, setFound] = useState<{ day: string; slots: Slots | null; failure: string } | null>(null);
  const [chosen, setChosen] = useState<Pick<Slot, "dock_id" | "dock_code" | "start"> | null>(null);
  const [truck, setTruck] = useState({ plate: delivery.plate ?? "", carrier_name: delivery.truck_carrier || delivery.carrier_name, driver_name: "", driver_phone: "" });
  const [round, setRound] = useState(0);
  const [isPicked, setPicked] = useState(false);
  const next = days[days.indexOf(day) + 1];
  const go = (to: string) => { setDay(to); setPicked(true); setChosen(null); };
  useEffect(() => {
    let stale = false;
    call<Slots>({ token, language }, `/slots?asn_id=${delivery.id}&day=${day}`).then(
      (slots) => {
        if (stale) return;
        // Late in the day nothing is left of it: whoever has not picked a day is shown the first one that has times.
        if (slots.items.length === 0 && !isPicked && next) setDay(next);
        else setFound({ day, slots, failure: "" });
      },
      (error: unknown) => { if (!stale) setFound({ day, slots: null, failure: error instanceof Refusal ? error.message : "" }); },
    );
    return () => { stale = true; };
  }, [token, language, delivery.id, day, round, isPicked, next]);
  const now = found?.day === day ? found : null;
  const free = byBeginning(now?.slots?.items ?? []);
  const isKept = isBooked && chosen === null;

  return (
    <Dialog
      title={fill(words.bookTitle, { n: delivery.number })}
      words={words}
      submit={isBooked ? words.moveIt : words.bookIt}
      onClose={onClose}
      onSubmit={async (key) => {
        const slot = chosen ?? (isKept && delivery.start && delivery.dock_id ? { dock_id: delivery.dock_id, start: delivery.start } : null);
        if (!slot) throw new Refusal(-1, words.timeFirst);
        try {
          const after = await call<Page>({ token, language }, `/asns/${delivery.id}/book`, { dock_id: slot.dock_id, start: slot.start, ...truck }, key);
          const mine = after.asns.find((one) => one.id === delivery.id);
          onPage(after);
          onClose();
          onDone(fill(words.bookDone, { t: mine?.start ? momentText(mine.start, language, page.timezone) : "", d: mine?.dock ?? "" }));
        } catch (error) {
          setChosen(null);
          setRound(round + 1); // somebody else may have been faster
          throw error;
        }
      }}
    >
      {page.lead_hours > 0 ? <p className="small">{fill(words.lead, { h: page.lead_hours })}</p> : null}
      <label>
        {words.pick}
        <select value={day} onChange={(event) => go(event.target.value)}>
          {days.map((one) => <option key={one} value={one}>{dayText(one, language)}</option>)}
        </select>
      </label>
      <p className="small">{now?.slots ? fill(words.free, { m: now.slots.minutes }) : now ? now.failure || words.offline : words.loading}</p>
      {now?.slots && free.length === 0 ? <p className="warn">{words.full}</p> : null}
      <div className="slots" role="radiogroup" aria-label={now?.slots ? fill(words.free, { m: now.slots.minutes }) : words.loading}>
        {free.map((slot) => {
          const isChosen = (chosen?.start ?? (isKept ? delivery.start : null)) === slot.start;
          return <button key={slot.start} type="button" role="radio" aria-checked={isChosen} className={isChosen ? "chosen" : ""} onClick={() => setChosen(slot)}>{clockText(slot.start, language, page.timezone)}<span className="small">{slot.dock_code}</span></button>;
        })}
      </div>
      {now && next ? <button type="button" className="plain" onClick={() => go(next)}>{fill(words.nextDay, { d: dayText(next, language) })}</button> : null}
      <div className="pair">
        <label>{words.plate}<input maxLength={20} autoCapitalize="characters" value={truck.plate} onChange={(event) => setTruck({ ...truck, plate: event.target.value })} /></label>
        <label>{words.carrier}<input maxLength={100} value={truck.carrier_name} onChange={(event) => setTruck({ ...truck, carrier_name: event.target.value })} /></label>
        <label>{words.driver}<input maxLength={50} placeholder={isBooked ? words.keepDriver : ""} value={truck.driver_name} onChange={(event) => setTruck({ ...truck, driver_name: event.target.value })} /></label>
        <label>{words.phone}<input type="tel" maxLength={32} placeholder={isBooked ? words.keepDriver : ""} value={truck.driver_phone} onChange={(event) => setTruck({ ...truck, driver_phone: event.target.value })} /></label>
      </div>
      <p className="small">{words.driverHint}</p>
    </Dialog>
  );
}
