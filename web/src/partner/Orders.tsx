import { useState } from "react";
import { addressOf, call, type Order, type Page } from "./api";
import { dayAt, dayText } from "./dates";
import { Dialog } from "./Dialog";
import { fill } from "./locale";
import type { Part } from "./PartnerPage";

/** What was ordered of them, the unanswered first. */
export function Orders(part: Part) {
  const { page, words } = part;
  const [asked, setAsked] = useState<Order | null>(null);
  if (page.orders.length === 0)
    return (
      <section className="card middle">
        <h1>{words.noOrders}</h1>
        <p>{words.noOrdersHint}</p>
      </section>
    );
  return (
    <>
      {page.orders.map((order) => <OrderCard key={order.id} {...part} order={order} onAnswer={() => setAsked(order)} />)}
      {asked ? <ConfirmDialog {...part} order={asked} onClose={() => setAsked(null)} /> : null}
    </>
  );
}

function OrderCard({ order, words, language, token, onAnswer }: Part & { order: Order; onAnswer: () => void }) {
  const wasAnswered = order.lines.some((line) => line.confirmed_quantity !== null);
  const state = order.needs_answer ? (wasAnswered ? "changed" : "waits") : order.state === "receiving" ? "receiving" : "confirmed";
  return (
    <section className="card" aria-label={order.number}>
      <h2>
        <span className="number">{order.number}</span>
        <span className={`tag ${order.needs_answer ? "warn" : "fine"}`}>{words.orderState[state]}</span>
      </h2>
      <p className="small">
        {order.ordered_on ? fill(words.ordered, { d: dayText(order.ordered_on, language) }) : null}
        {order.supplier_number ? ` · ${fill(words.yours, { n: order.supplier_number })}` : null}
      </p>
      {order.note ? <p className="small">{fill(words.orderNote, { n: order.note })}</p> : null}
      <ul className="items">
        {order.lines.map((line) => (
          <li key={line.id}>
            <span>
              {line.name}
              <span className="small block">{line.supplier_sku || line.sku}</span>
            </span>
            <span className="right">
              {fill(words.asked, { q: line.quantity, u: line.unit })}{line.expected_on ? fill(words.askedBy, { d: dayText(line.expected_on, language) }) : ""}
              {line.confirmed_quantity === null ? null : <span className={`small block ${line.confirmed_quantity < line.quantity ? "warn" : ""}`}>{fill(words.promised, { q: line.confirmed_quantity, u: line.unit })}{line.confirmed_on ? fill(words.promisedBy, { d: dayText(line.confirmed_on, language) }) : ""}</span>}
              {line.received > 0 ? <span className="small block">{fill(words.partly, { r: line.received, q: line.quantity })}</span> : null}
            </span>
          </li>
        ))}
      </ul>
      <div className="buttons">
        <a className="button" href={addressOf(token, `/orders/${order.id}/pdf`)} target="_blank" rel="noreferrer">{words.paper}</a>
        <button type="button" className={order.needs_answer ? "primary" : ""} onClick={onAnswer}>{order.needs_answer ? words.answer : words.change}</button>
      </div>
    </section>
  );
}

function ConfirmDialog({ order, page, words, language, token, onPage, onDone, onClose }: Part & { order: Order; onClose: () => void }) {
  const today = dayAt(new Date(), page.timezone);
  const open = order.lines.filter((line) => line.received < line.quantity);
  const [answers, setAnswers] = useState(() =>
    Object.fromEntries(open.map((line) => [line.id, { quantity: String(Math.min(line.confirmed_quantity ?? line.quantity, line.quantity)), on: line.confirmed_on ?? (line.expected_on && line.expected_on > today ? line.expected_on : today) }])),
  );
  const [theirs, setTheirs] = useState(order.supplier_number);
  return (
    <Dialog
      title={fill(words.confirmTitle, { n: order.number })}
      words={words}
      submit={words.confirm}
      onClose={onClose}
      onSubmit={async (key) => {
        const lines = open.map((line) => ({ line_id: line.id, quantity: Number(answers[line.id]?.quantity), on: answers[line.id]?.on ?? null }));
        onPage(await call<Page>({ token, language }, `/orders/${order.id}/confirm`, { revision: order.revision, lines, supplier_number: theirs }, key));
        onClose();
        onDone(fill(words.confirmed, { n: order.number }));
      }}
    >
      <p className="small">{words.confirmHint}</p>
      {open.map((line) => {
        const answer = answers[line.id] ?? { quantity: "", on: "" };
        const short = line.quantity - Number(answer.quantity || line.quantity);
        const set = (change: Partial<typeof answer>) => setAnswers({ ...answers, [line.id]: { ...answer, ...change } });
        return (
          <fieldset key={line.id}>
            <legend>{line.name} <span className="small">{line.supplier_sku || line.sku}</span></legend>
            <p className="small">{fill(words.asked, { q: line.quantity, u: line.unit })}{line.expected_on ? fill(words.askedBy, { d: dayText(line.expected_on, language) }) : ""}</p>
            <div className="pair">
              <label>{words.units}<input type="number" inputMode="numeric" required min={line.received} max={line.quantity} step={1} value={answer.quantity} onChange={(event) => set({ quantity: event.target.value })} /></label>
              <label>{words.on}<input type="date" required min={line.confirmed_on && line.confirmed_on < today ? line.confirmed_on : today} value={answer.on} onChange={(event) => set({ on: event.target.value })} /></label>
            </div>
            {short > 0 ? <p className="warn small">{fill(words.less, { n: short })}</p> : null}
          </fieldset>
        );
      })}
      <label>{words.theirNumber}<input maxLength={64} value={theirs} onChange={(event) => setTheirs(event.target.value)} /></label>
    </Dialog>
  );
}
