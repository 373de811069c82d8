"""What handhelds and the server say to each other: one protocol for every job on the floor.

A *scenario* is one kind of job (receive, put away, count …). A *session* is one run of it on one handheld. The
server answers every entry with the next *step*: what to say, what to show, and which *inputs* it will take. The
handheld draws any step without knowing the scenario. ``docs/reference/floor-protocol.md`` tells the whole of it.

A scenario works in two kinds of places: what it *remembers* between steps is a plain JSON dictionary that the engine
keeps in ``FloorSession.memory``, and what it *does* goes through the services of its app, within the transaction of
the engine. A refused entry (:class:`Refusal`, or any other error of ``kernel.errors`` below 500 that a
service raises) has changed nothing, and the step stays as it was. The engine looks at an entry first: its name has to
be one of the step's inputs; quantities come as digits within minimum and maximum, dates as ISO, choices as one of the
options, codes and texts trimmed and not empty, photos as the id of a stored one (``FloorPhoto``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from hecang.kernel.errors import InvalidInput

InputKind = Literal["scan", "text", "quantity", "date", "choice", "confirm", "photo"]
#: How something is shown and heard.
Tone = Literal["plain", "good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice. ``hint`` is the smaller second line."""

    value: str
    label: str
    hint: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Input:
    """Something that the step takes.

    :param kind: ``scan`` (a code, by scanner, camera or keys), ``text``, ``quantity`` (whole base units), ``date``
        (ISO), ``choice`` (one of ``options``), ``confirm`` (a button), ``photo`` (an uploaded file's id).
    :param name: what the entry calls it.
    :param label: what stands beside the field or on the button.
    :param options: of a choice, in the order to show; shown as large buttons.
    :param value: what the field is filled with at first.
    :param minimum: of a quantity, inclusive.
    :param maximum: of a quantity, inclusive.
    :param unit: of a quantity, such as ``pcs``.
    :param accepts: of a scan: kinds that make sense here (``sku``, ``location``, ``container`` …), for hints.
    :param tone: of a button; ``bad`` asks once more before it is sent.
    """

    kind: InputKind
    name: str
    label: str
    options: tuple[Option, ...] = ()
    value: str = ""
    minimum: int | None = None
    maximum: int | None = None
    unit: str = ""
    accepts: tuple[str, ...] = ()
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something to know at this step: ``label`` small, ``value`` large."""

    label: str
    value: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Step:
    """What the handheld shows now.

    :param state: code of the step within its scenario, such as ``scan_location``.
    :param prompt: the instruction, in the reader's language, short enough to be read at arm's length and spoken.
    :param inputs: what it takes; the first is the one that a scan goes to.
    :param facts: what to know, most important first.
    :param said: what the last entry did, such as “12 pcs of MUG-01 received”; empty at first.
    :param tone: of the last entry, for colour and sound.
    :param progress: (done, of) where the job has an end.
    :param can_undo: whether ``undo`` is taken now.
    :param is_over: the job is done; the handheld goes back to its menu.
    """

    state: str
    prompt: str
    inputs: tuple[Input, ...] = ()
    facts: tuple[Fact, ...] = ()
    said: str = ""
    tone: Tone = "plain"
    progress: tuple[int, int] | None = None
    can_undo: bool = False
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What the worker has given.

    :param name: the input that it answers; ``undo`` and ``leave`` are known to every scenario.
    :param value: the code, number, date (ISO), option, file id; empty for a confirmation.
    :param happened_at: when the handheld says the worker did it, which may be long before it reached the server;
        ``None`` where it does not say.
    """

    name: str
    value: str = ""
    happened_at: datetime | None = None


class Refusal(InvalidInput):
    """An entry does not fit: wrong place, unknown code, too many. Nothing has changed; the step stays.

    The message says what is wrong and what to do, ``code`` is stable.
    """

    code: ClassVar[str] = "floor_refused"


@dataclass(slots=True)
class Job:
    """A session as its scenario sees it.

    :param memory: what the scenario remembers; plain JSON, changed in place.
    :param task_id: the task of the pool that this session works on; set by the scenario when it claims one. The
        engine renews its lease with every entry, and refuses (``task_lost``) when it is another's by then.
    :param given: how the session was begun, such as ``{"task_id": 7}``.
    """

    session_id: str
    warehouse_id: int
    user_id: int
    memory: dict[str, Any] = field(default_factory=dict)
    task_id: int | None = None
    given: Mapping[str, str] = field(default_factory=dict)


class Scenario(ABC):
    """One kind of job on the floor. Subclass it in ``<app>/scenarios/`` and register it in ``AppConfig.ready``.

    The methods run in one transaction with the session locked; they call services, never write by themselves.
    """

    code: ClassVar[str]
    #: Source string of its name in the menu.
    title: ClassVar[str]
    #: Who may begin it.
    permission: ClassVar[str]
    #: Name of its icon in the handheld's set.
    icon: ClassVar[str] = "scan"
    #: Kinds of tasks of the pool that it works off; the menu counts them.
    task_kinds: ClassVar[Sequence[str]] = ()

    @abstractmethod
    def begin(self, job: Job) -> Step:
        """The first step. Raises :class:`Refusal` where nothing can be done now."""

    @abstractmethod
    def take(self, job: Job, entry: Entry) -> Step:
        """What follows from an entry. Raises :class:`Refusal` where it does not fit."""

    def undo(self, job: Job) -> Step:
        """Take the last entry back. Only called where the step before said ``can_undo``."""
        raise NotImplementedError(f"{self.code} cannot undo")

    def leave(self, job: Job) -> None:  # noqa: B027 - most have nothing to give back
        """The worker goes; give back what was claimed. What has been done stays done.

        A task that ``job.task_id`` still names afterwards is released by the engine, if it is assigned or started.
        """


_scenarios: dict[str, Scenario] = {}


def scenario_register(scenario: Scenario) -> None:
    """Offer ``scenario`` on handhelds; the last registration of a code counts."""
    _scenarios[scenario.code] = scenario


def scenarios() -> Mapping[str, Scenario]:
    """All that are registered, by code, in the order of registration."""
    return _scenarios
