/**
 * What a picker's scan means: pure, so that every mistake has a test of its own.
 *
 * A stop is what is to be taken of one SKU at one location, for however many orders. The picker scans the location,
 * then the goods: each piece once, or one piece and then the number on the keyboard. When the count of the stop is
 * full, the units are sent; the server spreads them over the orders in walking order, as the slots are shown here.
 */
import type { PickScan, PickTask } from "./types";

export interface Stop {
  key: string;
  location: PickTask["location"];
  sku: PickTask["sku"];
  /** Open tasks here, in walking order. */
  tasks: PickTask[];
  /** Base units still to take. */
  left: number;
}

export interface PickState {
  tasks: readonly PickTask[];
  /** Location that was scanned and is still stood at; empty = on the way. */
  place: string;
  /** Pieces scanned and not sent yet, by barcode. */
  counted: readonly { barcode: string; units: number }[];
  /** The next scan of goods is a damaged piece. */
  damaging: boolean;
  /** Stops put off to the end, by key. */
  later: readonly string[];
}

export type Step = "location" | "item" | "count" | "finished";

export interface Said {
  ok: boolean;
  /** Key in `picking:say.*`. */
  key: string;
  params?: Record<string, string | number>;
  finished?: boolean;
}

export interface Reaction {
  state: PickState;
  said: Said | null;
  /** To be sent in this order, and taken over by `answered` when there is an answer. */
  send: PickScan[];
}

export type NewId = () => string;

export const left = (task: PickTask): number => (task.state === "open" ? task.quantity - task.picked - task.short : 0);
const fold = (code: string): string => code.trim().toUpperCase();

export function start(tasks: readonly PickTask[]): PickState {
  return { tasks, place: "", counted: [], damaging: false, later: [] };
}

/** All stops with something left, in walking order, those put off last. */
export function stops(state: PickState): Stop[] {
  const found = new Map<string, Stop>();
  for (const task of [...state.tasks].sort((a, b) => a.sequence - b.sequence || a.id - b.id)) {
    const units = left(task);
    if (units <= 0) continue;
    const key = `${task.location.id}:${task.sku.id}`;
    const stop = found.get(key);
    if (stop) {
      stop.tasks.push(task);
      stop.left += units;
    } else found.set(key, { key, location: task.location, sku: task.sku, tasks: [task], left: units });
  }
  const all = [...found.values()];
  return [...all.filter((stop) => !state.later.includes(stop.key)), ...state.later.flatMap((key) => found.get(key) ?? [])];
}

export function current(state: PickState): Stop | null {
  return stops(state)[0] ?? null;
}

export function countedUnits(state: PickState): number {
  return state.counted.reduce((sum, piece) => sum + piece.units, 0);
}

export function step(state: PickState): Step {
  const stop = current(state);
  if (!stop) return "finished";
  if (state.place !== fold(stop.location.code)) return "location";
  return state.counted.length > 0 ? "count" : "item";
}

/** How the counted units fall to the slots, first order first: where the next unit goes is the first with `done < units`. */
export function slotPlan(stop: Stop, counted: number): { task: PickTask; units: number; done: number }[] {
  let rest = counted;
  return stop.tasks.map((task) => {
    const units = left(task);
    const done = Math.min(units, rest);
    rest -= done;
    return { task, units, done };
  });
}

function unitsOf(stop: Stop, code: string): { barcode: string; units: number } | null {
  const wanted = fold(code);
  for (const task of stop.tasks) for (const one of task.barcodes) if (fold(one.barcode) === wanted) return { barcode: one.barcode, units: one.quantity };
  return wanted === fold(stop.sku.code) ? { barcode: stop.sku.code, units: 1 } : null;
}

const stay = (state: PickState, said: Said | null): Reaction => ({ state, said, send: [] });

/** The counted pieces as messages, one for each barcode. */
function messages(state: PickState, stop: Stop, newId: NewId, counted = state.counted): PickScan[] {
  const pieces = new Map<string, number>();
  for (const { barcode } of counted) pieces.set(barcode, (pieces.get(barcode) ?? 0) + 1);
  const only = stop.tasks.length === 1 ? (stop.tasks[0]?.id ?? null) : null;
  return [...pieces].map(([barcode, quantity]) => ({ scan_id: newId(), task_id: only, location_code: stop.location.code, sku_barcode: barcode, quantity, outcome: "picked" }));
}

function send(state: PickState, stop: Stop, newId: NewId, counted: PickState["counted"], more: PickScan[] = []): Reaction {
  const units = counted.reduce((sum, piece) => sum + piece.units, 0);
  return {
    state: { ...state, counted: [] },
    said: { ok: true, key: units >= stop.left ? "stopDone" : "taken", params: { units, sku: stop.sku.code } },
    send: [...messages(state, stop, newId, counted), ...more],
  };
}

function placeScanned(state: PickState, stop: Stop, code: string): Reaction {
  if (fold(code) === fold(stop.location.code)) {
    const params = { location: stop.location.code, sku: stop.sku.code, units: stop.left };
    return stay({ ...state, place: fold(code), counted: [] }, { ok: true, key: "placeRight", params });
  }
  // Standing at another shelf of this walk is no mistake: go on from there.
  const open = stops(state);
  const here = open.find((one) => fold(one.location.code) === fold(code));
  if (here) {
    const later = open.filter((one) => one.location.id !== here.location.id).map((one) => one.key);
    return stay({ ...state, place: fold(code), counted: [], later }, { ok: true, key: "placeOther", params: { location: here.location.code } });
  }
  if (isOtherGoods(state, code)) return stay(state, { ok: false, key: "placeFirst", params: { location: stop.location.code } });
  return stay(state, { ok: false, key: "placeWrong", params: { found: code, location: stop.location.code } });
}

function damagedPiece(state: PickState, stop: Stop, piece: { barcode: string; units: number }, newId: NewId): Reaction {
  const free = slotPlan(stop, countedUnits(state)).find((one) => one.units - one.done >= piece.units);
  if (!free) return stay(state, { ok: false, key: "surplus", params: { units: piece.units, left: stop.left - countedUnits(state) } });
  const message: PickScan = { scan_id: newId(), task_id: free.task.id, location_code: stop.location.code, sku_barcode: piece.barcode, quantity: 1, outcome: "damaged" };
  const reaction = send(state, stop, newId, state.counted, [message]);
  return { ...reaction, state: { ...reaction.state, damaging: false }, said: { ok: true, key: "damagedSent", params: { units: piece.units, sku: stop.sku.code } } };
}

function pieceScanned(state: PickState, stop: Stop, piece: { barcode: string; units: number }, newId: NewId): Reaction {
  if (state.damaging) return damagedPiece(state, stop, piece, newId);
  const counted = [...state.counted, piece];
  const units = countedUnits(state) + piece.units;
  if (units > stop.left) return stay(state, { ok: false, key: "surplus", params: { units: piece.units, left: stop.left - countedUnits(state) } });
  if (units === stop.left) return send(state, stop, newId, counted);
  return stay({ ...state, counted }, { ok: true, key: "counted", params: { units, left: stop.left } });
}

/** A number keyed after the first piece: so many base units in all. */
function numberKeyed(state: PickState, stop: Stop, units: number, newId: NewId): Reaction {
  const piece = state.counted.at(-1);
  if (!piece) return stay(state, { ok: false, key: "itemFirst", params: { sku: stop.sku.code } });
  if (units < 1 || units > stop.left) return stay(state, { ok: false, key: "numberWrong", params: { units, left: stop.left } });
  if (units % piece.units !== 0) return stay(state, { ok: false, key: "numberSplits", params: { units, per: piece.units } });
  const counted = Array.from({ length: units / piece.units }, () => piece);
  return send(state, stop, newId, counted);
}

/** Goods that nobody here knows by this code (a GS1 string, a new barcode): the server knows more ways to read it. */
function asked(state: PickState, stop: Stop, code: string, newId: NewId): Reaction {
  const only = stop.tasks.length === 1 ? (stop.tasks[0]?.id ?? null) : null;
  const outcome = state.damaging ? ("damaged" as const) : ("picked" as const);
  const target = state.damaging ? (slotPlan(stop, countedUnits(state)).find((one) => one.units > one.done)?.task.id ?? only) : only;
  const question: PickScan = { scan_id: newId(), task_id: target, location_code: stop.location.code, sku_barcode: code.trim(), quantity: 1, outcome };
  return { state: { ...state, counted: [], damaging: false }, said: { ok: true, key: "taken", params: { units: 1, sku: stop.sku.code } }, send: [...messages(state, stop, newId), question] };
}

const isOtherGoods = (state: PickState, code: string): boolean =>
  state.tasks.some((task) => fold(task.sku.code) === fold(code) || task.barcodes.some((one) => fold(one.barcode) === fold(code)));

/** A code from the scanner, or a number from the keyboard. */
export function scanned(state: PickState, code: string, newId: NewId): Reaction {
  const stop = current(state);
  if (!stop) return stay(state, { ok: false, key: "finishedAlready" });
  if (step(state) === "location") return placeScanned(state, stop, code);
  const piece = unitsOf(stop, code);
  if (piece) return pieceScanned(state, stop, piece, newId);
  if (/^\d{1,4}$/.test(code.trim())) return numberKeyed(state, stop, Number(code), newId);
  if (fold(code) === state.place) return stay(state, { ok: true, key: "placeAgain", params: { sku: stop.sku.code } });
  const elsewhere = stops(state).some((one) => fold(one.location.code) === fold(code));
  if (elsewhere && state.counted.length === 0) return placeScanned({ ...state, place: "" }, stop, code);
  if (elsewhere) return stay(state, { ok: false, key: "countOpen", params: { units: countedUnits(state), left: stop.left } });
  if (isOtherGoods(state, code)) return stay(state, { ok: false, key: "itemWrong", params: { found: code, sku: stop.sku.code } });
  return asked(state, stop, code, newId);
}

/** Everything that is left here lies in the hand: one piece was scanned and the rest was counted by eye. */
export function all(state: PickState, newId: NewId): Reaction {
  const stop = current(state);
  if (!stop) return stay(state, null);
  return numberKeyed(state, stop, stop.left, newId);
}

/** What is not counted yet is not there. */
export function short(state: PickState, newId: NewId): Reaction {
  const stop = current(state);
  if (!stop) return stay(state, null);
  if (state.place !== fold(stop.location.code)) return stay(state, { ok: false, key: "shortElsewhere", params: { location: stop.location.code } });
  const missing = slotPlan(stop, countedUnits(state))
    .filter((one) => one.units > one.done)
    .map(({ task, units, done }): PickScan => ({ scan_id: newId(), task_id: task.id, location_code: stop.location.code, sku_barcode: "", quantity: units - done, outcome: "short" }));
  const units = stop.left - countedUnits(state);
  const reaction = send(state, stop, newId, state.counted, missing);
  return { ...reaction, said: { ok: true, key: "shortSent", params: { units, sku: stop.sku.code } } };
}

/** The next piece is damaged (or, asked again, is not). */
export function damaged(state: PickState): Reaction {
  const stop = current(state);
  if (!stop || state.place !== fold(stop.location.code)) return stay(state, { ok: false, key: "damagedElsewhere" });
  const damaging = !state.damaging;
  return stay({ ...state, damaging }, { ok: true, key: damaging ? "damagedNext" : "damagedNot", params: { sku: stop.sku.code } });
}

/** Takes back the last piece that was counted and not sent. */
export function undo(state: PickState): Reaction {
  if (state.counted.length === 0) return stay(state, { ok: false, key: "undoNothing" });
  const counted = state.counted.slice(0, -1);
  return stay({ ...state, counted }, { ok: true, key: "undone", params: { units: counted.reduce((sum, piece) => sum + piece.units, 0), left: current(state)?.left ?? 0 } });
}

/** Comes back to this stop when the others are done. */
export function postpone(state: PickState): Reaction {
  const stop = current(state);
  if (!stop || stops(state).length < 2) return stay(state, { ok: false, key: "laterOnly" });
  if (state.counted.length > 0) return stay(state, { ok: false, key: "countOpen", params: { units: countedUnits(state), left: stop.left } });
  const later = [...state.later.filter((key) => key !== stop.key), stop.key];
  return stay({ ...state, later, damaging: false }, { ok: true, key: "later", params: { location: stop.location.code } });
}

/** Takes over what the server says of tasks; a place that is done is left. */
export function answered(state: PickState, tasks: readonly PickTask[]): PickState {
  const before = current(state);
  const next: PickState = { ...state, tasks };
  const after = current(next);
  const samePlace = after !== null && fold(after.location.code) === state.place;
  return { ...next, place: samePlace ? state.place : "", counted: before?.key === after?.key ? state.counted : [], damaging: samePlace && state.damaging };
}

/** Tasks with what the server says of some of them; new ones (goods found elsewhere) join the walk. */
export function merged(tasks: readonly PickTask[], told: readonly PickTask[]): PickTask[] {
  const byId = new Map([...tasks, ...told].map((task) => [task.id, task]));
  return [...byId.values()];
}
