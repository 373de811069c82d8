import type { Dayjs } from "dayjs";

/** What the form holds; empty means no restriction. */
export interface PlanForm {
  warehouse_id: number;
  ship_before?: Dayjs | null;
  carrier_ids?: number[];
  service_ids?: number[];
  owner_ids?: number[];
  shop_ids?: number[];
  zone_ids?: number[];
  temperature?: string | null;
  size?: "any" | "single" | "multi";
  max_priority?: number | null;
  region_prefix?: string;
  max_orders?: number | null;
  max_lines?: number | null;
  policy?: string;
  choose?: boolean;
  pickers?: number | null;
  next_wave_minutes?: number | null;
  slots?: number | null;
  singles?: number | null;
}

/** The criteria as the API takes them: only what was asked for. */
export function toCriteria(form: PlanForm): Record<string, unknown> {
  const { ship_before, slots, singles } = form;
  const own = new Set(["warehouse_id", "ship_before", "slots", "singles", "choose", "pickers", "next_wave_minutes"]);
  const cart = { ...(slots ? { slots } : {}), ...(singles ? { singles } : {}) };
  const plain = Object.entries(form as unknown as Record<string, unknown>).filter(([key, value]) => !own.has(key) && value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0));
  const choice = form.choose
    ? { choose: true, ...(form.pickers ? { pickers: form.pickers } : {}), ...(form.next_wave_minutes ? { next_wave_minutes: form.next_wave_minutes } : {}) }
    : {};
  return {
    ...Object.fromEntries(plain),
    ...choice,
    ...(ship_before ? { ship_before: ship_before.toISOString() } : {}),
    ...(Object.keys(cart).length > 0 ? { cart } : {}),
  };
}
