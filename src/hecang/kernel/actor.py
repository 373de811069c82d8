"""Who is acting: carried from the door (API, CLI, worker) down to ledger and audit.

The kernel knows only this small value; ``accounts`` makes it from a session or an API key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from hecang.kernel.errors import NotFound, PermissionMissing


@dataclass(frozen=True, slots=True)
class Scope:
    """What part of the data somebody may touch; ``None`` means all of that kind."""

    warehouses: frozenset[int] | None = None
    owners: frozenset[int] | None = None
    shops: frozenset[int] | None = None

    def require(
        self, *, warehouse: int | None = None, owner: int | None = None, shop: int | None = None
    ) -> None:
        """Raise :class:`NotFound` where an id lies outside: whoever may not see it learns nothing of it."""
        for allowed, asked in ((self.warehouses, warehouse), (self.owners, owner), (self.shops, shop)):
            if asked is not None and allowed is not None and asked not in allowed:
                raise NotFound(_("There is no such record, or it lies outside your data scope."))


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts.

    :param kind: ``user``, ``api_key``, ``system`` or ``nobody``.
    :param user_id: the user behind it; ``None`` for the system.
    :param name: what the audit log shows.
    :param permissions: codes that it holds; ``*`` stands for all.
    :param scope: data it may touch.
    :param address: network address it came from.
    """

    kind: str
    name: str
    user_id: int | None = None
    permissions: frozenset[str] = frozenset()
    scope: Scope = field(default_factory=Scope)
    address: str | None = None

    def may(self, permission: str) -> bool:
        return permission in self.permissions or "*" in self.permissions

    def require(self, permission: str) -> None:
        """Raise :class:`PermissionMissing` unless this actor holds ``permission``."""
        if not self.may(permission):
            raise PermissionMissing(
                _(
                    "You may not do this: your roles lack the permission “%(permission)s”. Ask an administrator."
                )
                % {"permission": permission},
                data={"permission": permission},
            )


#: Somebody of whom nothing is known: may use what is public.
NOBODY = Actor(kind="nobody", name="nobody")
SYSTEM = Actor(kind="system", name="system", permissions=frozenset({"*"}))

_current: ContextVar[Actor] = ContextVar("hecang_actor", default=SYSTEM)
_request_id: ContextVar[str] = ContextVar("hecang_request_id", default="")


def current_actor() -> Actor:
    """The actor in force here; the system where no door has set one."""
    return _current.get()


def current_request_id() -> str:
    """The id of the request or job in force, empty outside of any."""
    return _request_id.get()


@contextmanager
def acting(actor: Actor, *, request_id: str | None = None) -> Iterator[None]:
    """Act as ``actor`` (and under ``request_id``) inside the block."""
    token = _current.set(actor)
    request_token = _request_id.set(request_id) if request_id is not None else None
    try:
        yield
    finally:
        _current.reset(token)
        if request_token is not None:
            _request_id.reset(request_token)


_loaders: list[Callable[[int], tuple[Actor, str]]] = []


def actor_loader(loader: Callable[[int], tuple[Actor, str]]) -> None:
    """Tell the kernel how to make an actor (and its language) from a user id; ``accounts`` does."""
    _loaders[:] = [loader]


def actor_of(user_id: int | None) -> tuple[Actor, str]:
    """The actor that a user is now, and the language to speak, for work done later on the user's behalf.

    ``None`` is the system. Raises PermissionMissing if the user may no longer sign in.
    """
    if user_id is None:
        return SYSTEM, "en"
    if not _loaders:
        raise RuntimeError("no actor loader: hecang.accounts is not installed")
    return _loaders[0](user_id)


def permission_set(codes: Iterable[str]) -> frozenset[str]:
    """Permission codes as the set that an :class:`Actor` carries."""
    return frozenset(codes)
