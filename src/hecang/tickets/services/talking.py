"""Comments, attachments and links of tickets."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from hecang.accounts.models import User
from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.notifications.models import Team
from hecang.notifications.services import BUILT_IN
from hecang.tickets.errors import AttachmentRefused, AttachmentTooLarge, TeamUnknown
from hecang.tickets.services.acting import person_require
from hecang.tickets.services.entries import Entry, entries_write
from hecang.tickets.services.locking import ticket_lock
from hecang.tickets.services.opening import NewTicket, tickets_open
from hecang.tickets.services.telling import tell_comment

#: Largest attachment, and the most of one ticket.
MAX_BYTES: Final = 10 * 1024 * 1024
MAX_FILES: Final = 30
#: Ending → (media type, how the file begins). Nothing that a browser would run.
TYPES: Final[dict[str, tuple[str, tuple[bytes, ...]]]] = {
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "gif": ("image/gif", (b"GIF87a", b"GIF89a")),
    "webp": ("image/webp", (b"RIFF",)),
    "pdf": ("application/pdf", (b"%PDF-",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    "mp4": ("video/mp4", ()),
    "csv": ("text/csv", ()),
    "txt": ("text/plain", ()),
}
_MENTION = re.compile(r"(?<![\w@])@([\w.\-]{1,64})")


@transactional
def ticket_report(*, ticket: NewTicket, body: str = "") -> int:
    """Open a ticket by hand, with what there is to say about it; its id. Raises :class:`TeamUnknown`, InvalidInput."""
    if ticket.assignee_id is not None:
        person_require(ticket.assignee_id, field="assignee_id")
    if ticket.team and ticket.team not in BUILT_IN and not Team.objects.filter(code=ticket.team).exists():
        raise TeamUnknown(_("There is no active team with the code “%(code)s”.") % {"code": ticket.team})
    ticket_id = tickets_open(tickets=[ticket])[0]
    if body.strip():
        ticket_comment(ticket_id=ticket_id, body=body)
    return ticket_id


@transactional
def ticket_comment(*, ticket_id: int, body: str) -> int:
    """Say something; whoever is mentioned by ``@name`` is told. Locks the ticket. The id of the new line."""
    ticket_lock(ticket_id)
    names = sorted({name.rstrip(".-").lower() for name in _MENTION.findall(body)})
    mentions = [
        row[0]
        for row in fetch(
            'SELECT id FROM "user" WHERE is_active AND lower(username) = ANY(%s::text[]) ORDER BY id', [names]
        )
    ]
    entries_write([Entry(ticket_id, "comment", body=body.strip(), mentions=mentions)])
    execute("UPDATE ticket SET updated_at = %s WHERE id = %s", [clock.now(), ticket_id])
    row = fetch_one("SELECT max(id) FROM ticket_entry WHERE ticket_id = %s", [ticket_id])
    assert row is not None
    entry_id: int = row[0]
    audit_record(
        action="tickets.ticket.commented",
        entity_kind="ticket",
        entity_id=ticket_id,
        after={"entry": entry_id},
    )
    readers = list(User.objects.filter(pk__in=mentions).values_list("id", flat=True))
    tell_comment(ticket_id, entry_id, readers, current_actor().user_id)
    return entry_id


@transactional
def ticket_attach(*, ticket_id: int, name: str, content: bytes) -> int:
    """Keep a file with a ticket; the same content is stored once. Locks the ticket. Its id.

    Raises :class:`AttachmentTooLarge`, :class:`AttachmentRefused`.
    """
    name = re.sub(r"[\x00-\x1f/\\:*?\"<>|]+", "_", name).strip(". ")[-200:] or "file"
    media_type = _media_type(name, content)
    ticket_lock(ticket_id)
    row = fetch_one("SELECT count(*) FROM ticket_attachment WHERE ticket_id = %s", [ticket_id])
    if row is not None and row[0] >= MAX_FILES:
        raise AttachmentRefused(_("A ticket takes %(max)s files; this one has them.") % {"max": MAX_FILES})
    digest = hashlib.sha256(content).hexdigest()
    execute(
        "INSERT INTO ticket_file (sha256, size, content) VALUES (%s, %s, %s) ON CONFLICT (sha256) DO NOTHING",
        [digest, len(content), content],
    )
    made = fetch(
        "INSERT INTO ticket_attachment (ticket_id, file_id, name, media_type, added_by, added_at)"
        " SELECT %s, id, %s, %s, %s, %s FROM ticket_file WHERE sha256 = %s"
        " ON CONFLICT (ticket_id, file_id, name) DO UPDATE SET media_type = excluded.media_type"
        " RETURNING id, xmax = 0",
        [ticket_id, name, media_type, current_actor().name[:100], clock.now(), digest],
    )
    attachment_id, is_new = made[0]
    if is_new:
        entries_write([Entry(ticket_id, "attached", data={"file": name, "attachment": attachment_id})])
        audit_record(
            action="tickets.ticket.attached",
            entity_kind="ticket",
            entity_id=ticket_id,
            after={"file": name, "sha256": digest, "size": len(content)},
        )
    return int(attachment_id)


def _media_type(name: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise AttachmentTooLarge(
            _("The file has %(size)s MB; %(max)s MB is the most. Send a smaller one.")
            % {"size": len(content) // 1024 // 1024 + 1, "max": MAX_BYTES // 1024 // 1024}
        )
    known = TYPES.get(name.rpartition(".")[2].lower())
    if known is None:
        raise AttachmentRefused(
            _("Files of this kind are not taken. Possible are: %(kinds)s.")
            % {"kinds": ", ".join(sorted(TYPES))}
        )
    media_type, beginnings = known
    if not content or (beginnings and not content.startswith(beginnings)):
        raise AttachmentRefused(_("The file is not what its name says, or empty."))
    return media_type


@transactional
def ticket_link(*, ticket_id: int, links: Sequence[tuple[str, int, str]]) -> None:
    """Say which documents a ticket is about, too. Locks the ticket."""
    ticket_lock(ticket_id)
    rows = [(kind[:32], entity_id, number[:64]) for kind, entity_id, number in dict.fromkeys(links)]
    added = fetch(
        "INSERT INTO ticket_link (ticket_id, entity_kind, entity_id, number)"
        " SELECT %s, l.kind, l.entity_id, l.number FROM unnest(%s::text[], %s::bigint[], %s::text[])"
        " AS l (kind, entity_id, number) ON CONFLICT (ticket_id, entity_kind, entity_id) DO NOTHING RETURNING number",
        [ticket_id, *columns(rows, 3)],
    )
    if added:
        entries_write([Entry(ticket_id, "linked", data={"links": [row[0] for row in added]})])
        audit_record(
            action="tickets.ticket.linked",
            entity_kind="ticket",
            entity_id=ticket_id,
            after={"links": [row[0] for row in added]},
        )
