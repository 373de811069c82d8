import type { ActionType, Outcome, RuleAction } from "./types";

/** The kind of rules that this area edits. */
export const KIND = "orders.audit";

const SILENT = new Set(["note"]);

/** One action in words: its label, and what it was told. */
export function actionText(action: RuleAction, types: readonly ActionType[]): string {
  const type = types.find((one) => one.code === action.action);
  if (!type) return action.action;
  const told = type.parameters
    .filter((parameter) => !SILENT.has(parameter.name))
    .map((parameter) => {
      const value = action.parameters[parameter.name];
      if (value === undefined || value === null || value === "") return "";
      const values = Array.isArray(value) ? value : [value];
      return values.map((one) => parameter.choices.find((choice) => choice.value === one)?.label ?? String(one)).join("、");
    })
    .filter((text) => text !== "");
  return told.length > 0 ? `${type.label}: ${told.join(" × ")}` : type.label;
}

/** An outcome of a decision as the action that it was. */
export function outcomeAction({ action, ...parameters }: Outcome): RuleAction {
  return { action, parameters };
}

/** `text` with `insert` at the place of the cursor; where the cursor is then. */
export function inserted(text: string, insert: string, start: number, end: number): { text: string; cursor: number } {
  const before = text.slice(0, start);
  const gap = before !== "" && !/[\s([]$/.test(before) ? " " : "";
  return { text: before + gap + insert + text.slice(end), cursor: start + gap.length + insert.length };
}

/** A text cut at what is wrong with it. Positions count characters as Python does, which are code points. */
export function marked(text: string, position: number, length: number): [string, string, string] {
  const points = Array.from(text);
  return [points.slice(0, position).join(""), points.slice(position, position + length).join(""), points.slice(position + length).join("")];
}
