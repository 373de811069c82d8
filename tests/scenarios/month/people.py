"""People at work: what all of them have, and the handheld that forgets nothing."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, ClassVar, TypeVar

from django.db import connection
from django.utils import translation
from tests.factories.floor import Handheld
from tests.scenarios.month.company import Company, Goods
from tests.scenarios.month.faults import Strike, faults

from hecang.accounts.selectors import actor_of_user
from hecang.facility.models import Warehouse
from hecang.kernel import clock
from hecang.kernel.actor import acting
from hecang.kernel.errors import HecangError
from hecang.work.floor.engine import Answer

R = TypeVar("R")
#: Messages of handhelds that are sent twice.
TWICE = 0.06


class Doings:
    """Who did what, which refusals they met, and which faults struck; shared by all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.done: Counter[tuple[str, str]] = Counter()
        self.refused: Counter[tuple[str, str]] = Counter()
        self.faults: Counter[str] = Counter()
        self.wrong: list[str] = []

    def add(self, counter: str, key: Any, count: int = 1) -> None:
        with self._lock:
            getattr(self, counter)[key] += count

    def is_wrong(self, text: str) -> None:
        with self._lock:
            self.wrong.append(text)


class Person:
    """Somebody with a job. One turn is one piece of work that the database says is to be done.

    :cvar deeds: what has to be done at least once in a month.
    """

    job: ClassVar[str]
    roles: ClassVar[tuple[str, ...]] = ("operator",)
    deeds: ClassVar[tuple[str, ...]] = ()
    #: Turns in a day at most.
    turns: ClassVar[int] = 8
    #: Sees both warehouses, though they work in one.
    is_everywhere: ClassVar[bool] = False

    def __init__(
        self, company: Company, doings: Doings, site: Warehouse | None = None, number: int = 1
    ) -> None:
        self.company, self.doings = company, doings
        self.name = "-".join(filter(None, (self.job, site.code if site else "", str(number))))
        self.user = company.user(self.name, self.roles, None if self.is_everywhere else site)
        self.actor = actor_of_user(self.user)
        self._site = site
        self.chance = company.chance(self.name)
        self.strike: Strike | None = None
        self.is_closing = False

    @property
    def site(self) -> Warehouse:
        assert self._site is not None
        return self._site

    def morning(self) -> None:
        """A new day: chance of its own, and what the day brings for this job."""
        self.chance = self.company.chance(self.name, self.company.day)

    def work(self) -> bool:
        """One piece of work; whether there was any."""
        raise NotImplementedError

    def turn(self, *, rate: float) -> bool:
        """Work once as this person, with faults at this rate; whether there was anything to do."""
        with (
            acting(self.actor), clock.at(self.company.now()), translation.override("en"),
            faults(rate, self.chance) as self.strike,
        ):  # fmt: skip
            try:
                return self.work()
            except HecangError as error:
                if error.status >= 500:
                    raise
                self.refused(error.instance_code)
                return True
            except Exception as error:
                if not self.strike.was(error):
                    raise
                self._struck()
                return True
            finally:
                if self.strike.has_struck and self.strike.kind == "deadlock":
                    self.doings.add("faults", "deadlock")

    def _struck(self) -> None:
        assert self.strike is not None
        self.doings.add("faults", self.strike.kind)
        if self.strike.kind == "cut":
            connection.close()

    def again(self, call: Callable[[], R]) -> R:
        """Do what may be repeated: once more under the same key, where the first try was struck."""
        try:
            return call()
        except Exception as error:
            if self.strike is None or not self.strike.was(error):
                raise
            self._struck()
            self.doings.add("faults", "repeated")
            return call()

    def did(self, what: str, count: int = 1) -> None:
        if count:
            self.doings.add("done", (self.job, what), count)

    def refused(self, code: str) -> None:
        self.doings.add("refused", (self.job, code))

    def now_and_then(self, share: float) -> bool:
        """Never while the books are being closed."""
        return not self.is_closing and self.chance.random() < share

    def goods(self, sku_id: int) -> Goods:
        return self.company.goods[sku_id]

    def pda(self) -> Pda:
        return Pda(self)


class Pda(Handheld):
    """A handheld in this person's hands: what was struck is sent again under its id, and some of it twice anyway."""

    def __init__(self, person: Person) -> None:
        super().__init__(person.site, person.user)
        self.person = person

    def begin(self, scenario: str, given: Mapping[str, str] | None = None) -> Pda:
        session_id = uuid.uuid4()

        def call() -> None:
            with acting(self.person.actor):
                from hecang.work.floor.engine import session_begin

                session = session_begin(
                    session_id=session_id, scenario=scenario, warehouse_id=self.warehouse.pk, given=given
                )
            self.session_id, self.step, self.version = session_id, session.step, session.version

        self.person.again(call)
        return self

    def enter(self, name: str, value: object = "") -> Answer:
        """Give an entry; a refusal is noted, a repetition has to get the first answer."""
        scan_id, version = uuid.uuid4(), self.version
        answer = self.person.again(lambda: self.send(name, value, scan_id=scan_id, version=version))
        if answer.session["is_open"] and self.person.chance.random() < TWICE:
            again = self.send(name, value, scan_id=scan_id, version=version)
            same = (again.ok, again.code, again.step) == (answer.ok, answer.code, answer.step)
            assert again.repeated, f"a repeated scan was taken again: {again}"
            assert same, f"a repeated scan was answered otherwise: {answer} / {again}"
            self.person.did("repeated scans")
        if not answer.ok:
            self.person.refused(answer.code)
        return answer

    @property
    def is_over(self) -> bool:
        return bool(self.step.get("is_over"))

    def has(self, name: str) -> bool:
        return name in self.inputs

    def away(self) -> None:
        """Leave the job; now and then it is forgotten, and the lease has to run out."""
        if not self.is_over:
            if self.person.now_and_then(0.03):
                self.person.did("jobs left lying")
            else:
                self.enter("leave")
