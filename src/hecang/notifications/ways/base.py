"""What the ways have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from hecang.kernel.connectors import ConnectorSettings


class SendFailed(Exception):
    """It was not sent.

    :param may_retry: whether another try may help.
    :param retry_after: how long the other side wants to be left alone.
    """

    def __init__(self, why: str, *, may_retry: bool = True, retry_after: timedelta | None = None) -> None:
        super().__init__(why[:300])
        self.may_retry = may_retry
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in the words of its reader.

    :param key: the same at every try.
    :param link: whole address in the desk, or empty.
    :param topic: code, for programs.
    """

    key: str
    title: str
    text: str
    link: str
    topic: str
    data: dict[str, Any]
    at: datetime


class Sender:
    """One way. ``per_minute`` is what the other side bears."""

    settings: ClassVar[type[ConnectorSettings]]
    per_minute: ClassVar[int] = 60

    def send(self, settings: Any, letter: Letter) -> None:
        """Send once. Raises :class:`SendFailed`."""
        raise NotImplementedError
