"""Posting to addresses that users typed in, without being turned against our own network.

The name is resolved once, every address it has must be public, and the connection goes to one of those addresses
(TLS still proves the name), so that a second answer of the name server cannot lead elsewhere. Redirects are not
followed, proxies of the environment not used. ``HECANG_ALLOW_PRIVATE_URLS=1`` lets calls into private networks
through, for installations whose own systems listen there.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from hecang.kernel.errors import InvalidInput, Problem

#: Seconds for one whole call.
TIMEOUT = 15.0
#: What is read of an answer.
MAX_ANSWER = 64 * 1024
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(Exception):
    """The address leads, or may lead, into a private network, or is no address of HTTP."""


class NotReached(Exception):
    """No answer: the name is unknown, the connection broke, or it took too long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    :param body: the first 64 KB.
    :param ms: how long it took.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    ms: int

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def url_check(url: str, *, field: str = "url") -> str:
    """The address, if it can be posted to. Raises InvalidInput.

    Names are looked up when something is sent, not here: what counts is where they lead then.
    """
    try:
        _parts(url)
        host = urlsplit(url).hostname or ""
        if _is_address(host):
            _require_public(host)
    except AddressRefused as error:
        message = _("This address cannot be used: %(why)s.") % {"why": error}
        raise InvalidInput(
            message, problems=[Problem(message=message, code="address_refused", loc=field, field=field)]
        ) from None
    return url


def post(
    url: str,
    *,
    content: bytes,
    headers: Mapping[str, str],
    timeout: float = TIMEOUT,
    transport: httpx.BaseTransport | None = None,
) -> Answer:
    """Post once; answers of any status come back. Raises :class:`AddressRefused` or :class:`NotReached`."""
    host, pinned = _pinned(url)
    started = time.monotonic()
    sent = {**headers, "Host": host, "User-Agent": "Hecang"}
    extensions = {"sni_hostname": _parts(url)[1]}
    try:
        with (
            httpx.Client(
                timeout=timeout, trust_env=False, follow_redirects=False, transport=transport
            ) as client,
            client.stream("POST", pinned, content=content, headers=sent, extensions=extensions) as answer,
        ):
            body = _read(answer, started + timeout)
            return Answer(
                answer.status_code,
                {name.lower(): value for name, value in answer.headers.items()},
                body,
                round((time.monotonic() - started) * 1000),
            )
    except httpx.TimeoutException:
        raise NotReached(_("no answer in time")) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotReached(type(error).__name__) from None


@dataclass(frozen=True, slots=True)
class Pinned:
    """An address whose host has been looked up and found public; what a client has to be given to go there."""

    url: str
    headers: dict[str, str]
    extensions: dict[str, str]


def pinned(url: str) -> Pinned:
    """An address for another client than :func:`post`. Raises :class:`AddressRefused` or :class:`NotReached`."""
    host, target = _pinned(url)
    return Pinned(target, {"Host": host}, {"sni_hostname": _parts(url)[1]})


def connect(host: str, port: int, *, timeout: float = TIMEOUT) -> socket.socket:
    """A connection to a host that users typed in, for protocols other than HTTP.

    Raises :class:`AddressRefused` where it lies in a private network, :class:`NotReached` where nobody answers.
    """
    number = _public_numbers(host, port)[0]
    try:
        return socket.create_connection((number, port), timeout)
    except TimeoutError:
        raise NotReached(_("no answer in time")) from None
    except OSError as error:
        raise NotReached(type(error).__name__) from None


def _read(answer: httpx.Response, until: float) -> bytes:
    """The beginning of the answer; whoever drips it out byte by byte is left alone after the time."""
    body = b""
    for chunk in answer.iter_raw():
        body += chunk
        if len(body) >= MAX_ANSWER:
            break
        if time.monotonic() > until:
            raise NotReached(_("no answer in time"))
    return body[:MAX_ANSWER]


def _parts(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused(_("it is not written correctly")) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise AddressRefused(_("it has to begin with https:// or http:// and name a host"))
    if parts.username or parts.password:
        raise AddressRefused(_("it must not hold a user name or password"))
    if parts.scheme == "http" and not settings.ALLOW_PRIVATE_URLS:
        raise AddressRefused(_("only https:// is allowed"))
    try:  # names in other letters as the name servers know them, and HTTP
        host = parts.hostname.encode("idna").decode()
    except UnicodeError:
        raise AddressRefused(_("it is not written correctly")) from None
    return parts.scheme, host, port or (443 if parts.scheme == "https" else 80)


def _pinned(url: str) -> tuple[str, str]:
    """The Host header, and the address with the name replaced by one of its public numbers."""
    scheme, host, port = _parts(url)
    numbers = _public_numbers(host, port)
    parts = urlsplit(url)
    number = f"[{numbers[0]}]" if ":" in numbers[0] else numbers[0]
    pinned = parts._replace(netloc=f"{number}:{port}", fragment="").geturl()
    name = f"[{host}]" if ":" in host else host
    default = port == (443 if scheme == "https" else 80)
    return (name if default else f"{name}:{port}"), pinned


def _public_numbers(host: str, port: int) -> list[str]:
    """The addresses of a host, every one of them public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReached(_("the name of the host is unknown")) from None
    numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for number in numbers:
        _require_public(number)
    return numbers


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _require_public(number: str) -> None:
    if settings.ALLOW_PRIVATE_URLS:
        return
    address = ipaddress.ip_address(number.split("%", maxsplit=1)[0])
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if isinstance(address, ipaddress.IPv6Address) and address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    for one in (address, inner):
        if one is not None and (not one.is_global or one.is_multicast):
            raise AddressRefused(_("it leads into a private network"))
