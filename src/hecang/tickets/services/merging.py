"""Two tickets about one thing become one."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.db import execute, transactional
from hecang.kernel.errors import InvalidInput
from hecang.tickets.errors import TicketStateConflict, missing
from hecang.tickets.models import Resolution
from hecang.tickets.services.entries import Entry, entries_write
from hecang.tickets.services.locking import tickets_lock, tickets_save
from hecang.tickets.states import STANDING

_LINKS = """
INSERT INTO ticket_link (ticket_id, entity_kind, entity_id, number)
SELECT DISTINCT ON (entity_kind, entity_id) %s::bigint, entity_kind, entity_id, number FROM ticket_link
WHERE ticket_id = ANY(%s::bigint[]) ORDER BY entity_kind, entity_id, id
ON CONFLICT (ticket_id, entity_kind, entity_id) DO NOTHING
"""
_FILES = """
INSERT INTO ticket_attachment (ticket_id, file_id, name, media_type, added_by, added_at)
SELECT DISTINCT ON (file_id, name) %s::bigint, file_id, name, media_type, added_by, added_at FROM ticket_attachment
WHERE ticket_id = ANY(%s::bigint[]) ORDER BY file_id, name, id
ON CONFLICT (ticket_id, file_id, name) DO NOTHING
"""


@transactional
def tickets_merge(*, into_id: int, ticket_ids: Sequence[int]) -> None:
    """Close ``ticket_ids`` as duplicates of ``into_id``, which gets their documents and files; all or none.

    Locks all of them. Raises NotFound, InvalidInput, :class:`TicketStateConflict`.
    """
    others = sorted(set(ticket_ids))
    if into_id in others:
        raise InvalidInput(_("A ticket cannot be merged into itself."))
    locked = tickets_lock([into_id, *others])
    if into_id not in locked or any(one not in locked for one in others):
        raise missing()
    into = locked[into_id]
    if into.state not in STANDING:
        raise TicketStateConflict(
            _("Ticket %(number)s has ended; reopen it before others are merged into it.")
            % {"number": into.number}
        )
    now = clock.now()
    sources = [locked[one] for one in others]
    for source in sources:
        source.step("merge")
        source.resolution = Resolution.MERGED.value
        source.resolved_at = source.closed_at = now
        source.merged_into_id = into_id
    into.priority = min(into.priority, *(one.priority for one in sources))
    tickets_save([*sources, into])
    execute(_LINKS, [into_id, others])
    execute(_FILES, [into_id, others])
    numbers = [one.number for one in sources]
    entries_write(
        [Entry(into_id, "merged", data={"tickets": numbers})]
        + [Entry(one.id, "merged_into", data={"ticket": into.number}) for one in sources]
    )
    audit_record_many(
        action="tickets.ticket.merged",
        entity_kind="ticket",
        entries=[(one.id, None, {"into": into.number}) for one in sources]
        + [(into_id, None, {"merged": numbers})],
    )
