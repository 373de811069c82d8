"""Signing in and out, and slowing down whoever guesses."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.contrib.auth import login, logout
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import gettext as _

from hecang.accounts.errors import BadCredentials, SignInLocked
from hecang.accounts.models import User
from hecang.accounts.selectors import actor_of_user
from hecang.accounts.services.audit import audit_record
from hecang.accounts.services.users import password_change, throttle_key_of_name
from hecang.kernel.actor import acting, current_actor
from hecang.kernel.clock import now
from hecang.kernel.crypto import keyed_hash
from hecang.kernel.db import execute, fetch, transactional

#: Failed tries before a pause, for one name from one address, for one name, for one address.
FREE_TRIES = {"pair": 5, "name": 30, "from": 50}
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)
#: After that long without a try the count starts anew.
MEMORY = timedelta(hours=24)

logger = structlog.get_logger("hecang.accounts")


def sign_in(*, request: HttpRequest, username: str, password: str) -> User:
    """Check name and password and begin a session with a new id.

    Every try is counted before the password is looked at, so that many at once are counted, too; a
    success forgets them. Names that do not exist take as long, and are locked like those that do.
    Raises BadCredentials, SignInLocked.
    """
    address = current_actor().address or "unknown"
    keys = _keys(username, address)
    _count_try(keys=keys)
    user = User.objects.filter(username__iexact=username.strip()).first()
    if user is None:
        make_password(password)  # as much work as checking one
        right = False
    else:
        right = user.check_password(password) and user.is_active
    if user is None or not right:
        logger.warning("sign_in_failed", known=user is not None)
        if user is not None:
            audit_record(action="accounts.user.sign_in_failed", entity_kind="user", entity_id=user.pk)
        raise BadCredentials(_("User name or password are wrong. Check both; mind capital letters."))
    _forget_tries(keys=[keys["pair"], keys["name"]])
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session.cycle_key()  # also where the same person was signed in already
    with acting(actor_of_user(user, current_actor().address)):
        audit_record(action="accounts.user.signed_in", entity_kind="user", entity_id=user.pk)
    return user


def own_password_change(*, user: User, current: str, new: str) -> User:
    """Change one's own password; wrong guesses at the present one are slowed down like those of strangers.

    Raises InvalidInput, WeakPassword, SignInLocked.
    """
    keys = _keys(user.username, f"session {user.pk}")
    _count_try(keys={"pair": keys["pair"]})
    changed = password_change(user_id=user.pk, current=current, new=new)
    _forget_tries(keys=[keys["pair"]])
    return changed


def sign_out(*, request: HttpRequest) -> None:
    """End the session."""
    user_id = current_actor().user_id
    logout(request)
    if user_id is not None:
        audit_record(action="accounts.user.signed_out", entity_kind="user", entity_id=user_id)


def _keys(username: str, address: str) -> dict[str, str]:
    name = throttle_key_of_name(username)
    return {"pair": f"pair:{keyed_hash(f'{name} {address}')}", "name": name, "from": f"from:{address}"}


@transactional
def _count_try(*, keys: dict[str, str]) -> None:
    """Count a try under each key, or raise SignInLocked if one of them is locked."""
    moment = now()
    names = sorted(keys.values())
    free = {keys[kind]: FREE_TRIES[kind] for kind in keys}
    execute(
        "INSERT INTO sign_in_throttle (key, failures, last_at)"
        " SELECT key, 0, %s::timestamptz FROM unnest(%s::text[]) AS tried (key) ORDER BY key"
        " ON CONFLICT (key) DO NOTHING",
        [moment, names],
    )
    rows = fetch(
        "SELECT key, failures, last_at, locked_until FROM sign_in_throttle"
        " WHERE key = ANY(%s) ORDER BY key FOR NO KEY UPDATE",
        [names],
    )
    until = max((row[3] for row in rows if row[3] is not None), default=None)
    if until is not None and until > moment:
        _refuse(until, moment)
    counts = [
        (key, 1 if last_at < moment - MEMORY else failures + 1) for key, failures, last_at, _until in rows
    ]
    execute(
        "UPDATE sign_in_throttle t SET failures = n.failures, last_at = %s::timestamptz, locked_until = n.until"
        " FROM unnest(%s::text[], %s::int[], %s::timestamptz[]) AS n (key, failures, until) WHERE t.key = n.key",
        [
            moment,
            [key for key, _count in counts],
            [count for _key, count in counts],
            [_pause_until(count - free[key], moment) for key, count in counts],
        ],
    )


def _pause_until(beyond: int, moment: datetime) -> datetime | None:
    """When the next try is welcome, after ``beyond`` tries more than are free: doubling each time."""
    if beyond < 0:
        return None
    pause: timedelta = min(FIRST_PAUSE * (1 << min(beyond, 20)), LONGEST_PAUSE)
    return moment + pause


def _refuse(until: datetime, moment: datetime) -> None:
    seconds = max(int((until - moment).total_seconds()) + 1, 1)
    raise SignInLocked(
        _("Too many failed tries. Wait %(seconds)s seconds, or ask an administrator for a new password.")
        % {"seconds": seconds},
        data={"retry_after": seconds},
    )


@transactional
def _forget_tries(*, keys: list[str]) -> None:
    execute("DELETE FROM sign_in_throttle WHERE key = ANY(%s)", [keys])


def throttle_purge() -> int:
    """Forget what has not been tried for a day; the number of keys."""
    return execute("DELETE FROM sign_in_throttle WHERE last_at < %s", [now() - MEMORY])


def sessions_purge() -> int:
    """Remove sessions that have ended by themselves; their number."""
    return execute("DELETE FROM django_session WHERE expire_date < %s", [now()])
