import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useWarehouseMap } from "@/desk/floor/map";
import { WarehouseMap, type MapMark } from "@/shared/map/WarehouseMap";
import { ErrorState } from "@/shared/ui/ErrorState";
import NS from "./locale";
import type { FloorView } from "./types";
import { nameOf } from "./words";
import css from "./work.module.css";

/** So many tasks at one place are the reddest, unless some place has more. */
const MANY = 5;

/** Where work waits (the redder, the more tasks begin there) and where workers were seen last. */
export function FloorMap({ view, warehouseId }: { view: FloorView; warehouseId: number | string }) {
  const { t } = useTranslation(NS);
  const map = useWarehouseMap(warehouseId);
  const [chosen, setChosen] = useState<string | null>(null);
  const geometry = useMemo(() => {
    if (!map.data) return undefined;
    const most = Math.max(MANY, ...view.places.map((one) => one.tasks));
    const tasks = new Map(view.places.map((one) => [String(one.location_id), one.tasks]));
    return { ...map.data, locations: map.data.locations.map((one) => ({ ...one, heat: tasks.has(String(one.id)) ? Math.min(0.99, (tasks.get(String(one.id)) ?? 0) / most) : null })) };
  }, [map.data, view.places]);
  const marks = useMemo<MapMark[]>(
    () =>
      view.workers.flatMap(({ user, place, task }) =>
        place === null ? [] : [{ key: String(user.id), x_mm: place.x_mm, y_mm: place.y_mm, text: nameOf(user).slice(0, 1).toUpperCase(), label: `${nameOf(user)} · ${place.code}`, busy: task?.state === "started" }],
      ),
    [view.workers],
  );
  if (map.error && !map.data) return <ErrorState error={map.error} onRetry={() => void map.refetch()} />;
  const place = geometry?.locations.find((one) => String(one.id) === chosen);
  const count = view.places.find((one) => String(one.location_id) === chosen)?.tasks ?? 0;
  return (
    <div className={css.map}>
      {geometry ? <WarehouseMap geometry={geometry} colour="heat" marks={marks} selectedId={chosen} onSelect={(location) => setChosen(String(location.id))} /> : null}
      {place ? <Link className={css.placeInfo} to={`/tasks?tab=standing&q=${encodeURIComponent(place.code)}`}>{place.code} · {t("floor.tasksHere", { count })}</Link> : null}
    </div>
  );
}
