/** The handheld's own few icons, drawn on 24 × 24; a scenario names one, an unknown name is a scan. */
const PATHS: Record<string, string> = {
  scan: "M3 8V5a2 2 0 0 1 2-2h3M16 3h3a2 2 0 0 1 2 2v3M21 16v3a2 2 0 0 1-2 2h-3M8 21H5a2 2 0 0 1-2-2v-3M7 8v8M11 8v8M14 8v8M17 8v8",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5 21 21",
  receive: "M12 3v10M8 9l4 4 4-4M4 14v5a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-5",
  truck: "M2 6h12v10H2zM14 10h4l4 4v2h-8M6 19.5a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM17.5 19.5a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z",
  inspect: "M9 3h6v3H9zM7 4.5H5v16h14v-16h-2M8.5 13l2.5 2.5 4.5-5",
  putaway: "M3 21V8l9-5 9 5v13M7 21v-8h10v8M12 16v-6M9.5 12.5 12 10l2.5 2.5",
  move: "M3 8h14M13 4l4 4-4 4M21 16H7M11 12l-4 4 4 4",
  replenish: "M4 12a8 8 0 0 1 14-5.3L20 9M20 4v5h-5M20 12a8 8 0 0 1-14 5.3L4 15M4 20v-5h5",
  count: "M4 4h16v16H4zM8 9h2M8 14h2M13 9h4M13 14h4",
  transfer: "M3 17V7h9v10M12 10h5l4 4v3h-9M6 20a1.6 1.6 0 1 0 0-3.2A1.6 1.6 0 0 0 6 20ZM17 20a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2Z",
  returns: "M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6v1",
  pick: "M5 4h2l2 11h9l2-8H8M10 19.5a1 1 0 1 0 0 .1M17 19.5a1 1 0 1 0 0 .1",
  box: "M12 3 3 7.5v9L12 21l9-4.5v-9zM3 7.5l9 4.5 9-4.5M12 12v9",
  kit: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM16.5 13v7M13 16.5h7",
  back: "M15 5l-7 7 7 7",
  undo: "M9 7 4 12l5 5M4 12h9a7 7 0 0 1 7 7",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  leave: "M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 8l-4 4 4 4M6 12h10",
  settings: "M12 15.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM12 2.5v3M12 18.5v3M2.5 12h3M18.5 12h3M5.3 5.3l2.1 2.1M16.6 16.6l2.1 2.1M18.7 5.3l-2.1 2.1M7.4 16.6l-2.1 2.1",
  camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M7 14h10",
  right: "M4 12.5 9.5 18 20 7",
  wrong: "M6 6l12 12M18 6 6 18",
  warn: "M12 4 2.5 20h19zM12 10v5M12 17.5v.5",
  next: "M9 5l7 7-7 7",
  down: "M5 9l7 7 7-7",
};

export function Icon({ name, size = 24 }: { name: string; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={2} strokeLinecap="round" strokeLinejoin="round" aria-hidden>
      <path d={PATHS[name] ?? PATHS.scan} />
    </svg>
  );
}
