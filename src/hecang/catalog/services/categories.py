"""The product tree."""

from __future__ import annotations

from collections.abc import Iterable

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel.db import columns, fetch, transactional

SEPARATOR = "/"
#: Levels of the tree.
MAX_DEPTH = 6


def category_code(path: str) -> str:
    """A path as it is stored: no spaces around the parts, no empty ones. ``食品 > 零食`` → ``食品/零食``."""
    parts = [part.strip() for part in path.replace(">", SEPARATOR).replace("\\", SEPARATOR).split(SEPARATOR)]
    return SEPARATOR.join([part for part in parts if part][:MAX_DEPTH])[:128]


@transactional
def categories_ensure(*, paths: Iterable[str]) -> dict[str, int]:
    """Make the categories (and those above) that are missing; :func:`category_code` → id of all asked for.

    One statement for all that exist, and one a level of the tree for those that do not.
    """
    wanted = {code for path in paths if (code := category_code(path))}
    if not wanted:
        return {}
    tree = {SEPARATOR.join(parts[:depth]) for code in wanted for parts in [code.split(SEPARATOR)]
            for depth in range(1, len(parts) + 1)}  # fmt: skip
    ids: dict[str, int] = dict(fetch("SELECT code, id FROM category WHERE code = ANY(%s)", [sorted(tree)]))
    for depth in range(MAX_DEPTH):
        missing = sorted(code for code in tree - ids.keys() if code.count(SEPARATOR) == depth)
        if missing:
            ids |= _insert([(code, code.rpartition(SEPARATOR)) for code in missing], ids)
    return {code: ids[code] for code in wanted}


def _insert(missing: list[tuple[str, tuple[str, str, str]]], ids: dict[str, int]) -> dict[str, int]:
    rows = [(code, name[:200], ids.get(above)) for code, (above, _separator, name) in missing]
    made = fetch(
        "INSERT INTO category (code, name, parent_id)"
        " SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[])"
        " ON CONFLICT (code) DO UPDATE SET code = excluded.code RETURNING code, id",
        columns(rows, 3),
    )
    audit_record_many(
        action="category.create",
        entity_kind="category",
        entries=[(pk, None, {"code": code}) for code, pk in made],
    )
    return dict(made)
