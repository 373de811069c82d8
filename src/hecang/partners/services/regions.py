"""Loading the regions of China."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from hecang.kernel.db import columns, fetch, transactional
from hecang.partners.regions import source
from hecang.partners.regions.source import RegionRow
from hecang.partners.selectors.regions import region_forget


def regions_load() -> int:
    """Write the regions that the dependency ``cpca`` ships; the number of rows written, 0 the second time.

    One statement, about 0.2 s. Raises :class:`Unavailable` where the dependency is missing.
    """
    return regions_upsert(rows=source.read())


@transactional
def regions_upsert(*, rows: Sequence[RegionRow]) -> int:
    """Insert or change regions (whose parents are among them or known); the number of rows written.

    Regions that are not among the rows stay: addresses point at them.
    """
    written = fetch(
        "INSERT INTO region (code, name, level, parent_id, latitude, longitude)"
        " SELECT code, name, level, parent, round(latitude::numeric, 6), round(longitude::numeric, 6)"
        " FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::float8[], %s::float8[])"
        " AS row (code, name, level, parent, latitude, longitude)"
        " ON CONFLICT (code) DO UPDATE SET name = excluded.name, level = excluded.level,"
        " parent_id = excluded.parent_id, latitude = excluded.latitude, longitude = excluded.longitude"
        " WHERE (region.name, region.level, region.parent_id, region.latitude, region.longitude)"
        " IS DISTINCT FROM (excluded.name, excluded.level, excluded.parent_id,"
        " excluded.latitude, excluded.longitude)"
        " RETURNING code",
        columns(rows, 6),
    )
    transaction.on_commit(region_forget)
    return len(written)
