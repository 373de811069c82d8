/** Compile-time proof, as in `api/contract.ts`, for the floor, shipping, facility, users and the audit log. */
import type { components } from "@/api/schema";
import type { AuditRow } from "@/desk/audit/AuditPage";
import type { LocationRow, WarehouseRow } from "@/desk/facility/types";
import type { OpenAnswer, PackView, ScansAnswer, SealAnswer } from "@/desk/packing/types";
import type { BatchDetail, BatchRow, PickTask, Putback } from "@/desk/picking/types";
import type { Carrier, Carton, Manifest, ParcelDetail, ParcelRow, Pool, Rate, Service, Waybill } from "@/desk/shipping/types";
import type { KeyRow, RoleRow, ShopRow, UserRow } from "@/desk/users/types";
import type { WaveDetail, WavePlan, WaveRow } from "@/desk/waves/types";
import type { MapAnswer } from "./map";

type Schemas = components["schemas"];
type Loose<T> = T extends string ? string : T extends readonly (infer One)[] ? readonly Loose<One>[] : T extends object ? { [K in keyof T]: Loose<T[K]> } : T;
type Fits<Sent extends Loose<Expected>, Expected> = Sent;

export type Checks = [
  Fits<Schemas["WaveRow"], WaveRow>,
  Fits<Schemas["WaveOut"], WaveDetail>,
  Fits<Schemas["WavePlanOut"], WavePlan>,
  Fits<Schemas["BatchRow"], BatchRow>,
  Fits<Schemas["BatchOut"], BatchDetail>,
  Fits<Schemas["TaskOut"], PickTask>,
  Fits<Schemas["PutbackRow"], Putback>,
  Fits<Schemas["PackView"], PackView>,
  Fits<Schemas["PackOpenOut"], OpenAnswer>,
  Fits<Schemas["PackScansOut"], ScansAnswer>,
  Fits<Schemas["SealOut"], SealAnswer>,
  Fits<Schemas["ParcelRow"], ParcelRow>,
  Fits<Schemas["ParcelOut"], ParcelDetail>,
  Fits<Schemas["ManifestOut"], Manifest>,
  Fits<Schemas["WaybillOut"], Waybill>,
  Fits<Schemas["CarrierOut"], Carrier>,
  Fits<Schemas["ServiceOut"], Service>,
  Fits<Schemas["RateOut"], Rate>,
  Fits<Schemas["CartonOut"], Carton>,
  Fits<Schemas["PoolOut"], Pool>,
  Fits<Schemas["MapOut"], MapAnswer>,
  Fits<Schemas["WarehouseRow"], WarehouseRow>,
  Fits<Schemas["LocationOut"], LocationRow>,
  Fits<Schemas["UserOut"], UserRow>,
  Fits<Schemas["RoleOut"], RoleRow>,
  Fits<Schemas["KeyOut"], Omit<KeyRow, "last_used_on">>,
  Fits<Schemas["AuditOut"], AuditRow>,
  Fits<Schemas["ShopOut"], ShopRow>,
];
