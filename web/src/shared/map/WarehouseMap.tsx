import { CompressOutlined, MinusOutlined, PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { memo, useCallback, useEffect, useMemo, useRef, useState, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { formatNumber } from "@/shared/format/text";
import { EmptyState } from "@/shared/ui/EmptyState";
import { cx } from "@/shared/ui/cx";
import { extent, pathMetres, toBays, type Bay, type MapGeometry, type MapLocation, type Walk } from "./geometry";
import css from "./map.module.css";

export type MapColour = "fill" | "class" | "heat" | "none";

/** Somebody or something that stands on the floor. */
export interface MapMark {
  key: string;
  x_mm: number;
  y_mm: number;
  /** One or two characters. */
  text: string;
  label: string;
  busy?: boolean;
}

interface WarehouseMapProps {
  geometry: MapGeometry;
  colour?: MapColour;
  walk?: Walk | undefined;
  marks?: readonly MapMark[];
  selectedId?: MapLocation["id"] | null | undefined;
  /** A click, or Enter on the focused location; with several levels, the lowest comes first. */
  onSelect?: (location: MapLocation, bay: MapLocation[]) => void;
  height?: number | string;
}

interface View {
  x: number;
  y: number;
  scale: number;
}

const MAX_SCALE = 24;

/** 0–1 in five steps: a step is told apart, a shade is not. */
function step(value: number): number {
  return Math.max(0, Math.min(4, Math.floor(value * 5)));
}

function bayClass(bay: Bay, colour: MapColour): string {
  const values = bay.locations.map((one) => (colour === "heat" ? one.heat : one.fill)).filter((value) => typeof value === "number");
  const first = bay.locations[0];
  if (colour === "class") {
    const abc = bay.locations.map((one) => one.abc ?? "").sort().find((one) => one !== "");
    return (abc && css[`abc${abc}`]) || (css.plain ?? "");
  }
  if (colour === "none" || values.length === 0) return first?.kind && first.kind !== "pick_face" && first.kind !== "reserve" ? (css.special ?? "") : (css.plain ?? "");
  const mean = values.reduce((all, value) => all + value, 0) / values.length;
  return (colour === "heat" ? css[`heat${step(mean)}`] : mean === 0 ? css.fillNone : css[`fill${step(mean)}`]) ?? "";
}

const Bays = memo(function Bays({ bays, colour, depth, selected }: { bays: Bay[]; colour: MapColour; depth: number; selected: string | null }) {
  return (
    <g>
      {bays.map((bay) => (
        <rect
          key={bay.key}
          data-bay={bay.key}
          x={bay.x}
          y={depth - bay.y - bay.depth}
          width={bay.width}
          height={bay.depth}
          className={cx(css.bay, bayClass(bay, colour), bay.locations.some((one) => String(one.id) === selected) && css.selected)}
        >
          <title>{bay.locations.map((one) => one.code).join("  ")}</title>
        </rect>
      ))}
    </g>
  );
});

/**
 * The warehouse from above: zones, aisles, locations coloured by fill, class or heat, a walk with numbered stops
 * and its metres. Drag pans, wheel and + − zoom, arrow keys pan, a click picks a location. The front is below.
 */
export function WarehouseMap({ geometry, colour = "fill", walk, marks, selectedId, onSelect, height = "100%" }: WarehouseMapProps) {
  const { t, i18n } = useTranslation();
  const svg = useRef<SVGSVGElement>(null);
  const { width, depth } = useMemo(() => extent(geometry), [geometry]);
  const bays = useMemo(() => toBays(geometry.locations), [geometry]);
  const byKey = useMemo(() => new Map(bays.map((bay) => [bay.key, bay])), [bays]);
  const [view, setView] = useState<View>({ x: 0, y: 0, scale: 1 });
  const drag = useRef<{ x: number; y: number; view: View; moved: boolean; bay: string | null } | null>(null);
  const margin = Math.max(width, depth) * 0.03;
  const box = { x: -margin, y: -margin, width: width + 2 * margin, height: depth + 2 * margin };

  /** Screen pixels → plan millimetres per pixel, at scale 1. */
  const unit = useCallback(() => {
    const rect = svg.current?.getBoundingClientRect();
    if (!rect || rect.width === 0) return 1;
    return Math.max(box.width / rect.width, box.height / rect.height);
  }, [box.width, box.height]);

  const zoom = useCallback(
    (factor: number, clientX?: number, clientY?: number) => {
      setView((before) => {
        const scale = Math.max(0.6, Math.min(MAX_SCALE, before.scale * factor));
        const matrix = svg.current?.getScreenCTM()?.inverse();
        const rect = svg.current?.getBoundingClientRect();
        if (!matrix || !rect) return { ...before, scale };
        const point = new DOMPoint(clientX ?? rect.left + rect.width / 2, clientY ?? rect.top + rect.height / 2).matrixTransform(matrix);
        const ratio = scale / before.scale;
        return { scale, x: point.x - (point.x - before.x) * ratio, y: point.y - (point.y - before.y) * ratio };
      });
    },
    [],
  );

  useEffect(() => {
    const node = svg.current;
    if (!node) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * 0.0015), event.clientX, event.clientY);
    };
    node.addEventListener("wheel", onWheel, { passive: false });
    return () => node.removeEventListener("wheel", onWheel);
  }, [zoom]);

  const pan = (dx: number, dy: number) => setView((before) => ({ ...before, x: before.x + dx * unit(), y: before.y + dy * unit() }));
  const fit = () => setView({ x: 0, y: 0, scale: 1 });

  const choose = (key: string | null) => {
    const bay = key === null ? undefined : byKey.get(key);
    const first = bay?.locations[0];
    if (bay && first) onSelect?.(first, bay.locations);
  };

  const onPointerDown = (event: PointerEvent<SVGSVGElement>) => {
    const bay = (event.target as Element).getAttribute("data-bay");
    drag.current = { x: event.clientX, y: event.clientY, view, moved: false, bay };
    if (typeof event.currentTarget.setPointerCapture === "function") event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent) => {
    const from = drag.current;
    if (!from) return;
    const dx = event.clientX - from.x;
    const dy = event.clientY - from.y;
    if (!from.moved && Math.hypot(dx, dy) < 4) return;
    from.moved = true;
    setView({ ...from.view, x: from.view.x + dx * unit(), y: from.view.y + dy * unit() });
  };
  const onPointerUp = () => {
    const from = drag.current;
    drag.current = null;
    if (from && !from.moved) choose(from.bay);
  };

  if (geometry.locations.length === 0) return <EmptyState title={t("map.none")} hint={t("map.noneHint")} />;

  const metres = walk ? (walk.metres ?? pathMetres(walk.path)) : 0;
  const stopSize = Math.max(width, depth) * 0.011;
  const flip = (y: number) => depth - y;
  const selected = selectedId == null ? null : String(selectedId);

  return (
    <div className={css.map} style={{ height }}>
      <svg
        ref={svg}
        viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
        preserveAspectRatio="xMidYMid meet"
        role="application"
        aria-label={t("map.label")}
        tabIndex={0}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => {
          drag.current = null;
        }}
        onKeyDown={(event) => {
          const moves: Record<string, [number, number]> = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
          const move = moves[event.key];
          if (move) pan(...move);
          else if (event.key === "+" || event.key === "=") zoom(1.4);
          else if (event.key === "-") zoom(1 / 1.4);
          else if (event.key === "0") fit();
          else return;
          event.preventDefault();
        }}
      >
        <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
          <rect x={0} y={0} width={width} height={depth} className={css.floor} />
          {geometry.zones.filter((zone) => zone.kind !== "virtual" && zone.width_mm > 0).map((zone) => (
            <g key={zone.id}>
              <rect x={zone.x_mm} y={flip(zone.y_mm) - zone.depth_mm} width={zone.width_mm} height={zone.depth_mm} className={css.zone} />
              <text x={zone.x_mm + margin * 0.2} y={flip(zone.y_mm) - zone.depth_mm - margin * 0.15} className={css.label} fontSize={margin * 0.5}>
                {zone.name ?? zone.code}
              </text>
            </g>
          ))}
          {geometry.aisles.map((aisle) => (
            <g key={aisle.id}>
              <rect x={aisle.x_mm - aisle.width_mm / 2} y={flip(aisle.y_to_mm)} width={aisle.width_mm} height={aisle.y_to_mm - aisle.y_from_mm} className={css.aisle} />
              <text x={aisle.x_mm} y={flip(aisle.y_from_mm) + margin * 0.5} textAnchor="middle" className={css.label} fontSize={Math.min(margin * 0.5, aisle.width_mm * 0.6)}>
                {aisle.number}
              </text>
            </g>
          ))}
          <Bays bays={bays} colour={colour} depth={depth} selected={selected} />
          {walk ? (
            <g>
              <polyline points={walk.path.map((point) => `${point.x_mm},${flip(point.y_mm)}`).join(" ")} className={css.walk} />
              {walk.stops.map((stop, index) => (
                <g key={index} className={cx(css.stop, stop.done && css.stopDone)}>
                  <circle cx={stop.x_mm} cy={flip(stop.y_mm)} r={stopSize} />
                  <text x={stop.x_mm} y={flip(stop.y_mm)} dy="0.35em" textAnchor="middle" fontSize={stopSize * 1.1}>
                    {index + 1}
                  </text>
                  {stop.label ? <title>{stop.label}</title> : null}
                </g>
              ))}
            </g>
          ) : null}
          {marks?.map((mark) => (
            <g key={mark.key} className={cx(css.mark, mark.busy && css.markBusy)}>
              <circle cx={mark.x_mm} cy={flip(mark.y_mm)} r={stopSize * 1.3} />
              <text x={mark.x_mm} y={flip(mark.y_mm)} dy="0.35em" textAnchor="middle" fontSize={stopSize * 1.4}>{mark.text}</text>
              <title>{mark.label}</title>
            </g>
          ))}
        </g>
      </svg>
      <div className={css.controls}>
        <Button size="small" icon={<PlusOutlined />} aria-label={t("map.zoomIn")} onClick={() => zoom(1.4)} />
        <Button size="small" icon={<MinusOutlined />} aria-label={t("map.zoomOut")} onClick={() => zoom(1 / 1.4)} />
        <Button size="small" icon={<CompressOutlined />} aria-label={t("map.fit")} onClick={fit} />
      </div>
      {walk ? (
        <div className={css.walkInfo}>
          <strong className="hc-num">{t("map.metres", { metres: formatNumber(Math.round(metres), i18n.language) })}</strong>
          <span> · {t("map.stops", { count: walk.stops.length })}</span>
        </div>
      ) : null}
      <Legend colour={colour} />
    </div>
  );
}

function Legend({ colour }: { colour: MapColour }) {
  const { t } = useTranslation();
  if (colour === "none") return null;
  const keys = colour === "class" ? ["abcA", "abcB", "abcC"] : Array.from({ length: 5 }, (_, index) => `${colour}${index}`);
  return (
    <div className={css.legend}>
      <span>{t(colour === "class" ? "map.legendClass" : colour === "fill" ? "map.legendFill" : "map.legendHeat")}</span>
      {colour === "class" ? null : <span className="hc-faint">{t(colour === "fill" ? "map.empty" : "map.cold")}</span>}
      {keys.map((key) => (
        <span key={key} className="hc-row" style={{ gap: 3 }}>
          <svg width="14" height="10" aria-hidden><rect width="14" height="10" rx="2" className={css[key]} /></svg>
          {colour === "class" ? key.slice(-1) : null}
        </span>
      ))}
      {colour === "class" ? null : <span className="hc-faint">{t(colour === "fill" ? "map.full" : "map.hot")}</span>}
    </div>
  );
}
