import type { FilterOption } from "@/shared/list/types";

/** A choice by id, shown by code and name. */
export function byCode(item: { id: number; code: string; name?: string }): FilterOption {
  return { value: String(item.id), label: item.name ? `${item.code} ${item.name}` : item.code };
}
