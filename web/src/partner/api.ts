/** The calls of the page of suppliers and carriers; their shapes are those of the API. */
import type { components } from "@/api/schema";
import { Refusal } from "@/shared/refusal";
import type { Language } from "./locale";

type Shapes = components["schemas"];
export type Page = Shapes["PartnerPageOut"];
export type Order = Shapes["PartnerOrderOut"];
export type OpenLine = Shapes["PartnerLineOut"];
export type Delivery = Shapes["PartnerAsnOut"];
export type Slots = Shapes["SlotsOut"];
export type Slot = Slots["items"][number];
export type Announced = Shapes["AsnMadeOut"];

export { Refusal };

export function tokenOf(path: string): string {
  return /^\/s\/([A-Za-z0-9_-]+)/.exec(path)?.[1] ?? "";
}

export function addressOf(token: string, path = ""): string {
  return `/api/v1/inbound-page/${encodeURIComponent(token)}${path}`;
}

/** A key for one intention: sent again with it, nothing happens twice. Works without a secure context too. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface Call {
  token: string;
  language: Language;
}

export async function call<T>({ token, language }: Call, path = "", body?: unknown, key?: string): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(addressOf(token, path), {
      method: body === undefined ? "GET" : "POST",
      credentials: "omit",
      headers: {
        Accept: "application/json",
        "Accept-Language": language === "en" ? "en" : "zh-hans",
        ...(body === undefined ? {} : { "Content-Type": "application/json", "Idempotency-Key": key ?? newKey() }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Refusal(0, "");
  }
  const text = await answer.text();
  if (!answer.ok) throw new Refusal(answer.status, told(text));
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

function told(text: string): string {
  try {
    const { detail, errors } = JSON.parse(text) as { detail?: string; errors?: { message: string }[] };
    return errors?.length ? [...new Set(errors.map((one) => one.message))].join(" ") : (detail ?? "");
  } catch {
    return ""; // A proxy answered, not we.
  }
}
