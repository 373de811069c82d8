/**
 * What a code means on the packing table: pure. The server judges goods (it knows every way to write a barcode);
 * what can only be wrong is refused here at once, so that the sound comes without a round trip.
 */
import type { OpenAnswer, PackCarton, PackChoice, PackLine, PackView, SealAnswer } from "./types";

export interface PackState {
  view: PackView | null;
  choices: readonly PackChoice[];
  /** Goods of this batch open their order, until another batch or order is opened. */
  batchId: number | null;
  /** Chosen by hand; null = the one proposed, "own" = the goods' own packing. */
  carton: PackCarton | "own" | null;
  /** Close the box now, the rest goes into another. */
  closing: boolean;
  /** The next goods are taken out of the box. */
  removing: boolean;
  /** Barcode of the last goods that were taken, for a keyed number. */
  lastBarcode: string;
  /** Refused weight that a person may accept. */
  mismatch: { weight_g: number; expected_g: number } | null;
}

export type Step = "open" | "choose" | "blocked" | "scan" | "weigh" | "done";

export type Deed =
  | { kind: "open"; code: string; batch_id: number | null }
  | { kind: "choose"; choice: PackChoice }
  | { kind: "scan"; barcode: string; quantity: number; action: "add" | "remove" }
  | { kind: "seal"; weight_g: number | null; accept_weight: boolean }
  | { kind: "doubt"; weight_g: number; expected_g: number }
  | { kind: "carton"; carton: PackCarton }
  | { kind: "refuse"; key: string; params?: Record<string, string | number> }
  | { kind: "say"; key: string; params?: Record<string, string | number> };

export const empty: PackState = { view: null, choices: [], batchId: null, carton: null, closing: false, removing: false, lastBarcode: "", mismatch: null };

const fold = (code: string): string => code.trim().toUpperCase();

/** Units of a line that are here and in no box. */
export const left = (line: PackLine): number => line.picked - line.packed - line.scanned;
export const leftUnits = (view: PackView): number => view.lines.reduce((sum, line) => sum + left(line), 0);
export const boxedUnits = (view: PackView): number => view.lines.reduce((sum, line) => sum + line.scanned, 0);

export function step(state: PackState): Step {
  const { view } = state;
  if (!view) return state.choices.length > 0 ? "choose" : "open";
  if (view.fulfilment.is_stopped || !["picked", "packed"].includes(view.fulfilment.state)) return "blocked";
  const boxed = boxedUnits(view);
  if (leftUnits(view) > 0 && !(state.closing && boxed > 0)) return "scan";
  return boxed > 0 ? "weigh" : "done";
}

/** "1250", "1250g", "1.25 kg", "1,25kg" in grams; null = not a weight. A bare number of up to six digits is grams. */
export function weightOf(text: string): number | null {
  const match = /^\+?\s*(\d{1,6})(?:[.,](\d{1,4}))?\s*(kg|g)?$/i.exec(text.trim());
  if (!match) return null;
  const [, whole = "", part, unit] = match;
  const isKg = unit?.toLowerCase() === "kg" || (unit === undefined && part !== undefined);
  const grams = Math.round(Number(part === undefined ? whole : `${whole}.${part}`) * (isKg ? 1000 : 1));
  return grams > 0 && grams <= 10_000_000 ? grams : null;
}

/** Numbers of our own documents; no barcode looks like them. */
const DOCUMENT = /^(SO|FF|WV|PB|PC|MF)\d{6}-\d+(#\d+)?$/i;

/** The lines that a barcode means here, and how many units one piece is. */
export function meant(view: PackView, code: string): { lines: PackLine[]; units: number } | null {
  const wanted = fold(code);
  for (const line of view.lines) {
    const found = line.barcodes.find((one) => fold(one.barcode) === wanted);
    if (found || fold(line.sku.code) === wanted) return { lines: view.lines.filter((one) => one.sku.id === line.sku.id), units: found?.quantity ?? 1 };
  }
  return null;
}

/** The carton to be used: chosen, else the first proposed one; null = own packing. */
export function cartonInUse(state: PackState): PackCarton | null {
  if (state.carton === "own") return null;
  return state.carton ?? state.view?.cartons_suggested[0]?.carton ?? null;
}

/** What the box should weigh, with the carton that was proposed; 0 = nobody knows. */
export function expectedWeight(state: PackState): number {
  const { view } = state;
  if (!view) return 0;
  const [first, ...more] = view.cartons_suggested;
  const isWhole = leftUnits(view) === 0 && view.sealed.every((one) => one.state === "cancelled");
  if (first && more.length === 0 && isWhole && (state.carton === null || (state.carton !== "own" && state.carton.id === first.carton?.id))) return first.gross_weight_g;
  return view.parcel?.expected_weight_g ?? 0;
}

/** A short code of goods reads like a weight: what is far off is not taken without a person. The server judges the rest. */
const isAbsurd = (weight: number, expected: number): boolean => expected > 0 && weight > Math.max(3000, 6 * expected);

function goods(state: PackState, view: PackView, code: string): Deed {
  const action = state.removing ? "remove" : "add";
  const known = meant(view, code);
  if (known) {
    const room = known.lines.reduce((sum, line) => sum + (action === "add" ? left(line) : line.scanned), 0);
    const sku = known.lines[0]?.sku.code ?? code;
    if (known.units > room) return { kind: "refuse", key: action === "add" ? "surplus" : "notInside", params: { sku, room, units: known.units } };
    return { kind: "scan", barcode: code.trim(), quantity: 1, action };
  }
  if (DOCUMENT.test(code.trim())) return { kind: "refuse", key: "finishFirst", params: { number: view.fulfilment.number } };
  if (/^\d{1,4}$/.test(code.trim())) {
    if (state.lastBarcode === "") return { kind: "refuse", key: "scanFirst" };
    const last = meant(view, state.lastBarcode);
    const room = (last?.lines ?? []).reduce((sum, line) => sum + (action === "add" ? left(line) : line.scanned), 0);
    const units = Number(code) * (last?.units ?? 1);
    if (units < 1 || (last && units > room)) return { kind: "refuse", key: action === "add" ? "surplus" : "notInside", params: { sku: last?.lines[0]?.sku.code ?? "", room, units } };
    return { kind: "scan", barcode: state.lastBarcode, quantity: Number(code), action };
  }
  return { kind: "scan", barcode: code.trim(), quantity: 1, action };
}

function weighing(state: PackState, view: PackView, code: string, cartons: readonly PackCarton[]): Deed {
  const carton = cartons.find((one) => fold(one.code) === fold(code));
  if (carton) return { kind: "carton", carton };
  if (state.removing) return goods(state, view, code);
  const known = meant(view, code);
  if (known) {
    // In a box closed early the rest of the goods may still come; in a full one this is one too many.
    if (state.closing && known.lines.some((line) => left(line) >= known.units)) return { kind: "scan", barcode: code.trim(), quantity: 1, action: "add" };
    return { kind: "refuse", key: "surplus", params: { sku: known.lines[0]?.sku.code ?? code, room: 0, units: known.units } };
  }
  const weight = weightOf(code);
  const expected = expectedWeight(state);
  if (weight !== null && isAbsurd(weight, expected)) return { kind: "doubt", weight_g: weight, expected_g: expected };
  if (weight !== null) return { kind: "seal", weight_g: weight, accept_weight: false };
  if (DOCUMENT.test(code.trim())) return { kind: "refuse", key: "finishFirst", params: { number: view.fulfilment.number } };
  return { kind: "refuse", key: "noWeight", params: { found: code.trim() } };
}

/** What to do about a scanned or keyed code. */
export function read(state: PackState, code: string, cartons: readonly PackCarton[]): Deed {
  const open: Deed = { kind: "open", code: code.trim(), batch_id: state.batchId };
  const { view } = state;
  switch (step(state)) {
    case "open":
      return open;
    case "choose": {
      const choice = /^\d{1,3}$/.test(code.trim()) ? state.choices.find((one) => one.slot === Number(code)) : state.choices.find((one) => fold(one.number) === fold(code));
      return choice ? { kind: "choose", choice } : open;
    }
    case "blocked":
    case "done":
      return open;
    case "scan": {
      if (!view) return open;
      if (fold(code) === fold(view.fulfilment.number)) return { kind: "say", key: "isOpen", params: { number: view.fulfilment.number } };
      const carton = cartons.find((one) => fold(one.code) === fold(code));
      if (carton && !meant(view, code)) return { kind: "carton", carton };
      return goods(state, view, code);
    }
    case "weigh":
      return view ? weighing(state, view, code, cartons) : open;
  }
}

/** Opened: one order lies on the table, or there is a choice. */
export function opened(state: PackState, answer: OpenAnswer): PackState {
  if (!answer.view) return { ...empty, batchId: state.batchId, choices: answer.choices };
  return { ...empty, view: answer.view, batchId: answer.view.batch?.id ?? null };
}

/** Goods scanned to open their order are in the hand: they go into the box with the same scan. */
export function scanAfterOpening(state: PackState, code: string): Deed | null {
  if (!state.view || step(state) !== "scan" || !meant(state.view, code)) return null;
  return goods(state, state.view, code);
}

export function scanned(state: PackState, view: PackView, barcode: string, ok: boolean): PackState {
  const next = { ...state, view, mismatch: null, removing: ok ? false : state.removing, lastBarcode: ok ? barcode : state.lastBarcode };
  return boxedUnits(view) === 0 ? { ...next, closing: false } : next;
}

export function sealed(state: PackState, weight: number | null, answer: SealAnswer): PackState {
  if (!answer.ok) {
    const expected = answer.expected.weight_g;
    return { ...state, view: answer.view, mismatch: answer.code === "weight_mismatch" && weight !== null ? { weight_g: weight, expected_g: expected ?? 0 } : null };
  }
  const next: PackState = { ...empty, batchId: state.batchId, view: answer.view };
  // All gone: the table is free for the next one; goods of the same batch open it.
  return leftUnits(answer.view) === 0 ? { ...empty, batchId: state.batchId } : next;
}
