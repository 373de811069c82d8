/** What handheld and server say to each other. The protocol is docs/reference/floor-protocol.md. */
import { api } from "@/api/client";
import type { Me, Page, WarehouseRef } from "@/api/types";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
type BulkOut = Schemas["BulkOut"];
export type Step = Schemas["FloorStep"];
export type StepInput = Schemas["FloorInput"];
export type Option = Schemas["FloorOption"];
export type Fact = Schemas["FloorFact"];
export type Tone = Fact["tone"];
export type SessionRef = Schemas["FloorSessionRef"];
export type Answer = Schemas["FloorAnswer"];
export type ScenarioItem = Schemas["FloorScenario"];
export type OpenSession = Schemas["FloorSessionOut"];
export type MyShift = Schemas["MyShift"];
export type MyTask = Schemas["ShiftTask"];
export type Colleague = Schemas["TaskPerson"];
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

/** What was done with the one task that was asked for; throws the server's words where it was refused. */
function told(out: BulkOut): void {
  const refused = out.results.find((one) => !one.ok);
  if (refused) throw new Refused(refused.message);
}

/** The server has said no to one task. */
export class Refused extends Error {}

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
  shift: (warehouse: WarehouseRef["id"]) => api.get<MyShift>("/shift", { warehouse_id: warehouse }),
  shiftBegin: (warehouse: WarehouseRef["id"]) => api.post<undefined>("/shift/begin", { warehouse_id: Number(warehouse) }),
  shiftEnd: () => api.post<{ released: number }>("/shift/end"),
  breakBegin: () => api.post<{ tasks: number }>("/shift/break/begin"),
  breakEnd: () => api.post<{ tasks: number }>("/shift/break/end"),
  colleagues: async (task: number) => (await api.get<{ items: Colleague[] }>("/shift/colleagues", { task_id: task })).items,
  taskDo: async (task: number, verb: "start" | "pause" | "resume" | "release") => told(await api.post<BulkOut>(`/tasks/${verb}`, { ids: [task] })),
  taskHandOver: async (task: number, user: number) => told(await api.post<BulkOut>("/tasks/hand-over", { ids: [task], user_id: user })),
  photo: async (warehouse: WarehouseRef["id"], picture: Blob) => {
    const form = new FormData();
    form.append("file", picture, "photo.jpg");
    const kept = await api.post<{ id: number }>("/floor/photos", form, { query: { warehouse_id: warehouse } });
    return kept.id;
  },
};
