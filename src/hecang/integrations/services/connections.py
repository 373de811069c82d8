"""Making, changing, checking and switching connections."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.integrations.connectors import connector_class
from hecang.integrations.errors import ConnectionNotFound
from hecang.integrations.models import Connection
from hecang.integrations.services.channels.cursors import cursors_ensure
from hecang.integrations.services.channels.marks import stock_mark_connection
from hecang.integrations.services.links import (
    calls_open,
    error_facts,
    failure_note,
    ok_note,
    token_put,
)
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.connectors import OutsideError, Token, settings_parse
from hecang.kernel.crypto import decrypt_json, encrypt_json
from hecang.kernel.db import transactional
from hecang.kernel.errors import Conflict, InvalidInput, Problem


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What the system outside said to the cheapest call.

    :param code: of the error, empty where all is well; ``message`` its own words.
    """

    is_ok: bool
    code: str = ""
    message: str = ""


@transactional
def connection_save(
    *,
    kind: str,
    connector: str,
    name: str,
    settings: Mapping[str, Any],
    connection_id: int | None = None,
    shop_id: int | None = None,
    token: Token | None = None,
) -> int:
    """Make a connection, or change the one of ``connection_id``; its id. New ones are switched off.

    Locks the connection. Its kind, connector and shop stay what they were made with.

    :param settings: as the form sends them; secrets left empty stay as they were.
    :param token: a token that a person has got from the platform; ``None`` keeps the present one.
    :raises InvalidInput: naming every setting that is wrong.
    :raises ConnectorUnknown: no such connector.
    :raises ConnectionNotFound: no such connection.
    :raises Conflict: the name is taken.
    """
    connection = connection_locked(connection_id) if connection_id is not None else None
    if connection is not None:
        kind, connector, shop_id = connection.kind, connection.connector, connection.shop_id
    current_actor().scope.require(shop=shop_id)
    model = connector_class(kind, connector).Settings
    kept = decrypt_json(connection.settings_cipher) if connection is not None else {}
    plain = settings_parse(model, settings, kept=kept).plain()
    now = clock.now()
    if connection is None:
        _shop_check(kind, shop_id)
        connection = Connection(
            kind=kind,
            connector=connector,
            shop_id=shop_id,
            inbox_key=secrets.token_urlsafe(32),
            created_at=now,
        )
    before = {"name": connection.name} if connection.pk else None
    connection.name = name
    connection.settings_cipher = encrypt_json(plain)
    connection.updated_at = now
    # Whoever has just mended it wants it to be tried now, not after the pause that its failures have earned.
    connection.failures, connection.retry_at = 0, None
    if token is not None:
        token_put(connection, token)
    try:
        with transaction.atomic():
            connection.save()
    except IntegrityError as error:
        text = _("Another connection is called “%(name)s”. Choose another name.") % {"name": name}
        raise Conflict(
            text, code="name_taken", problems=[Problem(text, "name_taken", loc="name", field="name")]
        ) from error
    # Of settings only the names of what changed: any of them may be a secret to somebody.
    changed = sorted(field for field in plain if plain[field] != kept.get(field))
    audit_record(
        action="integrations.connection.changed" if before else "integrations.connection.created",
        entity_kind="connection",
        entity_id=connection.pk,
        before=before,
        after={"name": name, "connector": connector, "settings": changed, "token": token is not None},
    )
    return connection.pk


@transactional
def connection_activate(*, connection_id: int, is_active: bool) -> None:
    """Switch a connection on or off. Locks it.

    :raises Conflict: the shop has another connection that is on.
    """
    connection = connection_locked(connection_id)
    if connection.is_active == is_active:
        return
    if is_active and connection.shop_id is not None:
        other = Connection.objects.filter(shop=connection.shop_id, is_active=True).first()
        if other is not None:
            message = _("The shop is already served by the connection “%(name)s”. Switch that off first.")
            raise Conflict(message % {"name": other.name}, code="shop_connected")
    connection.is_active = is_active
    connection.failures, connection.retry_at, connection.updated_at = 0, None, clock.now()
    connection.save(update_fields=["is_active", "failures", "retry_at", "updated_at"])
    if is_active and connection.kind == Connection.Kind.CHANNEL:
        cursors_ensure(connection)
        stock_mark_connection(connection_id)
    audit_record(
        action="integrations.connection.activated" if is_active else "integrations.connection.deactivated",
        entity_kind="connection",
        entity_id=connection_id,
    )


@transactional
def connection_inbox_renew(*, connection_id: int) -> str:
    """Give a connection a new address to be pushed to; the old one ends at once. Locks it."""
    connection = connection_locked(connection_id)
    connection.inbox_key = secrets.token_urlsafe(32)
    connection.updated_at = clock.now()
    connection.save(update_fields=["inbox_key", "updated_at"])
    audit_record(
        action="integrations.connection.inbox_renewed", entity_kind="connection", entity_id=connection_id
    )
    return connection.inbox_key


def connection_check(*, connection_id: int) -> CheckOutcome:
    """Prove settings and token by one call to the system outside; the outcome is written down.

    Holds no lock while it calls. Works for connections that are switched off, too.
    """
    connection = connection_get(connection_id)
    try:
        with calls_open(connection) as calls:
            calls.make(lambda connector: connector.check())
    except OutsideError as error:
        failure_note(connection, error)
        code, message = error_facts(error)
        return CheckOutcome(False, code, message)
    connection.last_ok_at = None  # a person wants to see it written down now
    ok_note(connection)
    return CheckOutcome(True)


def connection_get(connection_id: int) -> Connection:
    """One connection in the caller's scope. Raises :class:`ConnectionNotFound`."""
    return _in_scope(Connection.objects.filter(pk=connection_id).first())


def connection_locked(connection_id: int) -> Connection:
    """One connection in the caller's scope, locked. Raises :class:`ConnectionNotFound`."""
    return _in_scope(Connection.objects.select_for_update(no_key=True).filter(pk=connection_id).first())


def _in_scope(connection: Connection | None) -> Connection:
    if connection is None:
        raise ConnectionNotFound(_("There is no such connection, or it lies outside your data scope."))
    current_actor().scope.require(shop=connection.shop_id)
    return connection


def _shop_check(kind: str, shop_id: int | None) -> None:
    if (kind == Connection.Kind.CHANNEL) == (shop_id is not None):
        return
    text = (
        _("A channel needs the shop whose orders it brings. Choose one.")
        if shop_id is None
        else _("Only channels belong to a shop.")
    )
    raise InvalidInput(text, problems=[Problem(text, "required", loc="shop_id", field="shop_id")])
