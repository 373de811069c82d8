/**
 * Local print components: programs beside the label printer that listen on a WebSocket of this machine.
 *
 * One family of messages for all of them: `getPrinters`, `print`, and `notifyPrintResult` that comes when a task is
 * rendered, printed or failed. The data of a label are the platform's, encrypted: they go through as they are.
 */

export interface PrintDocument {
  documentID: string;
  contents: unknown[];
}

export interface Printers {
  names: string[];
  standard: string;
}

export type TaskState = "printed" | "failed";

export interface TaskResult {
  taskId: string;
  state: TaskState;
  detail: string;
}

interface Answer {
  cmd?: string;
  requestID?: string;
  status?: string;
  msg?: string;
  taskID?: string;
  taskStatus?: string;
  defaultPrinter?: string;
  printers?: { name: string }[];
  printStatus?: { documentID?: string; status?: string; msg?: string; detail?: string }[];
}

export class PrintError extends Error {
  readonly code: "unreachable" | "refused" | "timeout";
  readonly detail: string;

  constructor(code: PrintError["code"], detail = "") {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}

const TIMEOUT = 10_000;
const RESULT_TIMEOUT = 60_000;

/** One open component. Answers are matched to questions by their requestID, results to tasks by their taskID. */
export class PrintComponent {
  private readonly waiting = new Map<string, (answer: Answer) => void>();
  private readonly results = new Map<string, (answer: Answer) => void>();

  private readonly socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener("message", (event: MessageEvent<unknown>) => this.hear(event.data));
  }

  /** Connects, or says after a while that nothing listens there. */
  static open(url: string, timeout = TIMEOUT): Promise<PrintComponent> {
    return new Promise((resolve, reject) => {
      let socket: WebSocket;
      try {
        socket = new WebSocket(url);
      } catch {
        reject(new PrintError("unreachable", url));
        return;
      }
      const timer = setTimeout(() => {
        socket.close();
        reject(new PrintError("unreachable", url));
      }, timeout);
      socket.addEventListener("open", () => {
        clearTimeout(timer);
        resolve(new PrintComponent(socket));
      });
      socket.addEventListener("error", () => {
        clearTimeout(timer);
        reject(new PrintError("unreachable", url));
      });
    });
  }

  close(): void {
    this.socket.close();
  }

  async printers(): Promise<Printers> {
    const answer = await this.ask({ cmd: "getPrinters" });
    return { names: (answer.printers ?? []).map((one) => one.name), standard: answer.defaultPrinter ?? "" };
  }

  /** Sends one task; resolves when the component says that it is printed or failed. `onSent` when it took the task. */
  async print(taskId: string, documents: readonly PrintDocument[], printer: string, onSent: () => void): Promise<TaskResult> {
    const result = this.awaitResult(taskId);
    const answer = await this.ask({
      cmd: "print",
      task: { taskID: taskId, preview: false, printer, firstDocumentNumber: 1, totalDocumentCount: documents.length, documents },
    });
    if (answer.status !== undefined && answer.status !== "success") throw new PrintError("refused", answer.msg ?? "");
    onSent();
    return result();
  }

  private awaitResult(taskId: string): () => Promise<TaskResult> {
    let told: TaskResult | undefined;
    let tell: ((result: TaskResult) => void) | undefined;
    this.results.set(taskId, (answer) => {
      const state = stateOf(answer);
      if (!state) return;
      this.results.delete(taskId);
      told = { taskId, state, detail: detailOf(answer) };
      tell?.(told);
    });
    return () =>
      told
        ? Promise.resolve(told)
        : new Promise((resolve, reject) => {
            const timer = setTimeout(() => {
              this.results.delete(taskId);
              reject(new PrintError("timeout", taskId));
            }, RESULT_TIMEOUT);
            tell = (result) => {
              clearTimeout(timer);
              resolve(result);
            };
          });
  }

  private ask(message: object): Promise<Answer> {
    const requestID = crypto.randomUUID();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(requestID);
        reject(new PrintError("timeout"));
      }, TIMEOUT);
      this.waiting.set(requestID, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.socket.send(JSON.stringify({ requestID, version: "1.0", ...message }));
    });
  }

  private hear(data: unknown): void {
    let answer: Answer;
    try {
      answer = JSON.parse(String(data)) as Answer;
    } catch {
      return; // not of this family
    }
    if (answer.cmd === "notifyPrintResult" || answer.cmd === "PrintResultNotify") {
      this.results.get(answer.taskID ?? "")?.(answer);
      return;
    }
    const waiting = this.waiting.get(answer.requestID ?? "");
    if (waiting) {
      this.waiting.delete(answer.requestID ?? "");
      waiting(answer);
    }
  }
}

/** Rendered is only half way; the rest ends the task. */
function stateOf(answer: Answer): TaskState | null {
  const status = answer.taskStatus ?? answer.printStatus?.[0]?.status ?? "";
  if (status === "printed" || status === "success") return "printed";
  if (status === "failed" || status === "canceled" || status === "pending") return "failed";
  return null;
}

function detailOf(answer: Answer): string {
  const first = answer.printStatus?.[0];
  return [first?.msg, first?.detail].filter((part) => part).join(" ").slice(0, 200);
}
