"""Writing the history of tickets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute

_WRITE = """
INSERT INTO ticket_entry (ticket_id, at, actor, user_id, action, body, data, mentions)
SELECT e.ticket_id, %s, %s, %s, e.action, e.body, e.data,
    ARRAY(SELECT jsonb_array_elements_text(e.mentions)::bigint)
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::jsonb[], %s::jsonb[])
    AS e (ticket_id, action, body, data, mentions)
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line to write."""

    ticket_id: int
    action: str
    body: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    mentions: Sequence[int] = ()


def entries_write(entries: Sequence[Entry]) -> None:
    """Add lines to histories, by whoever acts. One statement."""
    if not entries:
        return
    actor = current_actor()
    rows = [
        (
            entry.ticket_id,
            entry.action,
            entry.body,
            json.dumps(dict(entry.data), ensure_ascii=False, default=str),
            json.dumps(list(entry.mentions)),
        )
        for entry in entries
    ]
    execute(_WRITE, [clock.now(), actor.name[:100], actor.user_id, *columns(rows, 5)])
