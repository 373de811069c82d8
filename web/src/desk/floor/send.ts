import { isProblem } from "@/api";

const WAITS_MS = [300, 1_000, 2_000, 4_000];

/** The answer was lost on the way, or there was none: the same message may be sent again. */
export function isLost(error: unknown): boolean {
  return isProblem(error) && (error.status === 0 || error.status === 502 || error.status === 503 || error.status === 504);
}

/**
 * Sends until there is an answer. The body must carry its own scan ids, made once per scan: the server answers a
 * repetition with its first answer, so that sending again is always right.
 */
export async function sendUntilAnswered<T>(send: () => Promise<T>, wait: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms))): Promise<T> {
  for (const ms of WAITS_MS) {
    try {
      return await send();
    } catch (error) {
      if (!isLost(error)) throw error;
      await wait(ms);
    }
  }
  return send();
}

/** A UUID, also on plain-http origins, where `crypto.randomUUID` does not exist. */
export function newScanId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The answer to one scan, as the server keeps it. */
export interface ScanAnswer {
  scan_id: string;
  ok: boolean;
  code: string;
  message: string;
  expected?: Record<string, unknown>;
  data?: Record<string, unknown>;
  repeated?: boolean;
}
