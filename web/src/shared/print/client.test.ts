import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PrintComponent, PrintError } from "./client";

type Listener = (event: { data?: string }) => void;

/** A component on the other side of the socket: answers as the family of messages says. */
class FakeSocket {
  static behaviour: "prints" | "fails" | "refuses" | "absent" = "prints";
  static heard: { cmd: string; task?: { taskID: string; printer: string; documents: unknown[] } }[] = [];
  private readonly listeners = new Map<string, Listener[]>();

  constructor() {
    setTimeout(() => this.fire(FakeSocket.behaviour === "absent" ? "error" : "open", {}), 0);
  }

  addEventListener(name: string, listener: Listener) {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }

  close() {
    this.listeners.clear();
  }

  send(text: string) {
    const message = JSON.parse(text) as { cmd: string; requestID: string; task?: { taskID: string; printer: string; documents: unknown[] } };
    FakeSocket.heard.push(message);
    const say = (body: object) => setTimeout(() => this.fire("message", { data: JSON.stringify(body) }), 0);
    if (message.cmd === "getPrinters") {
      say({ cmd: "getPrinters", requestID: "somebody else's", printers: [{ name: "wrong" }] });
      say({ cmd: "getPrinters", requestID: message.requestID, defaultPrinter: "QR-488", printers: [{ name: "QR-488" }, { name: "HP" }] });
      return;
    }
    const taskID = message.task?.taskID;
    if (FakeSocket.behaviour === "refuses") {
      say({ cmd: "print", requestID: message.requestID, taskID, status: "failed", msg: "no template" });
      return;
    }
    say({ cmd: "print", requestID: message.requestID, taskID, status: "success" });
    say({ cmd: "notifyPrintResult", taskID, taskStatus: "rendered" });
    say({ cmd: "notifyPrintResult", taskID, taskStatus: FakeSocket.behaviour === "fails" ? "failed" : "printed", printStatus: [{ documentID: "SF1", status: "failed", msg: "out of paper" }] });
  }

  private fire(name: string, event: { data?: string }) {
    for (const listener of this.listeners.get(name) ?? []) listener(event);
  }
}

beforeEach(() => {
  FakeSocket.behaviour = "prints";
  FakeSocket.heard = [];
  vi.stubGlobal("WebSocket", FakeSocket);
});
afterEach(() => vi.unstubAllGlobals());

const DOCUMENTS = [{ documentID: "SF1", contents: [{ encryptedData: "x" }] }];

describe("a local print component", () => {
  it("names its printers", async () => {
    const component = await PrintComponent.open("ws://localhost:13528");
    expect(await component.printers()).toEqual({ names: ["QR-488", "HP"], standard: "QR-488" });
  });

  it("prints, and says so when it is done", async () => {
    const component = await PrintComponent.open("ws://localhost:13528");
    const sent = vi.fn();
    expect(await component.print("t-1", DOCUMENTS, "QR-488", sent)).toMatchObject({ taskId: "t-1", state: "printed" });
    expect(sent).toHaveBeenCalledOnce();
    expect(FakeSocket.heard[0]?.task).toMatchObject({ taskID: "t-1", printer: "QR-488", documents: DOCUMENTS });
  });

  it("says what failed", async () => {
    FakeSocket.behaviour = "fails";
    const component = await PrintComponent.open("ws://localhost:13528");
    expect(await component.print("t-1", DOCUMENTS, "", vi.fn())).toEqual({ taskId: "t-1", state: "failed", detail: "out of paper" });
  });

  it("refuses a task", async () => {
    FakeSocket.behaviour = "refuses";
    const component = await PrintComponent.open("ws://localhost:13528");
    const sent = vi.fn();
    await expect(component.print("t-1", DOCUMENTS, "", sent)).rejects.toMatchObject({ code: "refused", detail: "no template" });
    expect(sent).not.toHaveBeenCalled();
  });

  it("is told apart from one that is not there", async () => {
    FakeSocket.behaviour = "absent";
    await expect(PrintComponent.open("ws://localhost:1")).rejects.toBeInstanceOf(PrintError);
  });
});
