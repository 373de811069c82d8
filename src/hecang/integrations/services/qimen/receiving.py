"""The door for Qimen messages: verified, taken once, answered on the spot, and answered alike when they come again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.utils.translation import gettext as _

from hecang.integrations.errors import ConnectionNotFound
from hecang.integrations.models import Connection, QimenMessage, QimenPart
from hecang.integrations.qimen.signing import method_of, verify
from hecang.integrations.qimen.xml import MAX_BYTES, Node, XmlRefused, parse, write
from hecang.integrations.services.links import settings_of
from hecang.integrations.services.qimen.sides import Side, acting_as, side_open
from hecang.kernel import clock
from hecang.kernel.connectors import BadSignature, Incoming, Reply
from hecang.kernel.crypto import decrypt, encrypt
from hecang.kernel.db import execute, fetch_one, transactional
from hecang.kernel.errors import HecangError

logger = structlog.get_logger("hecang.qimen")
State = QimenMessage.State
XML = "text/xml; charset=utf-8"
_CHARSET = re.compile(r"charset\s*=\s*\"?([\w\-]+)", re.IGNORECASE)

_CLAIM = """
INSERT INTO qimen_message (connection_id, method, key, document_code, state, code, message, body_cipher, repeats,
    received_at, updated_at)
VALUES (%s, %s, %s, %s, 'failed', '', '', %s, 0, %s, %s)
ON CONFLICT (connection_id, method, key) DO UPDATE SET repeats = qimen_message.repeats + 1
RETURNING id, state, answer_cipher
"""
_FAIL = """
INSERT INTO qimen_message AS m (connection_id, method, key, document_code, state, code, message, body_cipher, repeats,
    received_at, updated_at)
VALUES (%s, %s, %s, %s, 'failed', %s, %s, %s, 0, %s, %s)
ON CONFLICT (connection_id, method, key) DO UPDATE SET code = excluded.code, message = excluded.message,
    updated_at = excluded.updated_at WHERE m.state <> 'done'
"""
_PART = """
INSERT INTO qimen_part (connection_id, method, document_code, digest, line_count, body_cipher, received_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (connection_id, method, document_code, digest) DO NOTHING
"""

Handler = Callable[[Side, Node], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Method:
    """How a message of one kind is taken.

    :param handler: does it, and answers with what the response says beside flag, code and message.
    :param document: the code of the document that it is about.
    :param head: name of the element that carries the document's head; empty where the request itself does.
    :param is_once: takes effect once under its key, in one transaction with its answer. The others may be
        repeated: they say how things are to be, or only ask.
    :param is_kept: shown to people. Questions are not.
    """

    handler: Handler
    document: tuple[str, ...] = ()
    head: str = ""
    is_once: bool = False
    is_kept: bool = True


def methods_of(connector: str) -> Mapping[str, Method]:
    """The methods that the other side of this connector may call."""
    from hecang.integrations.services.qimen.methods import METHODS

    return METHODS[connector]


def qimen_receive(*, inbox_key: str, message: Incoming) -> Reply:
    """Take a message that somebody sent to the address of a connection; what to answer.

    What is not signed leaves nothing behind. A message that was done is answered as it was then; one that was
    refused is tried again.

    :raises ConnectionNotFound: no connection that is on has this address.
    """
    connection = Connection.objects.filter(
        inbox_key=inbox_key, is_active=True, kind=Connection.Kind.ERP
    ).first()
    if connection is None:
        raise ConnectionNotFound("unknown address")
    settings = settings_of(connection)
    try:
        verify(
            settings.app_secret.get_secret_value(),
            message,
            now=clock.now(),
            window=timedelta(minutes=settings.window_minutes),
        )
    except BadSignature as error:
        logger.warning("qimen_refused", connection=connection.pk, code=error.code)
        return _reply(_failure(error.code, error.message))
    customer = message.query.get("customerId", "")
    if customer and customer != settings.customer_id:
        return _reply(_failure("unknown_customer", _("This address is of another customerId.")))
    return _reply(_work(connection, method_of(message.query.get("method", "")), message))


def _work(connection: Connection, name: str, message: Incoming) -> bytes:
    method = methods_of(connection.connector).get(name)
    if method is None:
        return _failure("method_unknown", _("There is no method “%(name)s” here.") % {"name": name[:64]})
    try:
        request = parse(message.body, charset=_charset(message))
    except XmlRefused as error:
        return _failure("bad_xml", str(error))
    head = request.node(method.head) if method.head else request
    document = head.text(*method.document)[:100] if method.document else ""
    try:
        side = side_open(connection)
        with acting_as(side):
            return _done(side, name, method, request, head, document, message.body)
    except HecangError as error:
        code, text = error.instance_code, _words(error)
        if method.is_kept:
            _failed(
                connection,
                name,
                _key(method, head, document, message.body),
                document,
                code,
                text,
                message.body,
            )
        return _failure(code, text)
    except Exception as error:
        logger.exception("qimen_failed", connection=connection.pk, method=name, error=type(error).__name__)
        text = _("Something went wrong here that nobody foresaw. Send it again later.")
        if method.is_kept:
            key = _key(method, head, document, message.body)
            _failed(connection, name, key, document, "internal_error", text, message.body)
        return _failure("internal_error", text)


def _done(
    side: Side, name: str, method: Method, request: Node, head: Node, document: str, body: bytes
) -> bytes:
    if not method.is_kept:
        return _success(method.handler(side, request))
    key = _key(method, head, document, body)
    if method.is_once:
        return message_once(side, name, key, document, request, head, body, method.handler)
    answer = _success(method.handler(side, request))
    _keep(side.connection, name, key, document, body, answer)
    return answer


@transactional
def message_once(
    side: Side, name: str, key: str, document: str, request: Node, head: Node, body: bytes, handler: Handler
) -> bytes:
    """Do something once under its key, and keep the answer. Two at once wait for each other here.

    Parts of a document are kept until all its lines are there, and only then taken in.
    """
    total, here = head.text("totalOrderLines"), len(request.list("orderLines"))
    if total.isdigit() and int(total) > here:
        whole = _assembled(side.connection, name, document, int(total), here, request, body)
        if whole is None:
            text = _("Taken. The document waits for its other parts.")
            return write("response", {"flag": "success", "code": "0", "message": text})
        request, key = whole
    now = clock.now()
    row = fetch_one(_CLAIM, [side.connection.pk, name, key, document, encrypt(body), now, now])
    assert row is not None
    if row[1] == State.DONE and row[2] is not None:
        return decrypt(row[2])
    answer = _success(handler(side, request))
    execute(
        "UPDATE qimen_message SET state = 'done', code = '', message = '', answer_cipher = %s, document_code = %s,"
        " updated_at = %s, repeats = 0 WHERE id = %s",
        [encrypt(answer), document, now, row[0]],
    )
    return answer


def _assembled(
    connection: Connection, name: str, document: str, total: int, here: int, request: Node, body: bytes
) -> tuple[Node, str] | None:
    """The whole document with its key once all its parts are there; ``None`` before. Locks the document's parts."""
    digest = hashlib.sha256(body).hexdigest()
    # Parts of one document take turns, so that exactly one of them finds that nothing is missing.
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"{connection.pk}:{name}:{document}"])
    execute(_PART, [connection.pk, name, document, digest, here, encrypt(body), clock.now()])
    parts = list(
        QimenPart.objects.filter(
            connection=connection, method=name, document_code=document, used_at__isnull=True
        ).order_by("pk")
    )
    if sum(part.line_count for part in parts) < total:
        return None
    lines = [line for part in parts for line in parse(decrypt(part.body_cipher)).list("orderLines")]
    packages = [one for part in parts for one in parse(decrypt(part.body_cipher)).list("packages")]
    merged = Node(request.tag, children=[c for c in request if c.tag not in ("orderLines", "packages")])
    merged.children += [Node("orderLines", children=lines), Node("packages", children=packages)]
    QimenPart.objects.filter(pk__in=[part.pk for part in parts]).update(used_at=clock.now())
    return merged, f"parts:{document}:{parts[0].pk}"


def _keep(connection: Connection, name: str, key: str, document: str, body: bytes, answer: bytes) -> None:
    now = clock.now()
    QimenMessage.objects.update_or_create(
        connection=connection,
        method=name,
        key=key,
        defaults={
            "state": State.DONE,
            "document_code": document,
            "code": "",
            "message": "",
            "body_cipher": encrypt(body),
            "answer_cipher": encrypt(answer),
            "updated_at": now,
        },
        create_defaults={
            "state": State.DONE,
            "document_code": document,
            "body_cipher": encrypt(body),
            "answer_cipher": encrypt(answer),
            "received_at": now,
            "updated_at": now,
        },
    )


def _failed(
    connection: Connection, name: str, key: str, document: str, code: str, text: str, body: bytes
) -> None:
    now = clock.now()
    execute(
        _FAIL,
        [connection.pk, name, key, document, code[:64], text[:500], encrypt(body), now, now],
    )


def _key(method: Method, head: Node, document: str, body: bytes) -> str:
    if method.is_once:
        if business := head.text("outBizCode"):
            page = head.text("currentPage")
            return f"{business}:{page}"[:200] if page not in ("", "1") else business[:200]
        if document:
            return document
    return hashlib.sha256(body).hexdigest()


def _words(error: HecangError) -> str:
    """What was wrong, the first place named."""
    first = next((one.message for one in error.problems if one.message), None)
    text = str(error)
    return f"{text} {first}"[:500] if first and str(first) not in text else text[:500]


def _charset(message: Incoming) -> str:
    found = _CHARSET.search(message.headers.get("content-type", ""))
    return found.group(1) if found else "utf-8"


def _success(content: Mapping[str, Any]) -> bytes:
    return write("response", {"flag": "success", "code": "0", "message": "ok", **content})


def _failure(code: str, message: str) -> bytes:
    return write("response", {"flag": "failure", "code": code, "message": message})


def _reply(body: bytes) -> Reply:
    return Reply(body=body, content_type=XML)


__all__ = ["MAX_BYTES", "Method", "message_once", "qimen_receive"]
