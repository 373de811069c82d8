"""An IMAP mailbox: signing in over TLS to a server that was meant, and the few things that are done in it."""

from __future__ import annotations

import imaplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from imap_tools import BaseMailBox, MailMessage, MailMessageFlags
from imap_tools.errors import ImapToolsError, MailboxLoginError

from hecang.kernel import outgoing
from hecang.kernel.connectors import TokenExpired, Unreachable

#: Seconds for each answer.
TIMEOUT = 30.0
#: Some providers (163.com, QQ) let in nobody who does not say what program this is (RFC 2971).
_IDENTITY = '("name" "Hecang" "version" "1" "vendor" "Hecang")'
imaplib.Commands.setdefault("ID", ("NONAUTH", "AUTH", "SELECTED"))


class _Client(imaplib.IMAP4_SSL):
    """TLS from the first byte, to an address that was looked up once and found allowed."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        link = outgoing.connect(self.host, self.port, timeout=timeout or TIMEOUT)
        context: ssl.SSLContext = self.ssl_context
        return context.wrap_socket(link, server_hostname=self.host)


class _Box(BaseMailBox):
    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        self._where = (host, port, context)
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        host, port, context = self._where
        return _Client(host, port, ssl_context=context, timeout=TIMEOUT)


class Mailbox:
    """One session in one folder. Raises :class:`Unreachable` and :class:`TokenExpired`."""

    def __init__(
        self, *, host: str, port: int, user: str, password: str, folder: str, certificate: str = ""
    ) -> None:
        try:
            context = ssl.create_default_context(cadata=certificate or None)
        except (ssl.SSLError, ValueError) as error:
            raise Unreachable("the certificate cannot be read", code="certificate") from error
        with _reachable():
            self._box = _Box(host, port, context)
        try:
            with _reachable():
                self._box.login(user, password, initial_folder=None)
                if "ID" in self._box.client.capabilities:
                    self._box.client.xatom("ID", _IDENTITY)
                self._box.folder.set(folder)
        except BaseException:
            self.close()
            raise

    def unseen(self) -> list[str]:
        """Numbers of mails that nobody has looked at, oldest first."""
        with _reachable():
            return sorted(self._box.uids("UNSEEN"), key=int)

    def head(self, uid: str) -> MailMessage | None:
        """A mail's headers and size; ``None`` where it is gone."""
        return self._fetched(uid, headers_only=True)

    def mail(self, uid: str) -> MailMessage | None:
        """A mail, with all that is attached; it stays unseen."""
        return self._fetched(uid, headers_only=False)

    def put_away(self, uid: str, folder: str) -> None:
        """Mark a mail as seen and move it; empty leaves it where it is. Makes the folder where it lacks."""
        with _reachable():
            self._box.flag(uid, MailMessageFlags.SEEN, True)
            if not folder:
                return
            if not self._box.folder.exists(folder):
                self._box.folder.create(folder)
            self._box.move(uid, folder)

    def close(self) -> None:
        try:
            self._box.logout()
        except (ImapToolsError, imaplib.IMAP4.error, OSError):
            return

    def _fetched(self, uid: str, *, headers_only: bool) -> MailMessage | None:
        with _reachable():
            found: Any = self._box.fetch(uid_list=[uid], mark_seen=False, headers_only=headers_only)
            return next(iter(found), None)


@contextmanager
def _reachable() -> Iterator[None]:
    """Trouble with the server, as connectors tell trouble."""
    try:
        yield
    except MailboxLoginError as error:
        raise TokenExpired("the server does not let this user in", code="auth") from error
    except (outgoing.AddressRefused, outgoing.NotReached) as error:
        raise Unreachable(str(error), code="network") from error
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(
            f"the server's certificate is not trusted: {error.verify_message}", code="tls"
        ) from error
    except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
        raise Unreachable(f"IMAP: {type(error).__name__}: {str(error)[:200]}", code="imap") from error
