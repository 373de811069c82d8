/** Scanners that type: told from hands by their speed, wherever the focus is. */

export const GS = "\u001d";
/** Fast keys are a scanner, not a hand: an Enter soon after them ends a code. */
export const WEDGE_GAP_MS = 40;
export const WEDGE_MIN = 4;
/** Longest pause within one code that a step which changes may tear. Nobody turns to another step so soon. */
const TORN_MS = 300;

/** The character that a key stands for in a code; Ctrl+] is how a scanner types the separator of GS1. */
export function keyText(event: KeyboardEvent): string | null {
  if (event.ctrlKey && event.key === "]") return GS;
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return null;
  return event.key;
}

/**
 * Calls `onCode` for every code that is typed by a machine outside of the scan field; returns how to stop.
 *
 * A step that changes while the scanner types tears its code: the first characters went to the field of the step
 * before, or nowhere. They are put back in front of what the new field got, before it sends. A field that is gone
 * is known by that, so this holds for slow scanners, too; and keys that would go nowhere go to the scan field.
 */
export function listenForCodes(onCode: (code: string) => void): () => void {
  let buffer = "";
  let before = 0;
  let field: HTMLInputElement | HTMLTextAreaElement | null = null;
  let fieldText = "";
  /** The scan field of the key before, and what fields that are gone have left of the code. */
  let scanned: HTMLInputElement | null = null;
  let torn = "";

  const onKey = (event: KeyboardEvent) => {
    const scanField = event.target instanceof HTMLInputElement && event.target.dataset.scan !== undefined ? event.target : null;
    const gap = event.timeStamp - before;
    before = event.timeStamp;
    if (gap > WEDGE_GAP_MS) buffer = "";
    if (gap > TORN_MS) torn = "";
    if (scanned && !scanned.isConnected) {
      if (gap <= TORN_MS) torn += scanned.value;
      scanned = null;
    }
    if (event.key === "Enter") {
      if (scanField) {
        if (buffer.length > scanField.value.length && buffer.endsWith(scanField.value)) writeBack(scanField, buffer);
        else if (torn !== "") writeBack(scanField, torn + scanField.value);
      } else if (buffer.length >= WEDGE_MIN) {
        event.preventDefault();
        event.stopPropagation();
        if (field) writeBack(field, fieldText);
        onCode(buffer);
      }
      buffer = torn = "";
      scanned = null;
      return;
    }
    const text = keyText(event);
    if (text === null) return;
    if (scanField) scanned = scanField;
    else if (event.target === document.body) catchKey();
    if (buffer === "") {
      field = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement ? event.target : null;
      fieldText = field?.value ?? "";
    } else if (field === null && !scanField) event.preventDefault(); // a space must not press the button that has the focus
    buffer += text;
  };
  document.addEventListener("keydown", onKey, true);
  return () => document.removeEventListener("keydown", onKey, true);
}

/** Gives the focus that nothing has to the scan field, so that the key which is going down is typed there. */
function catchKey(): void {
  if (document.querySelector("[aria-modal=true]") === null) document.querySelector<HTMLInputElement>("[data-scan]")?.focus({ preventScroll: true });
}

/** Takes what the scanner typed out of a field that was not meant. */
function writeBack(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  const prototype: object = field instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype;
  Object.getOwnPropertyDescriptor(prototype, "value")?.set?.call(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
