/** The few calls of the buyer's page. */
import { Refusal } from "@/shared/refusal";
import type { Language } from "./locale";

export interface Item {
  name: string;
  quantity: number;
  shipped: number;
  cancelled: number;
}
export interface Scan {
  at: string;
  status: string;
  text: string;
  place: string;
}
export interface Parcel {
  number: string;
  carrier: string;
  waybill: string;
  status: string;
  shipped_at: string | null;
  expected_at: string | null;
  delivered_at: string | null;
  items: Item[];
  scans: Scan[];
}
export interface OrderPage {
  number: string;
  shop: string;
  contact: string;
  placed_at: string;
  step: "placed" | "preparing" | "packing" | "shipped" | "delivered" | "cancelled";
  is_cancelling: boolean;
  recipient: string;
  expected_at: string | null;
  promised_at: string | null;
  items: Item[];
  parcels: Parcel[];
  wish: { code?: string; note?: string };
  cancel: string;
  address: string;
  wishes: boolean;
}

export { Refusal };

export function tokenOf(path: string): string {
  return /^\/t\/([A-Za-z0-9_-]+)/.exec(path)?.[1] ?? "";
}

export async function call<T>(token: string, language: Language, action = "", body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1/track/${encodeURIComponent(token)}${action && `/${action}`}`, {
      method: body === undefined ? "GET" : "POST",
      credentials: "omit",
      headers: {
        Accept: "application/json",
        "Accept-Language": language === "en" ? "en" : "zh-hans",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Refusal(0, "");
  }
  const text = await answer.text();
  if (!answer.ok) {
    let told: { detail?: string; errors?: { message: string }[] } = {};
    try {
      told = JSON.parse(text) as typeof told;
    } catch {
      // A proxy answered, not we.
    }
    throw new Refusal(answer.status, [...(told.errors?.map((one) => one.message) ?? []), ...(told.errors?.length ? [] : [told.detail ?? ""])].join(" "));
  }
  return (text === "" ? undefined : JSON.parse(text)) as T;
}
