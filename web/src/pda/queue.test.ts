import { describe, expect, it, vi } from "vitest";
import { ApiProblem } from "@/api/problem";
import type { Answer, EntryOut, Step } from "./api";
import { EntryQueue, localStore, type DropReason, type Intent, type Kept, type QueueState, type QueueStore } from "./queue";

const step = (state: string, kinds: ("scan" | "quantity")[] = ["scan"]): Step => ({
  state, prompt: `do ${state}`, facts: [], said: "", tone: "plain", progress: null, can_undo: false, is_over: false,
  inputs: kinds.map((kind) => ({ kind, name: kind === "scan" ? "code" : "units", label: "", options: [], value: "", minimum: null, maximum: null, unit: "", accepts: [], tone: "plain" })),
});

const taken = (entry: EntryOut, next: Step = step("next")): Answer => ({
  scan_id: entry.scan_id, ok: true, code: "", message: "", repeated: false, step: next,
  session: { id: "s", scenario: "x", warehouse_id: 1, task_id: null, version: entry.version + 1, is_open: true },
});

function memory(): QueueStore & { kept: Kept | null } {
  const store: QueueStore & { kept: Kept | null } = {
    kept: null,
    load: () => store.kept,
    save: (_session, kept) => {
      store.kept = structuredClone(kept);
    },
  };
  return store;
}

function make(send: (entry: EntryOut) => Promise<Answer>, store: QueueStore = memory(), first: Step = step("first")) {
  const seen = { answers: [] as Answer[], dropped: [] as [Intent[], DropReason][], failed: [] as ApiProblem[], states: [] as QueueState[] };
  const queue = new EntryQueue({
    session: "s",
    view: { version: 0, step: first },
    send,
    store,
    onAnswer: (answer) => seen.answers.push(answer),
    onDropped: (intents, reason) => seen.dropped.push([intents, reason]),
    onFailed: (problem) => seen.failed.push(problem),
    onState: (state) => seen.states.push(state),
    sleep: () => Promise.resolve(),
  });
  return { queue, seen };
}

describe("the queue of entries", () => {
  it("sends one at a time, each for the version that the one before left", async () => {
    const sent: EntryOut[] = [];
    const { queue, seen } = make((entry) => {
      sent.push(entry);
      return Promise.resolve(taken(entry));
    });
    queue.push("A");
    queue.push("B");
    queue.push("3", "units");
    await vi.waitFor(() => expect(seen.answers).toHaveLength(3));
    expect(sent.map((one) => [one.name, one.value, one.version, one.asked])).toEqual([
      ["code", "A", 0, "do first"],
      ["code", "B", 1, "do next"],
      ["units", "3", 2, "do next"],
    ]);
    expect(new Set(sent.map((one) => one.scan_id)).size).toBe(3);
    expect(queue.isEmpty()).toBe(true);
  });

  it("repeats under the same id until there is an answer", async () => {
    const sent: EntryOut[] = [];
    const { queue, seen } = make((entry) => {
      sent.push(entry);
      if (sent.length < 4) return Promise.reject(new ApiProblem([0, 503, 429][sent.length - 1] ?? 0, {}));
      return Promise.resolve(taken(entry));
    });
    queue.push("A");
    await vi.waitFor(() => expect(seen.answers).toHaveLength(1));
    expect(new Set(sent.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(seen.states).toContain("waiting");
    expect(seen.failed).toEqual([]);
  });

  it("holds scans back that were made after one that was refused", async () => {
    const { queue, seen } = make((entry) => Promise.resolve({ ...taken(entry), ok: false, code: "wrong", message: "no", session: { ...taken(entry).session, version: 0 } }));
    queue.push("A");
    queue.push("B");
    queue.push("C");
    await vi.waitFor(() => expect(seen.dropped).toHaveLength(1));
    expect(seen.dropped[0]?.[0].map((one) => one.value)).toEqual(["B", "C"]);
    expect(seen.dropped[0]?.[1]).toBe("held_back");
    expect(seen.answers).toHaveLength(1);
  });

  it("says so when the step takes no scan", async () => {
    const send = vi.fn(() => Promise.reject(new Error("never")));
    const { queue, seen } = make(send, memory(), step("how_many", ["quantity"]));
    queue.push("6901234567892");
    await vi.waitFor(() => expect(seen.dropped).toHaveLength(1));
    expect(seen.dropped[0]?.[1]).toBe("no_scan");
    expect(send).not.toHaveBeenCalled();
  });

  it("goes on after a reload with the id that it had", async () => {
    const store = memory();
    const before: EntryOut[] = [];
    const first = make((entry) => {
      before.push(entry);
      return new Promise<Answer>(() => undefined);
    }, store);
    first.queue.push("A");
    first.queue.push("B");
    await vi.waitFor(() => expect(before).toHaveLength(1));

    const after: EntryOut[] = [];
    const second = make((entry) => {
      after.push(entry);
      return Promise.resolve(taken(entry));
    }, store);
    second.queue.start();
    await vi.waitFor(() => expect(second.seen.answers).toHaveLength(2));
    expect(after[0]).toEqual(before[0]);
    expect(after[1]?.value).toBe("B");
    expect(store.kept).toEqual({ bound: null, waiting: [] });
  });

  it("waits for whoever has to sign in again, and loses nothing", async () => {
    let signedIn = false;
    const { queue, seen } = make((entry) => (signedIn ? Promise.resolve(taken(entry)) : Promise.reject(new ApiProblem(401, {}))));
    queue.push("A");
    await vi.waitFor(() => expect(seen.states).toContain("signed_out"));
    expect(queue.isEmpty()).toBe(false);
    signedIn = true;
    await vi.waitFor(() => {
      queue.resume();
      expect(seen.answers).toHaveLength(1);
    });
  });

  it("tells what the server will never take, and goes on", async () => {
    const { queue, seen } = make((entry) => (entry.value === "A" ? Promise.reject(new ApiProblem(404, { detail: "gone" })) : Promise.resolve(taken(entry))));
    queue.push("A");
    queue.push("B");
    await vi.waitFor(() => expect(seen.answers).toHaveLength(1));
    expect(seen.failed.map((one) => one.detail)).toEqual(["gone"]);
  });

  it("forgives a store that is full of rubbish", () => {
    localStorage.setItem("hecang.pda.queue.s", "{");
    expect(localStore.load("s")).toBeNull();
    localStore.save("s", { bound: null, waiting: [] });
    expect(localStorage.getItem("hecang.pda.queue.s")).toBeNull();
  });
});
