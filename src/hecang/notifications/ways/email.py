"""E-mail through the mail server of the installation (``HECANG_SMTP_…``)."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from hecang.kernel.connectors import ConnectorSettings
from hecang.notifications.ways.base import Letter, Sender, SendFailed


class EmailSettings(ConnectorSettings):
    address: str = Field(
        title=gettext_noop("E-mail address"), max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
    )


class Email(Sender):
    settings = EmailSettings
    per_minute = 120

    def send(self, settings: EmailSettings, letter: Letter) -> None:
        send_mail(to=settings.address, letters=[letter])


def send_mail(*, to: str, letters: Sequence[Letter]) -> None:
    """One mail with one message or a digest of several. Raises :class:`SendFailed`."""
    first = letters[0]
    subject = (
        first.title if len(letters) == 1 else _("%(count)s messages from Hecang") % {"count": len(letters)}
    )
    mail_post(
        to=to,
        subject=subject,
        body="\n\n".join(_paragraph(letter, alone=len(letters) == 1) for letter in letters),
        key=first.key,
    )


def mail_post(
    *, to: str, subject: str, body: str, key: str, attachments: Sequence[tuple[str, bytes, str]] = ()
) -> None:
    """Send a mail. Raises :class:`SendFailed`.

    :param key: the same at every try: it becomes the mail's id, so that servers and readers recognise a second copy.
    :param attachments: (name, content, media type).
    """
    if not settings.EMAIL_HOST:
        raise SendFailed(_("no mail server is set up"), may_retry=False)
    mail = EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        to=[to],
        headers={"Message-ID": f"<{key}@hecang>", "Auto-Submitted": "auto-generated"},
        attachments=list(attachments),
    )
    try:
        mail.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise SendFailed(type(error).__name__, may_retry=_is_temporary(error)) from None
    except (smtplib.SMTPException, OSError) as error:
        raise SendFailed(type(error).__name__) from None


def _paragraph(letter: Letter, *, alone: bool) -> str:
    lines = [letter.text or letter.title, letter.link] if alone else [letter.title, letter.text, letter.link]
    return "\n".join(line for line in lines if line)


def _is_temporary(error: smtplib.SMTPException) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code < 500 for code, _text in error.recipients.values())
    return getattr(error, "smtp_code", 500) < 500
