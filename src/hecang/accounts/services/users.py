"""Making and changing users."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hecang.accounts.errors import LastAdministrator, WeakPassword
from hecang.accounts.models import Role, User
from hecang.accounts.services.audit import audit_record
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import execute, transactional
from hecang.kernel.errors import Conflict, InvalidInput, NotFound, Problem

LANGUAGES = ("zh-hans", "en")
THEMES = ("light", "dark")
#: No 0/O, 1/l/I: one-time passwords are read aloud and typed.
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
#: Fields whose values the audit log may show; of the others it says only that they changed.
_SHOWN = ("username", "roles", "is_active", "language", "theme", "warehouse_ids", "owner_ids", "shop_ids")
_PERSONAL = ("display_name", "email")

CHANGEABLE = frozenset({*_SHOWN, *_PERSONAL} - {"username"})


@transactional
def user_create(
    *,
    username: str,
    roles: Sequence[str],
    password: str | None = None,
    display_name: str = "",
    email: str = "",
    language: str = "zh-hans",
    warehouse_ids: Collection[int] | None = None,
    owner_ids: Collection[int] | None = None,
    shop_ids: Collection[int] | None = None,
) -> tuple[User, str | None]:
    """Make a user; without ``password`` one is made up, returned once, and to be changed at first sign-in.

    Raises Conflict if the name is taken (whatever its case), InvalidInput, WeakPassword.
    """
    username = username.strip()
    _check_username(username)
    _check_roles(roles)
    if User.objects.filter(username__iexact=username).exists():
        message = _("There is already a user named “%(name)s”.") % {"name": username}
        raise Conflict(
            message, code="username_taken", problems=[Problem(message, "username_taken", field="username")]
        )
    user = User(
        username=username,
        roles=sorted(set(roles)),
        display_name=display_name.strip()[:64],
        email=email.strip(),
        language=_one_of(language, LANGUAGES, "language"),
        created_at=now(),
        warehouse_ids=_scope(warehouse_ids),
        owner_ids=_scope(owner_ids),
        shop_ids=_scope(shop_ids),
    )
    one_time = None
    if password is None:
        one_time = one_time_password()
        user.must_change_password = True
    else:
        password_check(password, user)
    user.set_password(password or one_time)
    user.save()
    audit_record(action="accounts.user.created", entity_kind="user", entity_id=user.pk, after=_facts(user))
    return user, one_time


@transactional
def user_change(*, user_id: int, changes: Mapping[str, Any]) -> User:
    """Change fields of a user (:data:`CHANGEABLE`). Locks the user.

    Raises NotFound, InvalidInput, Conflict (oneself), LastAdministrator.
    """
    unknown = set(changes) - CHANGEABLE
    if unknown:
        raise InvalidInput(
            _("These fields cannot be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))}
        )
    user = user_locked(user_id)
    before = _facts(user)
    was_admin = user.is_active and Role.ADMIN in user.roles
    for name, value in changes.items():
        setattr(user, name, _checked(name, value))
    if was_admin and not (user.is_active and Role.ADMIN in user.roles):
        if current_actor().user_id == user.pk:
            raise Conflict(
                _("You cannot take the administrator role from yourself, or close your own account.")
            )
        _keep_an_administrator(user.pk)
    user.save()
    _audit_change(user, before, personal=[name for name in _PERSONAL if name in changes])
    return user


@transactional
def password_reset(*, user_id: int) -> str:
    """Give a user a made-up password, which ends all of the user's sessions. Locks the user. Raises NotFound."""
    user = user_locked(user_id)
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    execute("DELETE FROM sign_in_throttle WHERE key = %s", [throttle_key_of_name(user.username)])
    audit_record(action="accounts.user.password_reset", entity_kind="user", entity_id=user.pk)
    return password


@transactional
def password_change(*, user_id: int, current: str, new: str) -> User:
    """Let users change their own password; it ends their other sessions. Locks the user.

    Raises InvalidInput if ``current`` is wrong, WeakPassword.
    """
    user = user_locked(user_id)
    if not user.check_password(current):
        message = _("The present password is not right.")
        raise InvalidInput(
            message, problems=[Problem(message, "wrong_password", loc="password.current", field="current")]
        )
    password_check(new, user)
    user.set_password(new)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    audit_record(action="accounts.user.password_changed", entity_kind="user", entity_id=user.pk)
    return user


def password_check(password: str, user: User) -> None:
    """Raise WeakPassword with every reason."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        problems = [
            Problem(message, "weak_password", loc="password", field="password") for message in error.messages
        ]
        raise WeakPassword(" ".join(error.messages), problems=problems) from None


def one_time_password() -> str:
    """A made-up password of 14 easily read letters and digits (about 80 bits)."""
    return "".join(secrets.choice(_ALPHABET) for _position in range(14))


def throttle_key_of_name(username: str) -> str:
    """Key under which failed tries for a name are counted."""
    from hecang.kernel.crypto import keyed_hash

    return f"name:{keyed_hash(username.strip().casefold())}"


def user_locked(user_id: int) -> User:
    """A user, locked until the transaction ends. Raises NotFound."""
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound(_("There is no such user."))
    return user


def _keep_an_administrator(without: int) -> None:
    others: QuerySet[User] = User.objects.filter(is_active=True, roles__contains=[Role.ADMIN]).exclude(
        pk=without
    )
    if not others.select_for_update(no_key=True).order_by("pk").exists():
        raise LastAdministrator(_("This is the last administrator. Make another one first."))


def _checked(name: str, value: Any) -> Any:
    if name == "roles":
        _check_roles(value)
        return sorted(set(value))
    if name.endswith("_ids"):
        return _scope(value)
    if name == "language":
        return _one_of(value, LANGUAGES, name)
    if name == "theme":
        return _one_of(value, THEMES, name)
    return value.strip() if isinstance(value, str) else value


def _check_username(username: str) -> None:
    if not 1 <= len(username) <= 64 or not all(letter.isalnum() or letter in "._-@" for letter in username):
        message = _("A user name has 1 to 64 letters, digits or . _ - @.")
        raise InvalidInput(
            message, problems=[Problem(message, "wrong_form", loc="username", field="username")]
        )


def _check_roles(roles: Sequence[str]) -> None:
    unknown = [role for role in roles if role not in Role.values]
    if unknown or not roles:
        message = _("Choose at least one role of: %(roles)s.") % {"roles": ", ".join(Role.values)}
        raise InvalidInput(message, problems=[Problem(message, "unknown_value", loc="roles", field="roles")])


def _one_of(value: str, known: Sequence[str], name: str) -> str:
    if value not in known:
        message = _("Must be one of %(expected)s.") % {"expected": ", ".join(known)}
        raise InvalidInput(message, problems=[Problem(message, "unknown_value", loc=name, field=name)])
    return value


def _scope(ids: Collection[int] | None) -> list[int] | None:
    return None if ids is None else sorted(set(ids))


def _facts(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in _SHOWN}


def _audit_change(user: User, before: dict[str, Any], personal: list[str]) -> None:
    after = _facts(user)
    changed = [name for name in _SHOWN if before[name] != after[name]]
    if changed or personal:
        audit_record(
            action="accounts.user.changed",
            entity_kind="user",
            entity_id=user.pk,
            before={name: before[name] for name in changed},
            after={**{name: after[name] for name in changed}, **({"personal": personal} if personal else {})},
        )
