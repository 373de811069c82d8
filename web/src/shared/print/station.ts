/** What this workstation prints with: addresses and printers are the machine's, not the person's. */

const KEY = "hecang.print";

interface Station {
  addresses?: Record<string, string>;
  printers?: Record<string, string>;
}

export function station(): Station {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Station;
  } catch {
    return {};
  }
}

export function stationSave(next: Station): void {
  localStorage.setItem(KEY, JSON.stringify(next));
}

/** Where a component listens: as set on this machine, else as it does by default. */
export function componentAddress({ code, url, secure_url }: { code: string; url: string; secure_url: string }): string {
  const own = station().addresses?.[code];
  if (own) return own;
  return globalThis.location.protocol === "https:" && secure_url !== "" ? secure_url : url;
}

/** The printer for a component's labels; empty lets the component use its own standard. */
export function printerOf(code: string): string {
  return station().printers?.[code] ?? "";
}
