"""Orders in mails: CSV and XLSX files that allowed senders attach. Nobody is answered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from django.db import DatabaseError
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from imap_tools import MailMessage
from pydantic import Field, SecretStr

from hecang.integrations.channels.base import (
    ChannelConnector,
    ChannelOrder,
    Feature,
    FileOutcome,
    FileProblem,
    Limits,
    OrderFile,
    Page,
    Window,
)
from hecang.integrations.channels.folder_channel import ALL_TIME, NEXT, FileSettings, unreadable
from hecang.integrations.channels.mailbox import Mailbox
from hecang.integrations.channels.order_files import OrdersRead, orders_read

logger = structlog.get_logger("hecang.channels")
SUFFIXES = (".csv", ".xlsx")
#: Attachments of one mail that are looked at.
MOST_ATTACHMENTS = 20
#: Mails of strangers that are passed over in one go.
MOST_STRANGERS = 200


class MailSettings(FileSettings):
    host: str = Field(title=_("IMAP server"), max_length=200)
    port: int = Field(993, title=_("Port"), description=_("Of IMAP over TLS"), ge=1, le=65535)
    user: str = Field(title=_("User"), max_length=200)
    password: SecretStr = Field(title=_("Password"), description=_("Many providers give one for programs"))
    certificate: str = Field(
        "",
        title=_("Certificate"),
        description=_("Of a server of your own, in PEM form; empty for one that everybody trusts"),
        max_length=20_000,
    )
    folder: str = Field("INBOX", title=_("Folder"), max_length=200)
    senders: str = Field(
        title=_("Senders"),
        description=_("Addresses or @domains, separated by commas; mails of others are left alone"),
        min_length=3,
        max_length=2000,
    )
    proof_by: str = Field(
        "",
        title=_("Proof of the sender by"),
        description=_(
            "Name of your mail server in Authentication-Results; if given, only mails that it calls "
            "genuine (dmarc=pass) are read"
        ),
        max_length=200,
    )
    done_folder: str = Field("Hecang-Done", title=_("Folder for mails that are done"), max_length=200)
    failed_folder: str = Field("Hecang-Failed", title=_("Folder for mails with mistakes"), max_length=200)
    most_mb: int = Field(25, title=_("Largest mail in MB"), ge=1, le=50)


@dataclass(slots=True)
class _Open:
    """A mail that is being worked on, attachment by attachment."""

    uid: str
    message_id: str
    at: datetime
    attachments: list[tuple[str, bytes]]
    next: int = 0
    has_failed: bool = False


class MailChannel(ChannelConnector):
    code = "mail"
    title = _("E-mail with files (IMAP)")
    Settings = MailSettings
    features = frozenset({Feature.PULL_ORDERS})
    limits = Limits(page_size=1, window=ALL_TIME, overlap=ALL_TIME * 0, calls_per_second=0)

    _mailbox: Mailbox | None = None
    _open: _Open | None = None

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox, opened at its first use."""
        if self._mailbox is None:
            self._mailbox = Mailbox(
                host=self.settings.host,
                port=self.settings.port,
                user=self.settings.user,
                password=self.settings.password.get_secret_value(),
                folder=self.settings.folder,
                certificate=self.settings.certificate,
            )
        return self._mailbox

    def close(self) -> None:
        if self._mailbox is not None:
            self._mailbox.close()
            self._mailbox = None

    def check(self) -> None:
        self.mailbox.unseen()

    def pull_orders(self, window: Window, cursor: str | None) -> Page[ChannelOrder]:  # noqa: ARG002
        """One attachment, whenever it came."""
        if self._open is None:
            found = self._find()
            if isinstance(found, OrderFile):
                return Page([], NEXT, found)
            self._open = found
        return self._attachment(self._open) if self._open is not None else Page([])

    def settle_file(self, file: OrderFile, outcome: FileOutcome, problems: Sequence[FileProblem]) -> None:  # noqa: ARG002
        """After its last attachment a mail is put away: to the mistakes where any of them had some."""
        opened = self._open
        if opened is None or opened.uid != file.place:
            failed = outcome is FileOutcome.FAILED
            self.mailbox.put_away(
                file.place, self.settings.failed_folder if failed else self.settings.done_folder
            )
            return
        opened.has_failed |= outcome is FileOutcome.FAILED
        opened.next += 1
        if opened.next < len(opened.attachments):
            return
        self.mailbox.put_away(
            opened.uid, self.settings.failed_folder if opened.has_failed else self.settings.done_folder
        )
        self._open = None

    # ---------------------------------------------------------------- one mail

    def _find(self) -> _Open | OrderFile | None:
        """The next mail of ours, or what is wrong with it."""
        for uid in self.mailbox.unseen()[:MOST_STRANGERS]:
            found = self._opened(uid)
            if found is not None:
                return found
        return None

    def _opened(self, uid: str) -> _Open | OrderFile | None:
        """Open a mail; nothing where it is none of ours."""
        head = self.mailbox.head(uid)
        if head is None:
            return None
        if not self._is_allowed(head):
            self.mailbox.put_away(uid, "")
            return None
        if head.size_rfc822 > self.settings.most_mb * 1024 * 1024:
            digest = hashlib.sha256(f"{_message_id(head)}\n{head.size_rfc822}".encode()).hexdigest()
            problem = FileProblem(
                "too_large", gettext("The mail is larger than %(most)s MB.") % {"most": self.settings.most_mb}
            )
            return OrderFile(f"mail:{digest}", digest, head.subject[:255], [problem], uid)
        mail = self.mailbox.mail(uid)
        attachments = _attachments(mail) if mail is not None else []
        if mail is None or not attachments:
            self.mailbox.put_away(uid, "")
            return None
        now = self.link.now()
        at = mail.date if mail.date.tzinfo is not None else mail.date.replace(tzinfo=UTC)
        return _Open(uid, _message_id(mail), at if at.year > 1970 and at < now else now, attachments)

    def _attachment(self, mail: _Open) -> Page[ChannelOrder]:
        name, content = mail.attachments[mail.next]
        digest = hashlib.sha256(content).hexdigest()
        key = hashlib.sha256(f"{mail.message_id}\n{digest}".encode()).hexdigest()
        try:
            read = orders_read(
                content, at=mail.at, columns=self.settings.columns, date_order=self.settings.date_order
            )
        except DatabaseError:
            raise
        except Exception as error:  # whatever a stranger's file does to a reader: it must not stop the others
            logger.exception("order_file_unreadable", connector=self.code)
            read = OrdersRead([], [unreadable(error)])
        file = OrderFile(f"mail:{key}", digest, name, read.problems, mail.uid)
        return Page(read.orders, NEXT, file)

    def _is_allowed(self, head: MailMessage) -> bool:
        """From one of the senders, and proved to be, where proof is asked for."""
        senders = [one.strip().lower() for one in self.settings.senders.split(",") if one.strip()]
        sender = head.from_.lower()
        if not any(sender == one or (one.startswith("@") and sender.endswith(one)) for one in senders):
            return False
        if not self.settings.proof_by:
            return True
        # The topmost is our own server's; whatever a sender wrote into the mail stands below it.
        first = _header(head, "authentication-results")
        server, _semicolon, said = first.partition(";")
        return server.split()[:1] == [self.settings.proof_by] and "dmarc=pass" in said.lower()


def _attachments(mail: MailMessage) -> list[tuple[str, bytes]]:
    found = [
        (one.filename, one.payload) for one in mail.attachments if one.filename.lower().endswith(SUFFIXES)
    ]
    return found[:MOST_ATTACHMENTS]


def _message_id(mail: MailMessage) -> str:
    """What names a mail for ever; of those without a number what they say of themselves."""
    return _header(mail, "message-id") or f"{mail.from_}\n{mail.date_str}\n{mail.subject}"


def _header(mail: MailMessage, name: str) -> str:
    """The topmost header of that name, empty where there is none."""
    found: Mapping[str, tuple[str, ...]] = mail.headers
    return next(iter(found.get(name, ())), "").strip()
