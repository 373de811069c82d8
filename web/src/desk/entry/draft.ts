/** What an order looks like while somebody dictates it. Pure, so that it can be tested without a screen. */

export interface Offer {
  id: number;
  code: string;
  name: string;
  kind: string;
  base_unit: string;
  available: number | null;
  last_price: string | null;
}

export interface DraftLine {
  offer: Offer;
  quantity: number;
  /** In cents of the shop's currency, times 100 for the four decimals that prices have. */
  price: number;
}

export interface Recipient {
  name: string;
  phone: string;
  region_code: string;
  province: string;
  city: string;
  district: string;
  address: string;
}

export const NOBODY: Recipient = { name: "", phone: "", region_code: "", province: "", city: "", district: "", address: "" };

/** Price as an integer of ten-thousandths: money is never a floating number here. */
export function parsePrice(text: string | number | null | undefined): number {
  const match = /^(\d{1,10})(?:\.(\d{0,4}))?\d*$/.exec(String(text ?? "").trim());
  return match ? Number(match[1]) * 10_000 + Number((match[2] ?? "").padEnd(4, "0")) : 0;
}

export function priceText(price: number): string {
  const whole = Math.floor(price / 10_000);
  const rest = String(price % 10_000).padStart(4, "0").replace(/0{1,2}$/, "");
  return `${whole}.${rest}`;
}

/** Amount of a line in cents, half up, as the server reckons. */
export function lineCents(line: Pick<DraftLine, "quantity" | "price">): number {
  return Number((BigInt(line.quantity) * BigInt(line.price) + 50n) / 100n);
}

export function centsText(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
}

export function parseCents(text: string | number | null | undefined): number {
  return Math.round(parsePrice(text) / 100);
}

export function totalCents(lines: readonly DraftLine[], freight: number, discount: number): number {
  return Math.max(0, lines.reduce((sum, line) => sum + lineCents(line), 0) - discount + freight);
}

/** The lines with one more of `offer`: one line a product, the newest last. */
export function withOffer(lines: readonly DraftLine[], offer: Offer, quantity = 1): DraftLine[] {
  const known = lines.find((line) => line.offer.id === offer.id);
  if (known) return lines.map((line) => (line === known ? { ...line, quantity: line.quantity + quantity } : line));
  return [...lines, { offer, quantity, price: parsePrice(offer.last_price) }];
}

/** Whether a text is nothing but a phone number (and so a question who it is). */
export function isPhone(text: string): boolean {
  return /^\+?[\d\s-]{7,20}$/.test(text.trim()) && text.replace(/\D/g, "").length >= 7;
}

/** `3*6901234567892`, `nfsq*3` or `nfsq 3`: how many of what. */
export function splitQuantity(text: string): { text: string; quantity: number } {
  const before = /^(\d{1,5})\s*[*×x]\s*(.+)$/.exec(text.trim());
  if (before) return { text: before[2] ?? "", quantity: Math.max(1, Number(before[1])) };
  const after = /^(.+?)\s*[*×]\s*(\d{1,5})$/.exec(text.trim());
  if (after) return { text: after[1] ?? "", quantity: Math.max(1, Number(after[2])) };
  return { text: text.trim(), quantity: 1 };
}

export function missingParts(recipient: Recipient): ("name" | "phone" | "region" | "address")[] {
  const parts: ("name" | "phone" | "region" | "address")[] = [];
  if (!recipient.name.trim()) parts.push("name");
  if (!recipient.phone.trim()) parts.push("phone");
  if (!recipient.region_code || recipient.region_code.endsWith("0000")) parts.push("region");
  if (!recipient.address.trim()) parts.push("address");
  return parts;
}

export function regionText(recipient: Recipient): string {
  return [...new Set([recipient.province, recipient.city, recipient.district])].filter(Boolean).join(" ");
}
