"""Whether what was named exists: said before anything is written, with the field, in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.utils.translation import gettext as _

from hecang.kernel.db import columns, fetch
from hecang.kernel.errors import InvalidInput, Problem

#: What can be named → where it is kept.
TABLES = {
    "warehouse": "warehouse",
    "owner": "owner",
    "supplier": "supplier",
    "sku": "sku",
    "category": "category",
}
Named = tuple[str, str, int | None]


def references_require(error: type[InvalidInput], named: Collection[Named]) -> None:
    """Raise ``error`` naming the fields whose ids nothing has.

    :param named: (field as the caller knows it, key of :data:`TABLES`, id; ``None`` is fine).
    """
    by_kind: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for field, kind, key in named:
        if key is not None:
            by_kind[kind].append((field, key))
    if not by_kind:
        return
    rows = fetch(
        " UNION ALL ".join(
            f"SELECT n.field FROM unnest(%s::text[], %s::bigint[]) AS n (field, id)"  # noqa: S608
            f" WHERE NOT EXISTS (SELECT 1 FROM {TABLES[kind]} t WHERE t.id = n.id)"
            for kind in by_kind
        ),
        [column for pairs in by_kind.values() for column in columns(pairs, 2)],
    )
    missing = [row[0] for row in rows]
    if missing:
        message = _("It does not exist any more. Choose another one.")
        raise error(
            _(
                "Nothing was saved: %(fields)s does not exist any more. Load the page again and choose another one."
            )
            % {"fields": ", ".join(missing)},
            problems=[
                Problem(message, code="unknown_reference", loc=field, field=field.rsplit(".", 1)[-1])
                for field in missing
            ],
        )
