/**
 * The one way in which entries leave a handheld: in order, each with an id made here, each sent until it is answered.
 *
 * What a worker does becomes an *intent* at once. When its turn comes it is *bound*: to the input that it answers and
 * to the version of the job that the handheld then shows. A bound entry is kept until its answer is here, so that a
 * lost connection, a reload or a crash repeats it under the same id, which the server answers as the first time.
 */
import { isProblem, type ApiProblem } from "@/api/problem";
import { uuid, type Answer, type EntryOut, type Step } from "./api";

export interface Intent {
  scanId: string;
  /** Which input it answers; absent for a scan, which goes to the step's first scan input. */
  name?: string;
  value: string;
  /** The step that was on the screen. */
  state: string;
  at: string;
}

export interface Kept {
  bound: EntryOut | null;
  waiting: Intent[];
}

/** Where a queue survives; offline work will give it a larger one. */
export interface QueueStore {
  load: (session: string) => Kept | null;
  save: (session: string, kept: Kept) => void;
}

export interface View {
  version: number;
  step: Step;
}

export type QueueState = "idle" | "sending" | "waiting" | "signed_out";
/** Why something was not sent: the step takes no scans, or one before it was not taken. */
export type DropReason = "no_scan" | "held_back";

interface Wishes {
  session: string;
  view: View;
  send: (entry: EntryOut) => Promise<Answer>;
  store: QueueStore;
  onAnswer: (answer: Answer, entry: EntryOut) => void;
  onDropped: (intents: Intent[], reason: DropReason) => void;
  onFailed: (problem: ApiProblem, entry: EntryOut) => void;
  onState: (state: QueueState) => void;
  sleep?: (milliseconds: number) => Promise<void>;
}

/** Answers that say nothing about the entry: it may have been taken, or not. */
const AGAIN = new Set([0, 408, 429, 502, 503, 504]);
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export class EntryQueue {
  view: View;
  private readonly wishes: Wishes;
  private bound: EntryOut | null = null;
  private waiting: Intent[] = [];
  private working = false;
  private stopped = false;
  private wake: (() => void) | null = null;

  constructor(wishes: Wishes) {
    this.wishes = wishes;
    this.view = wishes.view;
    const kept = wishes.store.load(wishes.session);
    if (kept) {
      this.bound = kept.bound;
      this.waiting = kept.waiting;
    }
  }

  isEmpty(): boolean {
    return this.bound === null && this.waiting.length === 0;
  }

  push(value: string, name?: string): void {
    const intent: Intent = { scanId: uuid(), value, state: this.view.step.state, at: new Date().toISOString() };
    if (name !== undefined) intent.name = name;
    this.waiting.push(intent);
    this.keep();
    this.resume();
  }

  /** Begin to send, or go on, such as after signing in again or when the network is back. */
  start(): void {
    this.stopped = false;
    this.resume();
  }

  resume(): void {
    this.wake?.();
    if (!this.working && !this.stopped) void this.work();
  }

  stop(): void {
    this.stopped = true;
    this.wake?.();
  }

  private keep(): void {
    this.wishes.store.save(this.wishes.session, { bound: this.bound, waiting: this.waiting });
  }

  private async work(): Promise<void> {
    this.working = true;
    while (!this.stopped) {
      if (this.bound === null && !this.bindNext()) break;
      if (this.bound !== null && !(await this.deliver(this.bound))) break;
    }
    this.working = false;
  }

  /** Make an entry of the next intent that fits the step; false when nothing waits. */
  private bindNext(): boolean {
    for (;;) {
      const intent = this.waiting.shift();
      if (intent === undefined) {
        this.keep();
        this.wishes.onState("idle");
        return false;
      }
      const name = intent.name ?? this.view.step.inputs.find((one) => one.kind === "scan")?.name;
      if (name === undefined) {
        this.wishes.onDropped([intent], "no_scan");
        continue;
      }
      this.bound = {
        scan_id: intent.scanId,
        name,
        value: intent.value,
        version: this.view.version,
        asked: this.view.step.prompt.slice(0, 200),
        happened_at: intent.at,
      };
      this.keep();
      return true;
    }
  }

  /** Send until there is an answer; false where a person has to do something first. */
  private async deliver(entry: EntryOut): Promise<boolean> {
    for (let tries = 0; !this.stopped; tries += 1) {
      this.wishes.onState(tries === 0 ? "sending" : "waiting");
      try {
        this.answered(await this.wishes.send(entry), entry);
        return true;
      } catch (error) {
        if (!isProblem(error)) throw error;
        if (error.status === 401) {
          this.wishes.onState("signed_out");
          return false;
        }
        if (!AGAIN.has(error.status)) {
          this.release();
          this.wishes.onFailed(error, entry);
          return true;
        }
        await this.pause(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries));
      }
    }
    return false;
  }

  private answered(answer: Answer, entry: EntryOut): void {
    this.view = { version: answer.session.version, step: answer.step };
    this.bound = null;
    const held = answer.ok ? [] : this.waiting;
    if (held.length > 0) this.waiting = [];
    this.keep();
    this.wishes.onAnswer(answer, entry);
    if (held.length > 0) this.wishes.onDropped(held, "held_back");
  }

  private release(): void {
    this.bound = null;
    this.keep();
  }

  private pause(milliseconds: number): Promise<void> {
    if (this.wishes.sleep) return this.wishes.sleep(milliseconds);
    return new Promise((resolve) => {
      const timer = setTimeout(done, milliseconds);
      const wake = () => done();
      this.wake = wake;
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
    });
  }
}

const PREFIX = "hecang.pda.queue.";

/** Keeps queues through reloads and crashes. */
export const localStore: QueueStore = {
  load: (session) => {
    try {
      const text = localStorage.getItem(PREFIX + session);
      return text === null ? null : (JSON.parse(text) as Kept);
    } catch {
      return null;
    }
  },
  save: (session, kept) => {
    try {
      if (kept.bound === null && kept.waiting.length === 0) localStorage.removeItem(PREFIX + session);
      else localStorage.setItem(PREFIX + session, JSON.stringify(kept));
    } catch {
      // A full or forbidden store: the queue then lives as long as the page.
    }
  },
};
