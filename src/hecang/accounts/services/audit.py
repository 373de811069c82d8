"""Writing the audit log: every change of business data leaves an entry."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from hecang.kernel.actor import current_actor, current_request_id
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute

Facts = Mapping[str, Any]

_INSERT = """
    INSERT INTO audit_entry
        (at, actor_kind, actor, user_id, address, request_id, action, entity_kind, entity_id, before, after)
    SELECT %s, %s, %s, %s, %s, %s, %s, %s, entity_id, before, after
    FROM unnest(%s::bigint[], %s::jsonb[], %s::jsonb[]) AS entry (entity_id, before, after)
"""


def audit_record(
    *, action: str, entity_kind: str, entity_id: int, before: Facts | None = None, after: Facts | None = None
) -> None:
    """Write one entry; see :func:`audit_record_many`."""
    audit_record_many(action=action, entity_kind=entity_kind, entries=[(entity_id, before, after)])


def audit_record_many(
    *, action: str, entity_kind: str, entries: Sequence[tuple[int, Facts | None, Facts | None]]
) -> None:
    """Write one entry for each ``(entity id, before, after)`` in one statement.

    Who, from where and under which request comes from the context. Belongs into the transaction that
    makes the change. Personal data never go into ``before`` and ``after``: the log is not erasable.
    """
    if not entries:
        return
    actor = current_actor()
    ids, before, after = columns(((entity, _json(old), _json(new)) for entity, old, new in entries), width=3)
    execute(
        _INSERT,
        [
            now(), actor.kind, actor.name[:100], actor.user_id, actor.address, current_request_id()[:64],
            action, entity_kind, ids, before, after,
        ],
    )  # fmt: skip


def _json(facts: Facts | None) -> str | None:
    return None if facts is None else json.dumps(facts, cls=DjangoJSONEncoder, ensure_ascii=False)
