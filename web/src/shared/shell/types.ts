import type { ComponentType, ReactNode } from "react";

/** The groups of the left navigation, in order. */
export const NAV_GROUPS = ["home", "orders", "warehouse", "stock", "inbound", "shipping", "planning", "insight", "settings"] as const;
export type NavGroup = (typeof NAV_GROUPS)[number];

export interface NavEntry {
  group: NavGroup;
  /** Key in common `nav.*`. */
  label: string;
  icon: ReactNode;
  /** Place inside the group. */
  order?: number;
}

/** One route of an area. `load` is a dynamic import of a module whose default export is the page. */
export interface AreaRoute {
  /** Absolute, without a leading slash in the pattern's parameters: "/orders", "/orders/:id". */
  path: string;
  load: () => Promise<{ default: ComponentType }>;
  /** Hidden and refused without it. */
  permission?: string;
  /** Present = stands in the navigation. */
  nav?: NavEntry;
}
