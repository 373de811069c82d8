"""What messages can be about. Apps register their topics when they start.

::

    topic_register(Topic("tickets.assigned", title=gettext_noop("A ticket was assigned to me"), email=Timing.NOW))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils import translation

from hecang.notifications.models import Preference

OFF: Final = Preference.Timing.OFF.value
NOW: Final = Preference.Timing.NOW.value
HOURLY: Final = Preference.Timing.HOURLY.value
DAILY: Final = Preference.Timing.DAILY.value
IN_APP: Final = "in_app"
EMAIL: Final = "email"


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject that people choose to hear of.

    :param code: ``<app>.<what>``.
    :param title: English source string, marked with ``gettext_noop``.
    :param in_app: what holds for those who have chosen nothing: ``now`` or ``off``.
    :param email: the same for e-mail: ``now``, ``hourly``, ``daily`` or ``off``.
    """

    code: str
    title: str
    in_app: str = NOW
    email: str = OFF

    def default(self, way: str) -> str:
        return self.in_app if way == IN_APP else self.email


_topics: dict[str, Topic] = {}


def topic_register(topic: Topic) -> None:
    """Make a topic known."""
    _topics[topic.code] = topic


def topic(code: str) -> Topic:
    """The topic of a code. Raises KeyError for one that no app has registered."""
    return _topics[code]


def topics() -> list[Topic]:
    """All topics, by code."""
    return [_topics[code] for code in sorted(_topics)]


def topic_title(code: str) -> str:
    """How a topic is called in the language at hand; its code where no app knows it any more."""
    return translation.gettext(_topics[code].title) if code in _topics else code
