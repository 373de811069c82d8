import type { Tone } from "@/shared/ui/states";
import type { TicketLink, TicketRow } from "./types";

export const KINDS = ["shortage", "address", "delay", "damage", "lost", "returned", "refused", "buyer_request", "price", "channel", "duplicate", "other"] as const;
export const RESOLUTIONS = ["solved", "corrected", "replaced", "refunded", "cancelled", "compensated", "resupplied", "no_trouble", "unsolvable"] as const;
export const PRIORITIES = [1, 2, 3, 4] as const;

/** Urgent is red, high orange, the rest plain. */
export function priorityTone(priority: number): Tone {
  return priority === 1 ? "red" : priority === 2 ? "orange" : "grey";
}

export function rowTone(ticket: Pick<TicketRow, "is_overdue" | "priority" | "state">): "red" | "orange" | undefined {
  if (ticket.is_overdue) return "red";
  return ticket.priority === 1 && ["open", "in_progress", "waiting"].includes(ticket.state) ? "orange" : undefined;
}

/** Where the desk shows a document; undefined for kinds that have no page. */
export function urlOf(link: TicketLink): string | undefined {
  const pages: Record<string, string> = {
    sales_order: `/orders?open=${link.entity_id}`,
    sku: `/products/${link.entity_id}`,
    parcel: `/parcels/${link.entity_id}`,
    wave: `/waves/${link.entity_id}`,
    ticket: `/tickets?open=${link.entity_id}`,
  };
  return pages[link.entity_kind];
}

export function fileSize(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Only what a browser can show without running anything. */
export function isImage(mediaType: string): boolean {
  return ["image/png", "image/jpeg", "image/gif", "image/webp"].includes(mediaType);
}
