"""Regions by code, by text and by distance, from tables that a process reads once.

Regions change when a new table of them is loaded, not while a process runs; :func:`region_forget` (called
by the loading service) makes this process read anew, others do so at their next start.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hecang.kernel.db import fetch
from hecang.partners.regions.index import RegionIndex, RegionName, written_out

EARTH_RADIUS_KM = 6371.0088
#: Different texts of (province, city, district) that are remembered.
_REMEMBERED = 50_000


class RegionRef(NamedTuple):
    """A region with the point that distances are measured from (decimal degrees)."""

    code: str
    name: str
    level: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class _Table:
    index: RegionIndex
    refs: dict[str, RegionRef]
    children: dict[str | None, list[str]]


@dataclass(frozen=True, slots=True, eq=False)
class RegionDistances:
    """Great-circle distances.

    :param index: region code → column.
    :param km: kilometres, float32 (points × regions); NaN where a region has no coordinates.
    """

    index: dict[str, int]
    km: npt.NDArray[np.float32]


_table: _Table | None = None


def _regions() -> _Table:
    global _table  # noqa: PLW0603 - one table a process
    if _table is None:
        rows = fetch(
            "SELECT code, name, level, parent_id, latitude::float8, longitude::float8"
            " FROM region ORDER BY code"
        )
        children: dict[str | None, list[str]] = {}
        for row in rows:
            children.setdefault(row[3], []).append(row[0])
        made = _Table(
            RegionIndex((code, name, level, parent) for code, name, level, parent, _lat, _lon in rows),
            {row[0]: RegionRef(row[0], row[1], row[2], row[4], row[5]) for row in rows},
            children,
        )
        if not rows:
            return made  # not loaded yet: ask again next time
        _table = made
    return _table


def region_forget() -> None:
    """Read the regions anew at the next question."""
    global _table  # noqa: PLW0603
    _table = None
    _resolve.cache_clear()
    _distances.cache_clear()


def region_index() -> RegionIndex:
    """The index that resolves texts."""
    return _regions().index


@functools.lru_cache(maxsize=_REMEMBERED)
def _resolve(province: str, city: str, district: str) -> str | None:
    return _regions().index.resolve(province, city, district)


def region_resolve(province: str = "", city: str = "", district: str = "") -> str | None:
    """The code of the most precise region that the fields name, ``None`` where they name none.

    Whether it is a district shows in the code: ``310115``, a city ``310100``, a province ``310000``.
    """
    return (
        _resolve(province, city, district) if _table else _regions().index.resolve(province, city, district)
    )


def region_from_text(text: str) -> str | None:
    """The code of the most precise region that a free address names, ``None`` where it names none."""
    return _regions().index.from_text(text)


def regions_resolve(texts: Sequence[str | tuple[str, str, str]]) -> list[str | None]:
    """:func:`region_resolve` for triples and :func:`region_from_text` for texts, in their order."""
    return [region_from_text(text) if isinstance(text, str) else region_resolve(*text) for text in texts]


def regions_below(parent: str | None) -> list[tuple[RegionRef, bool]]:
    """Provinces for ``None``, else the regions right below one, by code, each with whether it has some itself."""
    table = _regions()
    return [(table.refs[code], code in table.children) for code in table.children.get(parent, ())]


def regions_by_code(codes: Iterable[str]) -> dict[str, RegionRef]:
    """Those codes that exist."""
    refs = _regions().refs
    return {code: refs[code] for code in codes if code in refs}


def region_names(codes: Iterable[str]) -> dict[str, RegionName]:
    """Province, city and district of each code that exists; ``str()`` of one is how it is written."""
    return written_out(_regions().index.names, codes)


def region_distances_km(points: Sequence[tuple[float, float]]) -> RegionDistances:
    """Distances from each (latitude, longitude) to every region; kept per set of points.

    The arrays are shared: read them, never write.
    """
    return _distances(tuple((float(latitude), float(longitude)) for latitude, longitude in points))


@functools.lru_cache(maxsize=32)
def _distances(points: tuple[tuple[float, float], ...]) -> RegionDistances:
    refs = list(_regions().refs.values())
    nan = float("nan")
    regions = np.radians(
        [
            (nan, nan) if ref.latitude is None or ref.longitude is None else (ref.latitude, ref.longitude)
            for ref in refs
        ]
    ).reshape(-1, 2)
    here = np.radians(np.asarray(points, dtype=np.float64)).reshape(-1, 1, 2)
    half = (regions[None, :, :] - here) / 2
    square = (
        np.sin(half[..., 0]) ** 2
        + np.cos(here[..., 0]) * np.cos(regions[None, :, 0]) * np.sin(half[..., 1]) ** 2
    )
    km = (2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(square))).astype(np.float32)
    km.setflags(write=False)
    return RegionDistances({ref.code: column for column, ref in enumerate(refs)}, km)
