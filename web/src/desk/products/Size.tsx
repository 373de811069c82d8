interface Sides {
  length_mm: number | null;
  width_mm: number | null;
  height_mm: number | null;
}

/** Length × width × height in mm; a dash for what nobody has measured. */
export function Size({ of }: { of: Sides }) {
  const sides = [of.length_mm, of.width_mm, of.height_mm];
  if (sides.every((side) => side === null)) return <span className="hc-faint">—</span>;
  return (
    <span className="hc-num">
      {sides.map((side) => side ?? "?").join("×")} <span className="hc-faint">{"mm"}</span>
    </span>
  );
}
