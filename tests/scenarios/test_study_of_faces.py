"""The study of pick faces on a small warehouse: no unit appears or vanishes, and the same seed gives the same days."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.study import faces_site
from benchmarks.study.faces_model import DAY, WAYS, Days, Lines, Way

SKUS, DAYS = 40, 3


@pytest.fixture(scope="module")
def site() -> faces_site.Site:
    return faces_site.build(np.linspace(5.0, 120.0, SKUS), days=DAYS, seed=3)


@pytest.fixture(scope="module")
def lines() -> Lines:
    draw = np.random.default_rng(4)
    number = 1500
    second = np.sort(draw.integers(6 * 3600, 20 * 3600, number) + DAY * draw.integers(0, DAYS, number))
    return Lines(second, draw.integers(0, SKUS, number), draw.integers(1, 6, number))


def lived(site: faces_site.Site, lines: Lines, way: Way) -> Days:
    days = Days(site, lines, way, carriers=2, lead=1800, days=DAYS, warm_up=0)
    days.run()
    return days


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_what_is_gone_from_the_warehouse_is_what_was_picked(
    site: faces_site.Site, lines: Lines, way: Way
) -> None:
    """Given full faces, when some days are lived, then units missing are those of the lines, and all claims are open work."""
    days = lived(site, lines, way)
    before = sum(face.free for face in site.faces) + sum(
        row.free for rows in site.reserve.values() for row in rows
    )
    left = sum(face.free for face in days.faces) + sum(row.free for row in days.rows.values())
    waiting = sum(days.waiting.values())
    reserved = int(lines.units[: days.taken].sum())
    assert before - left == reserved - waiting
    assert all(face.coming >= 0 and face.free <= face.max_quantity for face in days.faces)
    open_units = sum(carry.units for carry in days.pool) + sum(
        data[1].units for _at, _number, name, data in days.events if name == "arrive"
    )
    assert sum(face.coming for face in days.faces) == sum(days.claimed.values()) == open_units


def test_the_same_seed_gives_the_same_days(site: faces_site.Site, lines: Lines) -> None:
    assert lived(site, lines, WAYS[3]).tally == lived(site, lines, WAYS[3]).tally


def test_goods_brought_before_they_are_missed_leave_fewer_empty_faces(
    site: faces_site.Site, lines: Lines
) -> None:
    empty = [lived(site, lines, way).tally.empty for way in WAYS]
    assert empty[0] > empty[1] > empty[2]
