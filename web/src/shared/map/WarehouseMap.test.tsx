import { fireEvent, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { renderPage } from "@/test/render";
import { extent, pathMetres, toBays, type MapGeometry, type MapLocation } from "./geometry";
import { WarehouseMap } from "./WarehouseMap";

const place = (id: number, x: number, y: number, level = 1, extra: Partial<MapLocation> = {}): MapLocation => ({
  id, code: `A-${id}`, x_mm: x, y_mm: y, width_mm: 1000, depth_mm: 800, level, ...extra,
});

const geometry: MapGeometry = {
  width_mm: 20_000,
  depth_mm: 10_000,
  zones: [],
  aisles: [],
  locations: [place(2, 1000, 2000, 2), place(1, 1000, 2000, 1), place(3, 3000, 2000)],
};

describe("geometry", () => {
  it("puts levels of one bay together, lowest first", () => {
    const bays = toBays(geometry.locations);
    expect(bays.map((bay) => bay.locations.map((one) => one.id))).toEqual([[1, 2], [3]]);
    expect(bays[0]).toMatchObject({ x: 500, y: 1600, width: 1000, depth: 800 });
  });

  it("measures a way in metres along its corners", () => {
    expect(pathMetres([{ x_mm: 0, y_mm: 0 }, { x_mm: 3000, y_mm: 4000 }, { x_mm: 3000, y_mm: 10_000 }])).toBe(11);
    expect(pathMetres([])).toBe(0);
  });

  it("finds the frame when the warehouse has no size", () => {
    expect(extent({ ...geometry, width_mm: 0, depth_mm: 0 })).toEqual({ width: 4000, depth: 2800 });
  });
});

describe("WarehouseMap", () => {
  it("draws one rectangle per bay and gives the clicked location with its bay", () => {
    const onSelect = vi.fn();
    const { container } = renderPage(<WarehouseMap geometry={geometry} onSelect={onSelect} />);
    const bays = container.querySelectorAll("[data-bay]");
    expect(bays).toHaveLength(2);
    const map = screen.getByRole("application", { name: "仓库地图" });
    fireEvent.pointerDown(bays[0] as Element, { clientX: 10, clientY: 10 });
    fireEvent.pointerUp(map);
    expect(onSelect).toHaveBeenCalledTimes(1);
    expect(onSelect.mock.calls[0]?.[0]).toMatchObject({ id: 1 });
  });

  it("takes a drag for a pan, not for a click", () => {
    const onSelect = vi.fn();
    const { container } = renderPage(<WarehouseMap geometry={geometry} onSelect={onSelect} />);
    const map = screen.getByRole("application");
    fireEvent.pointerDown(container.querySelector("[data-bay]") as Element, { clientX: 10, clientY: 10 });
    fireEvent.pointerMove(map, { clientX: 60, clientY: 10 });
    fireEvent.pointerUp(map);
    expect(onSelect).not.toHaveBeenCalled();
    expect(map.querySelector("g")?.getAttribute("transform")).toBe("translate(50 0) scale(1)");
  });

  it("numbers the stops of a walk and says its metres", () => {
    renderPage(
      <WarehouseMap
        geometry={geometry}
        walk={{ path: [{ x_mm: 0, y_mm: 0 }, { x_mm: 0, y_mm: 9000 }], stops: [{ x_mm: 0, y_mm: 1000 }, { x_mm: 0, y_mm: 8000 }] }}
      />,
    );
    expect(screen.getByText("9 米")).toBeInTheDocument();
    expect(screen.getByText("2", { selector: "text" })).toBeInTheDocument();
  });
});
