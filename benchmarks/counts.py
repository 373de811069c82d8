"""A full count of 50,000 places is read and posted; how much sooner risk meets wrong places than chance does."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import company
from benchmarks.harness import Context, Result
from hecang.facility.models import Location
from hecang.inventory.services import PostingIn, stock_post
from hecang.inventory.verify import inventory_verify
from hecang.kernel.db import execute, fetch
from hecang.stockkeeping.services.counts import (
    CountIn,
    PlaceRead,
    Policy,
    Scope,
    Tally,
    count_create,
    count_policy_save,
    count_post,
    count_post_now,
    count_release,
    places_count,
)
from hecang.stockkeeping.services.counts.posting import CHUNK
from hecang_optim.counting.simulation import Year, year_run

NAME = "counts"
SUMMARY = "a full count of 50,000 places is read and posted; a year counted by risk, by class, by chance"
PLACES = 50_000
#: One place in so many differs.
DIFFERS = 8
READ = 1000
UNITS = 20

_LOCATIONS = """
INSERT INTO location (warehouse_id, zone_id, aisle_id, code, kind, side, level, x_mm, y_mm, width_mm, depth_mm, height_mm,
    pick_sequence, is_virtual, is_active)
SELECT l.warehouse_id, l.zone_id, l.aisle_id, 'N' || lpad(n::text, 6, '0'), 'reserve', '', 1, l.x_mm, l.y_mm, 1000, 1000,
    1000, n, false, true
FROM location l CROSS JOIN generate_series(1, %s) AS n WHERE l.id = %s RETURNING id
"""

# The same rows in the same chunks, as few statements as there are tables; nothing is checked, nobody is asked.
BARE = (
    """insert into movement (at, sku_id, owner_id, quantity, from_location_id, to_location_id, from_condition,
        to_condition, reason, source_kind, source_id, note, actor, request_id)
    select %(at)s, %(sku)s, %(owner)s, 1, s.location_id, %(other)s, 'good', 'good', 'count', 'count_line', s.id, '',
        'bench', '' from stock s where s.location_id = any(%(places)s)""",
    "update stock set quantity = quantity - 1 where location_id = any(%(places)s)",
    "update availability set sellable = sellable - %(count)s where sku_id = %(sku)s",
    "update count_line set decision_note = 'b', posted_at = %(at)s where location_id = any(%(places)s)",
    "update count_place set skip_reason = 'b' where location_id = any(%(places)s)",
)


def run(context: Context) -> list[Result]:
    made = company.build(["MUG"], units={}, warehouses=1)
    size = context.sized(PLACES, least=1000)
    places = _places(made, size)
    count_policy_save(
        policy=Policy(
            made.warehouse_ids[0], max_rounds=1, motion_seconds=0, auto_post=False, approve_units=10**6
        )
    )
    context.say(f"{size} places stocked")
    count_id = count_create(count=CountIn(made.warehouse_ids[0], "full", Scope(location_kinds=("reserve",))))
    begun = time.perf_counter()
    count_release(count_id=count_id)
    released = time.perf_counter() - begun
    rows = fetch("SELECT id FROM count_place WHERE count_id = %s ORDER BY sequence", [count_id])
    seconds, statements = _read(made.skus["MUG"], count_id, [row[0] for row in rows])
    differing = count_post(count_id=count_id)
    begun = time.perf_counter()
    count_post_now(count_id=count_id)
    posted = time.perf_counter() - begun
    report = inventory_verify()
    if report.differences:
        raise RuntimeError(f"the books differ after the count: {report.as_dict()}")
    bare = _bare(context.dsn, made, places, differing)
    return [
        Result(
            "counts.read", size / seconds, "places/s",
            detail={"places": size, "statements_per_1000": statements, "release_s": round(released, 2)},
        ),
        Result(
            "counts.post", differing / posted, "places/s", differing / bare, bare / posted,
            {"places": size, "differences": differing, "seconds": round(posted, 2), "whole_count_places_s": round(size / posted)},
        ),
        *_years(context),
    ]  # fmt: skip


def _places(made: company.Site, size: int) -> list[int]:
    warehouse_id = made.warehouse_ids[0]
    pattern = Location.objects.filter(warehouse_id=warehouse_id, kind="pick_face").order_by("id")[0]
    ids = [row[0] for row in fetch(_LOCATIONS, [size, pattern.pk])]
    supplier = Location.objects.get(warehouse_id=warehouse_id, kind="supplier")
    for start in range(0, size, 5000):
        stock_post(
            entries=[
                PostingIn(made.skus["MUG"], made.owner_id, UNITS, supplier.pk, key, "receipt")
                for key in ids[start : start + 5000]
            ]
        )
    execute("ANALYZE")
    return ids


def _read(sku_id: int, count_id: int, places: Sequence[int]) -> tuple[float, int]:
    """Hand in what was found, a thousand places at a time; seconds, and statements of the last thousand."""
    statements = 0
    begun = time.perf_counter()
    for start in range(0, len(places), READ):
        reads = [
            PlaceRead(key, (Tally(sku_id, UNITS - (1 if number % DIFFERS == 0 else 0)),))
            for number, key in enumerate(places[start : start + READ])
        ]
        if start + READ >= len(places):
            seconds = time.perf_counter() - begun
            with CaptureQueriesContext(connection) as seen:
                places_count(count_id=count_id, reads=reads)
            statements = len(seen)
        else:
            places_count(count_id=count_id, reads=reads)
    return seconds * len(places) / max(len(places) - READ, 1), statements


def _bare(dsn: str, made: company.Site, places: Sequence[int], number: int) -> float:
    other = Location.objects.get(warehouse_id=made.warehouse_ids[0], kind="adjustment").pk
    wanted = [
        row[0] for row in fetch("SELECT location_id FROM count_line WHERE difference <> 0 ORDER BY id")
    ][:number]
    del places
    with psycopg.connect(dsn, prepare_threshold=1) as database:
        begun = time.perf_counter()
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            values: dict[str, Any] = {
                "at": datetime.now(UTC), "sku": made.skus["MUG"], "owner": made.owner_id, "other": other, "places": part,
                "count": len(part),
            }  # fmt: skip
            for statement in BARE:
                database.execute(statement, values)
            database.commit()
        return time.perf_counter() - begun


def _years(context: Context) -> list[Result]:
    """Three years of one warehouse, differing only in which hundred places are counted each day."""
    size = context.sized(5000, least=500)
    years = {way: year_run(Year(places=size, per_day=size // 50), way) for way in ("random", "abc", "risk")}
    chance = years["random"].hit_rate
    return [
        Result(
            f"counts.hit_rate.{way}", round(result.hit_rate * 100, 2), "%", round(chance * 100, 2),
            result.hit_rate / chance,
            {
                "places_right_last_quarter": f"{result.right_days:.2%}",
                **({"auc_held_out": round(result.lift.auc, 3), "found_in_first_fifth": round(result.lift.found[4], 3)} if result.lift else {}),
            },
        )
        for way, result in years.items()
    ]  # fmt: skip
