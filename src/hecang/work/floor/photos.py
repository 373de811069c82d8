"""Pictures from the floor. The bytes are kept once, with the files of tickets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from hecang.kernel.actor import Actor, current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import execute, fetch_one, transactional
from hecang.kernel.errors import LimitExceeded, NotFound
from hecang.work.floor.errors import PhotoRefused

#: A handheld makes its pictures smaller before it sends them; this is for those that do not.
MAX_BYTES: Final = 10 * 1024 * 1024
_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)


@dataclass(frozen=True, slots=True)
class Photo:
    id: int
    media_type: str
    content: bytes


@transactional
def photo_keep(*, warehouse_id: int, content: bytes) -> int:
    """Keep a picture; the same one again is the same. Its id, which a photo input takes as value.

    Raises :class:`PhotoRefused` for what is no JPEG, PNG or WebP, LimitExceeded beyond :data:`MAX_BYTES`.
    """
    actor = current_actor()
    actor.scope.require(warehouse=warehouse_id)
    if len(content) > MAX_BYTES:
        raise LimitExceeded(
            _("The photo is larger than %(max)s MB. Take it with a lower resolution.")
            % {"max": MAX_BYTES // 1024 // 1024}
        )
    media_type = next((kind for start, kind in _BEGINNINGS if content.startswith(start)), "")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        media_type = "image/webp"
    if not media_type:
        raise PhotoRefused(_("The file is no picture in JPEG, PNG or WebP. Take a photo with the camera."))
    digest = hashlib.sha256(content).hexdigest()
    execute(
        "INSERT INTO ticket_file (sha256, size, content) VALUES (%s, %s, %s) ON CONFLICT (sha256) DO NOTHING",
        [digest, len(content), content],
    )
    row = fetch_one(
        "INSERT INTO floor_photo (warehouse_id, file_id, media_type, added_by, user_id, added_at)"
        " SELECT %s, id, %s, %s, %s, %s FROM ticket_file WHERE sha256 = %s"
        " ON CONFLICT (warehouse_id, file_id, added_by) DO UPDATE SET media_type = excluded.media_type"
        " RETURNING id",
        [warehouse_id, media_type, actor.name[:100], actor.user_id, now(), digest],
    )
    assert row is not None
    return int(row[0])


def photo_known(photo_id: int) -> bool:
    """Whether there is such a picture."""
    return fetch_one("SELECT 1 FROM floor_photo WHERE id = %s", [photo_id]) is not None


def photo_get(actor: Actor, photo_id: int) -> Photo:
    """A picture with its bytes. Raises NotFound for what lies outside the actor's warehouses."""
    row = fetch_one(
        "SELECT p.media_type, f.content, p.warehouse_id FROM floor_photo p JOIN ticket_file f ON f.id = p.file_id"
        " WHERE p.id = %s",
        [photo_id],
    )
    if row is None:
        raise NotFound(_("There is no such photo, or it lies outside your data scope."))
    actor.scope.require(warehouse=row[2])
    return Photo(photo_id, row[0], bytes(row[1]))
