"""What the demo day came to, read from the database: also after a break-off the whole day is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table

from hecang.demo.context import Tally
from hecang.demo.progress import Stage
from hecang.inventory.verify import VerifyReport, inventory_verify
from hecang.kernel.db import fetch, fetch_one, run_in_transaction


@dataclass(frozen=True, slots=True)
class DayReport:
    """Numbers of a day (or several); units in base units, weight in grams, walks in metres."""

    orders: int
    lines: int
    units: int
    outcomes: dict[str, int]
    line_units: dict[str, int]
    fulfilments: int
    split_orders: int
    parcels: int
    weight_g: int
    freight: str
    manifests: int
    walk_m: int
    s_shape_walk_m: int
    single_walk_m: int
    walked_lines: int
    carton_l: int
    goods_l: int
    short_picks: int
    damaged_picks: int
    cancelled_in_picking: int
    putbacks: int
    refused_scans: int
    verify: VerifyReport
    tally: Tally
    stages: list[Stage] = field(default_factory=list)

    @property
    def walks(self) -> list[tuple[str, int, float, float]]:
        """Ways of walking for the same orders: (name, metres, metres a line, share saved against the first)."""
        first = self.single_walk_m
        return [
            (name, metres, metres / self.walked_lines if self.walked_lines else 0.0, 1 - metres / first if first else 0.0)
            for name, metres in (
                ("one order at a time, S-shape", self.single_walk_m),
                ("in these batches, S-shape", self.s_shape_walk_m),
                ("in these batches, shortest routes", self.walk_m),
            )
        ]  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "orders": self.orders,
            "lines": self.lines,
            "units": self.units,
            "outcomes": self.outcomes,
            "units_by_place": self.line_units,
            "fulfilments": self.fulfilments,
            "split_orders": self.split_orders,
            "parcels": self.parcels,
            "weight_g": self.weight_g,
            "freight": self.freight,
            "manifests": self.manifests,
            "walk_m": self.walk_m,
            "s_shape_walk_m": self.s_shape_walk_m,
            "single_walk_m": self.single_walk_m,
            "walked_lines": self.walked_lines,
            "carton_l": self.carton_l,
            "goods_l": self.goods_l,
            "short_picks": self.short_picks,
            "damaged_picks": self.damaged_picks,
            "cancelled_in_picking": self.cancelled_in_picking,
            "putbacks": self.putbacks,
            "refused_scans": self.refused_scans,
            "repeated_orders": self.tally.repeated_orders,
            "repeated_scans": self.tally.repeated_scans,
            "doubled": self.tally.repeated_doubled,
            "differences": self.verify.differences,
            "stages": [{"title": stage.title, "seconds": round(stage.seconds, 2)} for stage in self.stages],
        }


_OUTCOMES = """
SELECT CASE
         WHEN o.state = 'cancelled' THEN 'cancelled'
         WHEN o.state = 'shipped' THEN 'shipped'
         WHEN o.is_held THEN 'held: ' || (SELECT string_agg(h.code, ', ' ORDER BY h.code) FROM order_hold h
                                           WHERE h.order_id = o.id AND h.released_at IS NULL)
         WHEN o.state = 'partially_shipped' THEN 'shipped in part, the rest on backorder'
         WHEN o.is_short THEN 'waiting for stock'
         ELSE o.state
       END, count(*)
  FROM sales_order o WHERE o.external_number = ANY(%s) GROUP BY 1 ORDER BY 2 DESC, 1
"""
_LINES = """
SELECT count(*), sum(l.quantity), sum(l.shipped), sum(l.reserved), sum(l.backordered), sum(l.allocated),
       sum(l.cancelled)
  FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id WHERE o.external_number = ANY(%s)
"""
_FULFILMENTS = """
SELECT count(*), count(DISTINCT f.order_id),
       count(DISTINCT f.order_id) FILTER (WHERE f.siblings > 1)
  FROM (SELECT f.id, f.order_id, count(*) OVER (PARTITION BY f.order_id) AS siblings
          FROM fulfilment f JOIN sales_order o ON o.id = f.order_id
         WHERE o.external_number = ANY(%s) AND f.state <> 'cancelled') f
"""
_PARCELS = """
SELECT count(*), coalesce(sum(p.weight_g), 0), coalesce(sum(w.freight), 0), count(DISTINCT w.manifest_id)
  FROM parcel p JOIN fulfilment f ON f.id = p.fulfilment_id JOIN sales_order o ON o.id = f.order_id
       LEFT JOIN waybill w ON w.id = p.waybill_id
 WHERE o.external_number = ANY(%s) AND p.state = 'shipped'
"""
_WALK = """
SELECT coalesce(sum(b.walk_mm), 0), coalesce(sum(b.single_walk_mm), 0), coalesce(sum(b.s_shape_mm), 0),
       coalesce(sum(b.line_count), 0)
  FROM batch b
 WHERE b.state <> 'cancelled' AND b.id IN (
       SELECT f.batch_id FROM fulfilment f JOIN sales_order o ON o.id = f.order_id WHERE o.external_number = ANY(%s))
"""
_CARTONS = """
SELECT coalesce(sum(p.carton_mm3), 0), coalesce(sum(p.goods_mm3), 0)
  FROM (SELECT c.length_mm::bigint * c.width_mm * c.height_mm AS carton_mm3,
               (SELECT sum(i.quantity * l.unit_volume_mm3) FROM parcel_line i
                  JOIN fulfilment_line l ON l.id = i.fulfilment_line_id WHERE i.parcel_id = p.id) AS goods_mm3
          FROM parcel p JOIN carton c ON c.id = p.carton_id JOIN fulfilment f ON f.id = p.fulfilment_id
               JOIN sales_order o ON o.id = f.order_id
         WHERE o.external_number = ANY(%s) AND p.state = 'shipped') p
"""
_TROUBLE = """
SELECT count(*) FILTER (WHERE t.kind = 'pick' AND t.problem = 'missing'),
       count(*) FILTER (WHERE t.kind = 'pick' AND t.problem = 'damaged'),
       count(*) FILTER (WHERE t.kind = 'putback'),
       count(DISTINCT o.id) FILTER (WHERE o.state = 'cancelled' AND t.kind = 'pick')
  FROM pick_task t JOIN fulfilment_line l ON l.id = t.fulfilment_line_id
       JOIN fulfilment f ON f.id = l.fulfilment_id JOIN sales_order o ON o.id = f.order_id
 WHERE o.external_number = ANY(%s)
"""


def collect(externals: Sequence[str], *, tally: Tally, stages: list[Stage]) -> DayReport:
    """Read the report of the orders with these channel numbers, and prove the books."""
    asked = [list(externals)]
    outcomes = {row[0]: row[1] for row in fetch(_OUTCOMES, asked)}
    lines = _one(_LINES, asked)
    places = ("shipped", "reserved", "backordered", "allocated", "cancelled")
    fulfilments = _one(_FULFILMENTS, asked)
    parcels = _one(_PARCELS, asked)
    walk = _one(_WALK, asked)
    cartons = _one(_CARTONS, asked)
    trouble = _one(_TROUBLE, asked)
    return DayReport(
        orders=sum(outcomes.values()),
        lines=lines[0],
        units=int(lines[1] or 0),
        outcomes=outcomes,
        line_units={place: int(units or 0) for place, units in zip(places, lines[2:], strict=True)},
        fulfilments=fulfilments[0],
        split_orders=fulfilments[2],
        parcels=parcels[0],
        weight_g=int(parcels[1]),
        freight=str(parcels[2]),
        manifests=parcels[3],
        walk_m=int(walk[0]) // 1000,
        s_shape_walk_m=int(walk[2]) // 1000,
        single_walk_m=int(walk[1]) // 1000,
        walked_lines=int(walk[3]),
        carton_l=int(cartons[0]) // 1_000_000,
        goods_l=int(cartons[1]) // 1_000_000,
        short_picks=trouble[0],
        damaged_picks=trouble[1],
        putbacks=trouble[2],
        cancelled_in_picking=trouble[3],
        refused_scans=_one("SELECT count(*) FROM scan WHERE (result->>'ok')::boolean IS FALSE", [])[0],
        verify=run_in_transaction(inventory_verify),
        tally=tally,
        stages=stages,
    )


def _one(sql: str, params: Sequence[Any]) -> tuple[Any, ...]:
    row = fetch_one(sql, params)
    assert row is not None
    return row


def show(report: DayReport, console: Console) -> None:
    """Print the report as tables."""
    orders = Table(
        title="Orders by outcome", title_justify="left", show_header=False, box=None, padding=(0, 2)
    )
    orders.add_column(justify="right")
    orders.add_column()
    for outcome, count in report.outcomes.items():
        orders.add_row(f"{count:,}", outcome)
    orders.add_row(
        f"[bold]{report.orders:,}[/]", f"[bold]orders, {report.lines:,} lines, {report.units:,} units[/]"
    )

    facts = Table(title="The day", title_justify="left", show_header=False, box=None, padding=(0, 2))
    facts.add_column()
    facts.add_column()
    for title, value in _facts(report):
        facts.add_row(title, value)
    console.print()
    console.print(orders)
    console.print()
    console.print(facts)
    console.print()
    console.print(_walking(report))
    console.print()
    colour = "green" if report.verify.differences == 0 else "red"
    console.print(
        f"[bold {colour}]inventory verify: {report.verify.differences} differences[/]"
        f" in {len(report.verify.checks)} checks ({report.verify.seconds:.1f} s)"
    )
    for check in report.verify.checks:
        if check.differences:
            console.print(f"  {check.name}: {check.differences}  {check.samples[:2]}", markup=False)


def _walking(report: DayReport) -> Table:
    table = Table(title="Walking", title_justify="left", box=None, padding=(0, 2))
    for name in ("", "metres", "a line", "saved"):
        table.add_column(name, justify="right" if name else "left")
    for name, metres, a_line, saved in report.walks:
        table.add_row(name, f"{metres:,}", f"{a_line:.1f}", f"{saved:.1%}" if saved else "")
    return table


def _facts(report: DayReport) -> list[tuple[str, str]]:
    units = report.line_units
    tally = report.tally
    filled = report.goods_l / max(1, report.carton_l)
    wrong = (
        f"{report.short_picks} short picks, {report.damaged_picks} damaged,"
        f" {report.cancelled_in_picking} orders cancelled during picking, {report.putbacks} putbacks,"
        f" {report.refused_scans} wrong scans refused"
    )
    return [
        ("Units", ", ".join(f"{count:,} {place}" for place, count in units.items() if count)),
        (
            "Fulfilments",
            f"{report.fulfilments:,} ({report.split_orders} orders travel from more than one warehouse)",
        ),
        (
            "Parcels",
            f"{report.parcels:,}, {report.weight_g / 1000:,.1f} kg, freight ¥{Decimal(report.freight):,.2f}",
        ),
        ("Manifests", f"{report.manifests}"),
        (
            "Cartons",
            f"{report.carton_l:,} l around {report.goods_l:,} l of goods ({filled:.0%} full)",
        ),
        ("What went wrong", wrong),
        (
            "What came twice",
            f"{tally.repeated_orders} orders ({tally.repeated_doubled} doubled), {tally.repeated_scans} scans",
        ),
    ]
