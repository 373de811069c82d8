import { useState } from "react";
import { addressOf, call, type Delivery, type Page } from "./api";
import { BookDialog } from "./BookDialog";
import { clockText, momentText } from "./dates";
import { Dialog } from "./Dialog";
import { fill, type Words } from "./locale";
import type { Part } from "./PartnerPage";

type Ask = { kind: "book" | "unbook" | "withdraw" | "labels"; delivery: Delivery };

/** What was announced: its time at the dock, where the truck stands, labels. */
export function Deliveries(part: Part & { onReload: () => void }) {
  const { page, words, language, token, onPage, onDone, onReload } = part;
  const [ask, setAsk] = useState<Ask | null>(null);
  const close = () => setAsk(null);
  if (page.asns.length === 0)
    return (
      <section className="card middle">
        <h1>{page.may_announce ? words.noDeliveries : words.gone}</h1>
        <p>{page.may_announce ? words.noDeliveriesHint : words.goneHint}</p>
        {page.may_announce ? <a className="button primary" href="#announce">{words.tabs.announce}</a> : null}
      </section>
    );
  return (
    <>
      {page.asns.map((delivery) => <DeliveryCard key={delivery.id} {...part} delivery={delivery} onAsk={(kind) => setAsk({ kind, delivery })} />)}
      {ask?.kind === "book" ? <BookDialog {...part} delivery={ask.delivery} onClose={close} /> : null}
      {ask?.kind === "labels" ? <LabelsDialog {...part} delivery={ask.delivery} onClose={close} /> : null}
      {ask?.kind === "unbook" ? (
        <Dialog
          title={fill(words.unbookSure, { t: ask.delivery.start ? momentText(ask.delivery.start, language, page.timezone) : "" })}
          words={words}
          submit={words.yes}
          tone="danger"
          onClose={close}
          onSubmit={async (key) => {
            onPage(await call<Page>({ token, language }, `/asns/${ask.delivery.id}/unbook`, {}, key));
            close();
            onDone(words.unbookDone);
          }}
        />
      ) : null}
      {ask?.kind === "withdraw" ? (
        <Dialog
          title={fill(words.withdrawSure, { n: ask.delivery.number })}
          words={words}
          submit={words.yes}
          tone="danger"
          onClose={close}
          onSubmit={async (key) => {
            await call({ token, language }, `/asns/${ask.delivery.id}/cancel`, {}, key);
            close();
            onDone(fill(words.withdrawDone, { n: ask.delivery.number }));
            onReload();
          }}
        />
      ) : null}
    </>
  );
}

/** Where the truck stands, in one sentence. */
export function queueText(delivery: Pick<Delivery, "appointment_state" | "waiting_ahead" | "dock">, words: Words): string {
  switch (delivery.appointment_state) {
    case "arrived":
      return delivery.waiting_ahead ? fill(words.queue.ahead, { n: delivery.waiting_ahead }) : words.queue.next;
    case "docked":
      return fill(words.queue.docked, { d: delivery.dock ?? "" });
    case "booked":
    case "left":
    case "no_show":
      return words.queue[delivery.appointment_state];
    default:
      return "";
  }
}

function DeliveryCard({ delivery, page, words, language, token, onAsk }: Part & { delivery: Delivery; onAsk: (kind: Ask["kind"]) => void }) {
  const isOpen = delivery.state === "announced" || delivery.state === "receiving";
  const isBooked = delivery.appointment_state === "booked";
  const isHere = delivery.appointment_state === "arrived" || delivery.appointment_state === "docked";
  const load = [
    delivery.pallet_count > 0 ? fill(words.palletCount, { n: delivery.pallet_count }) : "",
    delivery.carton_count > 0 ? fill(words.cartonCount, { n: delivery.carton_count }) : "",
    fill(words.load, { u: delivery.unit_count }),
  ].filter(Boolean);
  return (
    <section className="card" aria-label={delivery.number}>
      <h2>
        <span className="number">{delivery.number}</span>
        <span className={`tag ${delivery.state === "received" ? "fine" : ""}`}>{words.state[delivery.state as keyof Words["state"]]}</span>
      </h2>
      <p className="small">
        {load.join(" · ")}
        {delivery.external_number ? <><br />{fill(words.yours, { n: delivery.external_number })}</> : null}
        {delivery.waybill_number ? <><br />{delivery.carrier_name} {delivery.waybill_number}</> : null}
        {delivery.received_units > 0 ? <><br />{fill(words.received, { r: delivery.received_units, q: delivery.unit_count })}</> : null}
      </p>
      {(isBooked || isHere) && delivery.start && delivery.end ? (
        <p className="due">
          {momentText(delivery.start, language, page.timezone)}–{clockText(delivery.end, language, page.timezone)}
          {delivery.dock ? ` · ${fill(words.dock, { d: delivery.dock })}` : ""}
        </p>
      ) : null}
      {delivery.appointment_state && delivery.appointment_state !== "cancelled" ? (
        <p className={delivery.appointment_state === "no_show" ? "warn" : ""}>{queueText(delivery, words)}{delivery.plate ? <span className="small"> {delivery.plate}</span> : null}</p>
      ) : isOpen ? <p className="warn">{words.noTime}</p> : null}
      <div className="buttons wrap">
        {page.may_announce && delivery.state === "announced" && !isHere ? <button type="button" onClick={() => onAsk("withdraw")}>{words.withdraw}</button> : null}
        {isOpen && delivery.container_count > 0 ? <a className="button" href={addressOf(token, `/asns/${delivery.id}/labels`)} target="_blank" rel="noreferrer">{words.labels}</a> : null}
        {isOpen && delivery.container_count === 0 && page.may_number ? <button type="button" onClick={() => onAsk("labels")}>{words.makeLabels}</button> : null}
        {isOpen && isBooked ? <button type="button" onClick={() => onAsk("unbook")}>{words.unbook}</button> : null}
        {isOpen && !isHere ? <button type="button" className={isBooked ? "" : "primary"} onClick={() => onAsk("book")}>{isBooked ? words.move : words.book}</button> : null}
      </div>
    </section>
  );
}

function LabelsDialog({ delivery, words, language, token, onPage, onDone, onClose }: Part & { delivery: Delivery; onClose: () => void }) {
  const [kind, setKind] = useState(delivery.pallet_count > 0 ? "pallet" : "carton");
  const [count, setCount] = useState(String(delivery.pallet_count || delivery.carton_count || 1));
  return (
    <Dialog
      title={words.makeLabels}
      words={words}
      submit={words.make}
      onClose={onClose}
      onSubmit={async (key) => {
        onPage(await call<Page>({ token, language }, `/asns/${delivery.id}/numbers`, { kind, count: Number(count) }, key));
        onClose();
        onDone(fill(words.made, { n: count }));
      }}
    >
      <label>{words.labelKind}<select value={kind} onChange={(event) => setKind(event.target.value)}><option value="carton">{words.carton}</option><option value="pallet">{words.pallet}</option></select></label>
      <label>{words.labelCount}<input type="number" inputMode="numeric" required min={1} max={500} step={1} value={count} onChange={(event) => setCount(event.target.value)} /></label>
    </Dialog>
  );
}
