"""Which troubles are written down already, for apps that open tickets by comparing facts with what stands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from hecang.kernel.db import fetch

_STANDING = """
SELECT key FROM ticket
WHERE state IN ('open', 'in_progress', 'waiting') AND kind = %s AND starts_with(key, %s) ORDER BY key
"""
_KNOWN = """
SELECT t.key, max(t.created_at) FROM ticket_link l JOIN ticket t ON t.id = l.ticket_id
WHERE l.entity_kind = %s AND l.entity_id = ANY(%s::bigint[]) AND starts_with(t.key, %s) GROUP BY t.key
"""


def keys_standing(*, kind: str, prefix: str) -> list[str]:
    """Keys of the open tickets of a kind that begin so. One statement."""
    return [row[0] for row in fetch(_STANDING, [kind, prefix])]


def keys_known(*, entity_kind: str, entity_ids: Collection[int], prefix: str) -> dict[str, datetime]:
    """Keys that begin so of all tickets about these documents, ended ones too → when the newest was opened."""
    return dict(fetch(_KNOWN, [entity_kind, sorted(set(entity_ids)), prefix])) if entity_ids else {}
