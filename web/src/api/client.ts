/**
 * The one way to the server: session cookie, CSRF header, user's language, idempotency key, problem+json.
 *
 * Paths are relative to /api/v1. Types come from the generated `schema.d.ts` through `types.ts`.
 */
import { ApiProblem, type ProblemBody } from "./problem";

export const API_BASE = "/api/v1";

export type QueryValue = string | number | boolean | null | undefined | readonly (string | number)[];
export type Query = Record<string, QueryValue>;

export interface RequestOptions {
  query?: Query | undefined;
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** Same key = same user action: a repeated send changes nothing. Made when absent; null where the body has an id. */
  idempotencyKey?: string | null | undefined;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

let csrfToken = "";
let language = "zh-hans";
let onUnauthorized: (() => void) | undefined;

export function setCsrfToken(token: string): void {
  csrfToken = token;
}

export function setApiLanguage(value: string): void {
  language = value;
}

/** Called once per lost session; the shell shows the login page. */
export function setUnauthorizedHandler(handler: (() => void) | undefined): void {
  onUnauthorized = handler;
}

export function newKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  // randomUUID exists only on secure origins; a warehouse LAN may serve plain http.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function toSearch(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === "") continue;
    if (Array.isArray(value)) for (const one of value as readonly (string | number)[]) params.append(key, String(one));
    else params.append(key, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

export function apiUrl(path: string, query?: Query): string {
  return `${API_BASE}${path}${toSearch(query)}`;
}

async function problemOf(response: Response): Promise<ApiProblem> {
  let body: ProblemBody = {};
  try {
    body = (await response.json()) as ProblemBody;
  } catch {
    // A proxy answered, not we: the status must do.
  }
  return new ApiProblem(response.status, body);
}

async function send(method: Method, path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": language };
  let body: BodyInit | undefined;
  if (options.body instanceof FormData) body = options.body;
  else if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(options.body);
  }
  if (method !== "GET") {
    headers["X-CSRFToken"] = csrfToken;
    if (options.idempotencyKey !== null) headers["Idempotency-Key"] = options.idempotencyKey ?? newKey();
  }
  let response: Response;
  try {
    response = await fetch(apiUrl(path, options.query), {
      method,
      headers,
      credentials: "same-origin",
      ...(body === undefined ? {} : { body }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiProblem(0, {});
  }
  if (!response.ok) {
    if (response.status === 401 && !path.startsWith("/auth/")) onUnauthorized?.();
    throw await problemOf(response);
  }
  return response;
}

async function call<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>("GET", path, { query, signal }),
  post: <T>(path: string, body?: unknown, options: RequestOptions = {}) => call<T>("POST", path, { ...options, body }),
  put: <T>(path: string, body?: unknown, options: RequestOptions = {}) => call<T>("PUT", path, { ...options, body }),
  patch: <T>(path: string, body?: unknown, options: RequestOptions = {}) => call<T>("PATCH", path, { ...options, body }),
  delete: <T>(path: string, options: RequestOptions = {}) => call<T>("DELETE", path, options),
  /** Fetches a file and hands it to the browser under the name the server gave. */
  async download(path: string, query?: Query, fallbackName = "export"): Promise<void> {
    const response = await send("GET", path, { query });
    const disposition = response.headers.get("Content-Disposition") ?? "";
    const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
    const plain = /filename="?([^";]+)"?/i.exec(disposition)?.[1];
    const url = URL.createObjectURL(await response.blob());
    const link = document.createElement("a");
    link.href = url;
    link.download = encoded ? decodeURIComponent(encoded) : (plain ?? fallbackName);
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  },
};
