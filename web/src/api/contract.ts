/**
 * Compile-time proof that what the server sends fits what the screens expect.
 *
 * `schema.d.ts` is generated from the OpenAPI file (`npm run gen:api`); a field that the server renames or drops
 * fails `npm run typecheck` here.
 */
import type { ImportFinding, ImportJob, ImportKind, ImportPreview } from "@/desk/imports/types";
import type { Fulfilment, OrderDetail, OrderEvent, OrderRow, Parcel } from "@/desk/orders/types";
import type { SkuDetail, SkuFinding, SkuRow } from "@/desk/products/types";
import type { AvailabilityRow, LedgerRow, LotRow, MovementRow, SkuStock, StockHold, StockRow, Verification } from "@/desk/stock/types";
import type { components, paths } from "./schema";
import type { BulkResult, Counts, Job, Me, SearchHit, WarehouseRef } from "./types";

type Schemas = components["schemas"];
/** What GET or POST of a path answers with. */
type Answer<P extends keyof paths, M extends "get" | "post"> = paths[P] extends Record<M, { responses: infer R }>
  ? R extends Record<200, { content: { "application/json": infer B } }> ? B : R extends Record<201, { content: { "application/json": infer B } }> ? B : never
  : never;
type Item<P extends keyof paths> = Answer<P, "get"> extends { items: (infer Row)[] } ? Row : never;
/** Codes are plain text in the contract; the screens name those that they know. */
type Loose<T> = T extends string ? string : T extends (infer One)[] ? Loose<One>[] : T extends object ? { [K in keyof T]: Loose<T[K]> } : T;
type Fits<Sent extends Loose<Expected>, Expected> = Sent;

export type Checks = [
  Fits<Answer<"/api/v1/auth/me", "get">, Me>,
  Fits<Answer<"/api/v1/orders/counts", "get">, Counts>,
  Fits<Answer<"/api/v1/orders/bulk-approve", "post">, BulkResult>,
  Fits<Item<"/api/v1/search">, SearchHit>,
  Fits<Item<"/api/v1/jobs">, Job>,
  Fits<Item<"/api/v1/warehouses">, WarehouseRef>,
  Fits<Item<"/api/v1/orders">, OrderRow>,
  Fits<Answer<"/api/v1/orders/{order_id}", "get">, OrderDetail>,
  Fits<Item<"/api/v1/orders/{order_id}/timeline">, OrderEvent>,
  Fits<Item<"/api/v1/fulfilments">, Fulfilment>,
  Fits<Item<"/api/v1/parcels">, Parcel>,
  Fits<Item<"/api/v1/skus">, SkuRow>,
  Fits<Answer<"/api/v1/skus/{sku_id}", "get">, SkuDetail>,
  Fits<Item<"/api/v1/skus/findings">, SkuFinding>,
  Fits<Item<"/api/v1/availability">, AvailabilityRow>,
  Fits<Item<"/api/v1/stock">, StockRow>,
  Fits<Item<"/api/v1/movements">, MovementRow>,
  Fits<Item<"/api/v1/lots">, LotRow>,
  Fits<Item<"/api/v1/stock-holds">, StockHold>,
  Fits<Answer<"/api/v1/skus/{sku_id}/stock", "get">, SkuStock>,
  Fits<Item<"/api/v1/skus/{sku_id}/ledger">, LedgerRow>,
  Fits<Answer<"/api/v1/inventory/verify", "get">, Verification>,
  Fits<Item<"/api/v1/imports/kinds">, ImportKind>,
  Fits<Answer<"/api/v1/imports/preview", "post">, ImportPreview>,
  Fits<Answer<"/api/v1/imports/{import_id}", "get">, ImportJob>,
  Fits<Item<"/api/v1/imports/{import_id}/findings">, ImportFinding>,
  Schemas,
];
