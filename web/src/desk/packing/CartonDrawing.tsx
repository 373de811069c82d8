import { useTranslation } from "react-i18next";
import { faces, frame, fromBehind, seenMiddle, type Point, type Size } from "./box";
import NS from "./locale";
import css from "./packing.module.css";
import type { PackPlace } from "./types";

const MARGIN = 46;
/** Cartons are drawn at one scale up to this size on paper, so that a small one looks small. */
const USUAL_MM = { wide: 520, high: 400 };
/** More units than this get smaller numbers. */
const CROWD = 12;
/** Colours of goods, by line; see packing.module.css. */
const COLOURS = 6;

const path = (points: Point[]) => points.map((point) => `${point.x},${point.y}`).join(" ");
const middle = (a: Point | undefined, b: Point | undefined): Point => ({ x: ((a?.x ?? 0) + (b?.x ?? 0)) / 2, y: ((a?.y ?? 0) + (b?.y ?? 0)) / 2 });

/** The class that colours the goods of a line, by its place among the lines. */
export const colourOf = (lineIds: readonly number[], lineId: number) => css[`goods-${Math.max(0, lineIds.indexOf(lineId)) % COLOURS}`];

interface Props {
  carton: Size & { code: string };
  /** How full it will be by volume; drawn as a level where there are no places. */
  fill: number | null;
  /** The units that are in so far, in the order of packing. */
  places: readonly PackPlace[];
  lineIds: readonly number[];
}

/** A carton to scale with its measures, the goods in it or how full it will be, and a bar of 100 mm to compare. */
export function CartonDrawing({ carton, fill, places, lineIds }: Props) {
  const { t } = useTranslation(NS);
  const [x, y, width, height] = frame(carton);
  const wide = Math.max(USUAL_MM.wide, width);
  const high = Math.max(USUAL_MM.high, height);
  const box = faces(carton);
  const level = fill === null || places.length > 0 ? null : faces({ ...carton, height_mm: carton.height_mm * fill });
  const goods = fromBehind(places.map((place, index) => ({ ...place, number: index + 1 })));
  const atLength = middle(box.left[2], box.left[3]);
  const atWidth = middle(box.right[2], box.right[3]);
  const atHeight = middle(box.right[0], box.right[3]);
  const text = Math.max(wide, 1.3 * high) * 0.05;
  const numberSize = text * (places.length > CROWD ? 0.75 : 1);
  const left = x + (width - wide) / 2 - MARGIN;
  const top = y + (height - high) / 2 - MARGIN / 4;
  const base = top + high + MARGIN / 2 + text;
  const start = left + MARGIN / 2;
  const view = `${left} ${top} ${wide + 2 * MARGIN} ${high + MARGIN / 2 + text * 2}`;
  return (
    <svg className={css.drawing} viewBox={view} role="img" aria-label={`${carton.code}: ${t("box.size", { length: carton.length_mm, width: carton.width_mm, height: carton.height_mm })}`}>
      {(["top", "left", "right"] as const).map((side_) => <polygon key={side_} points={path(box[side_])} className={css[`face-${side_}`]} />)}
      {level ? (["left", "right", "top"] as const).map((side_) => <polygon key={side_} points={path(level[side_])} className={css.goods} />) : null}
      {goods.map((place, index) => {
        const seen = faces(place, place);
        const at = seenMiddle(place, goods.slice(index + 1));
        return (
          <g key={place.number} className={colourOf(lineIds, place.line_id)}>
            {(["left", "right", "top"] as const).map((side_) => <polygon key={side_} points={path(seen[side_])} className={css[`unit-${side_}`]} />)}
            {at ? <text x={at.x} y={at.y + numberSize * 0.35} textAnchor="middle" fontSize={numberSize}>{place.number}</text> : null}
          </g>
        );
      })}
      {(["top", "left", "right"] as const).map((side_) => <polygon key={side_} points={path(box[side_])} className={css.edge} />)}
      <text x={atLength.x - text * 0.4} y={atLength.y + text * 1.2} textAnchor="end" fontSize={text}>{carton.length_mm}</text>
      <text x={atWidth.x + text * 0.4} y={atWidth.y + text * 1.2} fontSize={text}>{carton.width_mm}</text>
      <text x={atHeight.x + text * 0.4} y={atHeight.y + text * 0.3} fontSize={text}>{carton.height_mm}</text>
      <path d={`M${start} ${base - 8}v16M${start} ${base}h100M${start + 100} ${base - 8}v16`} className={css.scaleBar} />
      <text x={start + 112} y={base + text * 0.35} fontSize={text} className={css.scaleText}>{t("box.scale")}</text>
    </svg>
  );
}
