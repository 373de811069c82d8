"""Which availability has changed, without a word from those who changed it.

Every row of a table carries the transaction that wrote it (``xmin``). Whoever remembers up to which
transaction it has looked asks for the rows written since: one pass over a narrow table, and nothing at
all for the bulk paths that write it.
"""

from __future__ import annotations

from hecang.kernel.db import fetch, fetch_one
from hecang.kernel.outbox import horizon

_CHANGED = """
SELECT owner_id, sku_id FROM availability
WHERE age(xmin) <= greatest(age(%s::text::xid), age(%s::text::xid))
GROUP BY owner_id, sku_id
"""
_HAS_CHANGED = """
SELECT EXISTS (SELECT FROM availability WHERE age(xmin) <= greatest(age(%s::text::xid), age(%s::text::xid)))
"""


def availability_has_changed(since: int) -> bool:
    """Whether :func:`availability_changed` would tell of anything."""
    row = fetch_one(_HAS_CHANGED, [since % 2**32, _own()])
    return bool(row and row[0])


def availability_changed(since: int | None) -> tuple[int, list[tuple[int, int]]]:
    """What has changed since a mark, and the next mark.

    :param since: what the last call answered; ``None`` for all.
    :return: the mark for the next call, and (owner id, SKU id) of every row written by a transaction that
        had not ended at the mark. Some may be told twice, none is missed: a transaction that still runs is not
        visible now, and lies behind the next mark.
    """
    mark = horizon()
    if since is None:
        return mark, fetch("SELECT owner_id, sku_id FROM availability GROUP BY owner_id, sku_id")
    return mark, fetch(_CHANGED, [since % 2**32, _own()])


def _own() -> int | None:
    """The transaction at hand, as rows carry it; its own changes count as well."""
    row = fetch_one("SELECT pg_current_xact_id_if_assigned()::text::bigint")
    return None if row is None or row[0] is None else row[0] % 2**32
