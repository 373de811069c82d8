import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { GS, listenForCodes } from "@/shared/scan/wedge";
import type { Step, StepInput } from "./api";
import type { Notice } from "./job";
import { wordsOf } from "./locale";
import { StepView } from "./StepView";

const input = (part: Partial<StepInput> & Pick<StepInput, "kind" | "name">): StepInput => ({ label: part.name, options: [], value: "", minimum: null, maximum: null, unit: "", accepts: [], tone: "plain", ...part });

function show(inputs: StepInput[], more: Partial<Step> = {}, notice: Notice | null = null) {
  const step: Step = { state: "s", prompt: "Do it", facts: [], said: "", tone: "plain", progress: null, can_undo: false, is_over: false, inputs, ...more };
  const onScan = vi.fn();
  const onGive = vi.fn();
  const view = render(<StepView step={step} version={1} notice={notice} warehouse={1} words={wordsOf("en")} onScan={onScan} onGive={onGive} active />);
  return { onScan, onGive, view };
}

describe("a step", () => {
  it("shows prompt, facts, progress and what was said", () => {
    show([], { facts: [{ label: "SKU", value: "MUG-01", tone: "warn" }], progress: [3, 12] }, { tone: "bad", text: "Wrong place", count: 1 });
    expect(screen.getByRole("heading", { name: "Do it" })).toBeInTheDocument();
    expect(screen.getByText("MUG-01").closest("dd")).toHaveClass("warn");
    expect(screen.getByRole("progressbar")).toHaveAttribute("value", "3");
    expect(screen.getByRole("status")).toHaveTextContent("Wrong place");
  });

  it("takes codes in a field that has the focus, separators and all", async () => {
    const { onScan } = show([input({ kind: "scan", name: "place", label: "Place" })]);
    const field = screen.getByLabelText("Place");
    expect(field).toHaveFocus();
    await userEvent.type(field, "01AB");
    fireEvent.keyDown(field, { key: "]", ctrlKey: true });
    await userEvent.type(field, "17{Enter}");
    expect(onScan).toHaveBeenCalledWith(`01AB${GS}17`);
    expect(field).toHaveValue("");
  });

  it("takes a quantity from the pad and from keys; the first digit replaces what stood there", async () => {
    const { onGive } = show([input({ kind: "quantity", name: "units", label: "Units", value: "12", maximum: 40, unit: "pcs" })]);
    expect(screen.getByText("pcs")).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Digit 3" }));
    await userEvent.click(screen.getByRole("button", { name: "Digit 0" }));
    expect(screen.getByLabelText(/Units/)).toHaveValue("30");
    await userEvent.click(screen.getByRole("button", { name: "Erase" }));
    await userEvent.click(screen.getByRole("button", { name: "OK" }));
    expect(onGive).toHaveBeenLastCalledWith("units", "3");
    await userEvent.click(screen.getByRole("button", { name: "All 40" }));
    await userEvent.type(screen.getByLabelText(/Units/), "{Enter}");
    expect(onGive).toHaveBeenLastCalledWith("units", "40");
  });

  it("takes a date as digits", async () => {
    const { onGive } = show([input({ kind: "date", name: "expires", label: "Expires" })]);
    await userEvent.type(screen.getByLabelText("Expires"), "20270331{Enter}");
    expect(onGive).toHaveBeenCalledWith("expires", "20270331");
  });

  it("draws choices as buttons and asks twice for a bad one", async () => {
    const { onGive } = show([
      input({ kind: "choice", name: "what", label: "What", options: [{ value: "keep", label: "Keep", hint: "as it is", tone: "plain" }, { value: "scrap", label: "Scrap", hint: "", tone: "bad" }] }),
    ]);
    await userEvent.click(screen.getByRole("button", { name: /Keep/ }));
    expect(onGive).toHaveBeenLastCalledWith("what", "keep");
    await userEvent.click(screen.getByRole("button", { name: /Scrap/ }));
    expect(onGive).toHaveBeenCalledTimes(1);
    await userEvent.click(screen.getByRole("button", { name: /again/ }));
    expect(onGive).toHaveBeenLastCalledWith("what", "scrap");
  });

  it("sends texts and confirmations", async () => {
    const { onGive } = show([input({ kind: "text", name: "note", label: "Note" }), input({ kind: "confirm", name: "done", label: "Finish" })]);
    await userEvent.type(screen.getByLabelText("Note"), " torn {Enter}");
    expect(onGive).toHaveBeenLastCalledWith("note", "torn");
    await userEvent.click(screen.getByRole("button", { name: "Finish" }));
    expect(onGive).toHaveBeenLastCalledWith("done", "");
  });
});

describe("a scanner that types", () => {
  it("is heard outside of the scan field, and leaves no trace in another", async () => {
    const { onGive } = show([input({ kind: "quantity", name: "units", label: "Units" })]);
    const onCode = vi.fn();
    const stop = listenForCodes(onCode);
    const field = screen.getByLabelText("Units");
    fireEvent.change(field, { target: { value: "5" } });
    for (const key of "690123") {
      fireEvent.keyDown(field, { key });
      fireEvent.change(field, { target: { value: `${(field as HTMLInputElement).value}${key}` } });
    }
    fireEvent.keyDown(field, { key: "Enter" });
    stop();
    expect(onCode).toHaveBeenCalledWith("690123");
    expect(field).toHaveValue("5");
    expect(onGive).not.toHaveBeenCalled();
    await Promise.resolve();
  });

  it("whose code is torn by a step that changes is heard whole", () => {
    const { onScan } = show([input({ kind: "scan", name: "goods", label: "Goods" })]);
    const onCode = vi.fn();
    const stop = listenForCodes(onCode);
    const field = screen.getByLabelText("Goods");
    for (const key of "6901") fireEvent.keyDown(document.body, { key });
    for (const key of "23") {
      fireEvent.keyDown(field, { key });
      fireEvent.change(field, { target: { value: `${(field as HTMLInputElement).value}${key}` } });
    }
    fireEvent.keyDown(field, { key: "Enter" });
    stop();
    expect(onScan).toHaveBeenCalledExactlyOnceWith("690123");
    expect(onCode).not.toHaveBeenCalled();
  });

  it("and so is that of a scanner that types no faster than a hand", () => {
    const stop = listenForCodes(vi.fn());
    const at = (node: Node, key: string, ms: number) => {
      const event = new KeyboardEvent("keydown", { key, bubbles: true });
      Object.defineProperty(event, "timeStamp", { value: ms });
      fireEvent(node, event);
    };
    const typed = (field: HTMLElement, text: string, from: number) => Array.from(text).forEach((key, index) => {
      at(field, key, from + 100 * index);
      fireEvent.change(field, { target: { value: `${(field as HTMLInputElement).value}${key}` } });
    });
    const before = show([input({ kind: "scan", name: "place", label: "Place" })]);
    typed(screen.getByLabelText("Place"), "6901", 1000);
    before.view.unmount();
    const { onScan } = show([input({ kind: "scan", name: "goods", label: "Goods" })]);
    typed(screen.getByLabelText("Goods"), "23", 1400);
    at(screen.getByLabelText("Goods"), "Enter", 1600);
    stop();
    expect(onScan).toHaveBeenCalledExactlyOnceWith("690123");
  });

  it("goes to the field when nothing has the focus", () => {
    show([input({ kind: "scan", name: "goods", label: "Goods" })]);
    const stop = listenForCodes(vi.fn());
    (document.activeElement as HTMLElement).blur();
    fireEvent.keyDown(document.body, { key: "6" });
    stop();
    expect(screen.getByLabelText("Goods")).toHaveFocus();
  });
});
