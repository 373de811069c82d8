/** What handheld and server say to each other. The protocol is docs/reference/floor-protocol.md. */
import { api } from "@/api/client";
import type { Me, Page, WarehouseRef } from "@/api/types";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Step = Schemas["FloorStep"];
export type StepInput = Schemas["FloorInput"];
export type Option = Schemas["FloorOption"];
export type Fact = Schemas["FloorFact"];
export type Tone = Fact["tone"];
export type SessionRef = Schemas["FloorSessionRef"];
export type Answer = Schemas["FloorAnswer"];
export type ScenarioItem = Schemas["FloorScenario"];
export type OpenSession = Schemas["FloorSessionOut"];
export type SessionDetail = Schemas["FloorSessionDetail"];

/** An entry as it is sent; the same `scan_id` again is the same entry. */
export interface EntryOut {
  scan_id: string;
  name: string;
  value: string;
  version: number;
  asked: string;
  happened_at: string;
}

export type { Me, WarehouseRef };

export function uuid(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  // randomUUID exists only on secure origins; a warehouse LAN may serve plain http.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export const floor = {
  me: () => api.get<Me>("/auth/me"),
  signIn: (username: string, password: string) => api.post<Me>("/auth/login", { username, password }),
  signOut: () => api.post<undefined>("/auth/logout"),
  remember: (change: { language?: string; theme?: string }) => api.patch<Me>("/auth/me", change),
  warehouses: async () => (await api.get<Page<WarehouseRef>>("/warehouses", { limit: 200 })).items,
  menu: async (warehouse: WarehouseRef["id"]) =>
    (await api.get<{ items: ScenarioItem[] }>("/floor/scenarios", { warehouse_id: warehouse })).items,
  open: async (warehouse: WarehouseRef["id"]) =>
    (await api.get<{ items: OpenSession[] }>("/floor/sessions", { warehouse_id: warehouse })).items,
  begin: (id: string, scenario: string, warehouse: WarehouseRef["id"], given: Record<string, string> = {}) =>
    api.post<SessionDetail>("/floor/sessions", { id, scenario, warehouse_id: Number(warehouse), given }, { idempotencyKey: null }),
  session: (id: string) => api.get<SessionDetail>(`/floor/sessions/${id}`),
  // The entry's own id makes a repetition harmless; no other key is wanted.
  enter: (id: string, entry: EntryOut) => api.post<Answer>(`/floor/sessions/${id}/entries`, entry, { idempotencyKey: null }),
  photo: async (warehouse: WarehouseRef["id"], picture: Blob) => {
    const form = new FormData();
    form.append("file", picture, "photo.jpg");
    const kept = await api.post<{ id: number }>("/floor/photos", form, { query: { warehouse_id: warehouse } });
    return kept.id;
  },
};
