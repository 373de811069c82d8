/** One job at hand: what the screen shows of it, and what becomes of what the worker does. Knows no scenario. */
import type { ApiProblem } from "@/api/problem";
import { floor, type Answer, type EntryOut, type SessionDetail, type SessionRef, type Step, type Tone } from "./api";
import { feel } from "./feedback";
import { EntryQueue, localStore, type DropReason, type Intent, type QueueState, type QueueStore } from "./queue";

export interface Line {
  id: string;
  value: string;
  said: string;
  ok: boolean;
  at: string;
}

export interface Notice {
  tone: Tone;
  /** The server's words; empty where `reason` says it. */
  text: string;
  reason?: DropReason | "network";
  /** Counts up, so that the same words flash again. */
  count: number;
}

export interface Shown {
  title: string;
  session: SessionRef;
  step: Step;
  notice: Notice | null;
  lines: Line[];
  state: QueueState;
  held: number;
  /** How many answers have come. */
  answers: number;
}

const MAX_LINES = 30;
const SILENT = new Set(["", "leave"]);

export class Job {
  private shown: Shown;
  private readonly listeners = new Set<() => void>();
  private readonly queue: EntryQueue;

  constructor(detail: SessionDetail, store: QueueStore = localStore) {
    this.shown = {
      title: detail.title,
      session: detail.session,
      step: detail.step,
      notice: detail.step.said === "" ? null : { tone: detail.step.tone, text: detail.step.said, count: 0 },
      lines: detail.entries.filter((one) => !SILENT.has(one.name)).map((one) => ({ id: one.scan_id, value: one.value, said: one.said, ok: one.outcome !== "refused", at: one.at })),
      state: "idle",
      held: detail.held,
      answers: 0,
    };
    this.queue = new EntryQueue({
      session: detail.session.id,
      view: { version: detail.session.version, step: detail.step },
      send: (entry) => floor.enter(detail.session.id, entry),
      store,
      onAnswer: (answer, entry) => this.answered(answer, entry),
      onDropped: (intents, reason) => this.dropped(intents, reason),
      onFailed: (problem, entry) => this.failed(problem, entry),
      onState: (state) => this.change({ state }),
    });
  }

  /** Begin to send; what an earlier page has left is sent again. */
  start(): () => void {
    this.queue.start();
    const again = () => this.queue.resume();
    globalThis.addEventListener("online", again);
    return () => {
      globalThis.removeEventListener("online", again);
      this.queue.stop();
    };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): Shown => this.shown;

  scan = (code: string): void => {
    this.queue.push(code);
  };

  give = (name: string, value: string): void => {
    this.queue.push(value, name);
  };

  resume = (): void => {
    this.queue.resume();
  };

  /** Look again, unless something is on its way: another handheld may have gone on. */
  refresh = async (): Promise<void> => {
    if (!this.queue.isEmpty()) return;
    const found = await floor.session(this.shown.session.id);
    if (!this.queue.isEmpty()) return;
    this.queue.view = { version: found.session.version, step: found.step };
    this.change({ session: found.session, step: found.step, held: found.held });
  };

  private answered(answer: Answer, entry: EntryOut): void {
    const text = answer.ok ? answer.step.said : answer.message;
    const tone: Tone = answer.ok ? (answer.step.tone === "plain" ? "good" : answer.step.tone) : answer.code === "conflict" ? "warn" : "bad";
    feel(answer.ok && answer.step.is_over ? "done" : tone === "bad" ? "wrong" : tone === "warn" ? "warn" : "right");
    const line: Line = { id: entry.scan_id, value: entry.value, said: text, ok: answer.ok, at: entry.happened_at };
    this.change({
      answers: this.shown.answers + 1,
      session: answer.session,
      step: answer.step,
      notice: text === "" ? null : this.notice(tone, text),
      lines: SILENT.has(entry.name) ? this.shown.lines : [line, ...this.shown.lines].slice(0, MAX_LINES),
      held: answer.code === "conflict" ? this.shown.held + 1 : this.shown.held,
    });
  }

  private dropped(intents: Intent[], reason: DropReason): void {
    feel("wrong");
    const lines = intents.map((one) => ({ id: one.scanId, value: one.value, said: "", ok: false, at: one.at }));
    // The refusal that held them back stays readable.
    const notice = reason === "held_back" && this.shown.notice ? { ...this.shown.notice, reason } : { ...this.notice("bad", ""), reason };
    this.change({ notice, lines: [...lines.reverse(), ...this.shown.lines].slice(0, MAX_LINES) });
  }

  private failed(problem: ApiProblem, entry: EntryOut): void {
    feel("wrong");
    const text = problem.errors[0]?.message ?? problem.detail;
    const line: Line = { id: entry.scan_id, value: entry.value, said: text, ok: false, at: entry.happened_at };
    this.change({
      notice: text === "" ? { ...this.notice("bad", ""), reason: "network" } : this.notice("bad", text),
      lines: [line, ...this.shown.lines].slice(0, MAX_LINES),
    });
  }

  private notice(tone: Tone, text: string): Notice {
    return { tone, text, count: (this.shown.notice?.count ?? 0) + 1 };
  }

  private change(part: Partial<Shown>): void {
    this.shown = { ...this.shown, ...part };
    for (const listener of this.listeners) listener();
  }
}
