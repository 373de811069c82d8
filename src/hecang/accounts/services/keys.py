"""API keys: shown once, stored as a hash, ended at any time."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.utils.translation import gettext as _

from hecang.accounts.models import ApiKey
from hecang.accounts.services.audit import audit_record
from hecang.accounts.services.users import user_locked
from hecang.kernel.clock import now
from hecang.kernel.db import transactional
from hecang.kernel.errors import Conflict, InvalidInput, NotFound, Problem

PREFIX = "hk_"
#: Keys that one user may have at a time.
MAX_KEYS = 50


@transactional
def key_create(*, user_id: int, name: str, expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    """Make a key that acts as ``user_id``; the key itself is returned here and never again.

    Locks the user. Raises NotFound, InvalidInput, Conflict (too many keys, user closed).
    """
    user = user_locked(user_id)
    if expires_at is not None and expires_at <= now():
        message = _("The key would have ended already. Choose a later moment.")
        raise InvalidInput(
            message, problems=[Problem(message, "in_the_past", loc="expires_at", field="expires_at")]
        )
    if not user.is_active:
        raise Conflict(_("This user is closed and can have no keys."))
    if ApiKey.objects.filter(user=user, revoked_at=None).count() >= MAX_KEYS:
        raise Conflict(_("A user can have %(limit)s keys. End one first.") % {"limit": MAX_KEYS})
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=secret[:10],
        key_hash=hashlib.sha256(secret.encode()).hexdigest(),
        created_at=now(),
        expires_at=expires_at,
    )
    audit_record(
        action="accounts.api_key.created", entity_kind="api_key", entity_id=key.pk,
        after={"user": user.username, "name": name, "prefix": key.prefix, "expires_at": expires_at},
    )  # fmt: skip
    return key, secret


@transactional
def key_revoke(*, key_id: int, owner_id: int | None = None) -> ApiKey:
    """End a key at once; ending it again changes nothing. Locks the key.

    :param owner_id: only if it is this user's; ``None``: anybody's. Raises NotFound.
    """
    key = ApiKey.objects.select_for_update(no_key=True).filter(pk=key_id).first()
    if key is None or (owner_id is not None and key.user_id != owner_id):
        raise NotFound(_("There is no such key."))
    if key.revoked_at is None:
        key.revoked_at = now()
        key.save(update_fields=["revoked_at"])
        audit_record(action="accounts.api_key.revoked", entity_kind="api_key", entity_id=key.pk)
    return key
