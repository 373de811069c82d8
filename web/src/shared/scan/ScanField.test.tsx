import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { renderPage } from "@/test/render";
import { ScanField, type ScanResult } from "./ScanField";
import * as sound from "./sound";

function typeFast(target: Element | Document, text: string, startAt = 1000, gap = 8) {
  let at = startAt;
  for (const key of [...Array.from(text), "Enter"]) {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    Object.defineProperty(event, "timeStamp", { value: at });
    at += gap;
    act(() => void target.dispatchEvent(event));
  }
}

describe("ScanField", () => {
  it("takes the focus, judges a code, answers by word, colour and sound, and empties itself", async () => {
    const play = vi.spyOn(sound, "playSound");
    renderPage(<ScanField onScan={(code) => (code === "A1" ? { ok: true, message: "放入格口 3" } : { ok: false, message: "不是这一单的商品" })} />);
    const field = screen.getByRole("textbox");
    expect(field).toHaveFocus();
    await userEvent.type(field, "A1{Enter}");
    expect(await screen.findByRole("status")).toHaveTextContent("放入格口 3");
    expect(play).toHaveBeenLastCalledWith("right");
    await userEvent.type(screen.getByRole("textbox"), "B2{Enter}");
    await waitFor(() => expect(screen.getByRole("status")).toHaveTextContent("不是这一单的商品"));
    expect(play).toHaveBeenLastCalledWith("wrong");
    expect(document.querySelector("[data-result]")).toHaveAttribute("data-result", "wrong");
    expect(screen.getByRole("textbox")).toHaveValue("");
  });

  it("queues fast scans and handles them in order, one at a time", async () => {
    let running = 0;
    let most = 0;
    const seen: string[] = [];
    const onScan = async (code: string): Promise<ScanResult> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 10));
      seen.push(code);
      running -= 1;
      return { ok: true, message: code };
    };
    renderPage(<ScanField onScan={onScan} />);
    for (const code of ["1", "2", "3"]) {
      const field = screen.getByRole("textbox");
      fireEvent.change(field, { target: { value: code } });
      fireEvent.keyDown(field, { key: "Enter" });
    }
    await waitFor(() => expect(seen).toEqual(["1", "2", "3"]));
    expect(most).toBe(1);
  });

  it("takes a wedge scanner when the focus is elsewhere, but not a hand that types", async () => {
    const onScan = vi.fn(() => ({ ok: true, message: "ok" }));
    renderPage(
      <>
        <button type="button">other</button>
        <ScanField onScan={onScan} />
      </>,
    );
    const other = screen.getByRole("button", { name: "other" });
    act(() => other.focus());
    typeFast(other, "6901234567892", 1000, 120);
    expect(onScan).not.toHaveBeenCalled();
    typeFast(other, "6901234567892", 90_000, 8);
    await waitFor(() => expect(onScan).toHaveBeenCalledWith("6901234567892"));
  });

  it("keeps what is half-way in when the answer to the code before arrives", async () => {
    let answer: (result: ScanResult) => void = () => undefined;
    renderPage(<ScanField onScan={() => new Promise<ScanResult>((resolve) => { answer = resolve; })} />);
    const field = screen.getByRole("textbox");
    await userEvent.type(field, "A1{Enter}69012");
    act(() => answer({ ok: true, message: "放入格口 3" }));
    expect(await screen.findByText("放入格口 3", { selector: "[role=status] *" })).toBeInTheDocument();
    expect(screen.getByRole("textbox")).toBe(field);
    expect(field).toHaveValue("69012");
    expect(field).toHaveFocus();
  });

  it("turns a thrown problem into a wrong scan with its words", async () => {
    renderPage(<ScanField onScan={() => Promise.reject(new Error("批次已过期，请放到隔离区"))} />);
    await userEvent.type(screen.getByRole("textbox"), "L1{Enter}");
    expect(await screen.findByRole("status")).toHaveTextContent("批次已过期，请放到隔离区");
  });
});
