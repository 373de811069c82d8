"""A handheld for tests: begins a job and gives entries, without the network.

::

    pda = Handheld(warehouse).begin("receive", {"task_id": str(task.id)})
    pda.expect("scan_document").give("scan", "AN260101-000001").give("quantity", "12")
    assert pda.said == "12 pcs of MUG-01 received"
    pda.refused("scan", "NONSENSE", code="code_unknown")
    pda.over()
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from tests.factories.accounts import user_make

from hecang.accounts.models import User
from hecang.accounts.selectors import actor_of_user
from hecang.config import api  # noqa: F401 - roles are patterns over what the operations declare
from hecang.facility.models import Warehouse
from hecang.kernel.actor import acting
from hecang.work.floor.engine import Answer, EntryIn, session_begin, session_enter
from hecang.work.models import FloorSession


class Handheld:
    """One handheld in a worker's hands. Every call acts as that user.

    :param user: who works; a new operator for this warehouse where it is left out.
    """

    def __init__(self, warehouse: Warehouse, user: User | None = None) -> None:
        self.warehouse = warehouse
        self.user = user or user_make(roles=["operator"], warehouse_ids=[warehouse.pk])
        self.session_id = uuid.uuid4()
        self.version = 0
        self.step: dict[str, Any] = {}
        self.answer: Answer | None = None

    # ------------------------------------------------------------ doing

    def begin(self, scenario: str, given: Mapping[str, str] | None = None) -> Handheld:
        """Begin a job under a new session id."""
        self.session_id = uuid.uuid4()
        with acting(actor_of_user(self.user)):
            session = session_begin(
                session_id=self.session_id, scenario=scenario, warehouse_id=self.warehouse.pk, given=given
            )
        self.step, self.version = session.step, session.version
        return self

    def send(
        self,
        name: str,
        value: object = "",
        *,
        scan_id: uuid.UUID | None = None,
        version: int | None = None,
        after: uuid.UUID | None = None,
    ) -> Answer:
        """Give an entry and keep the answer, whatever it is."""
        seen = None if after else self.version if version is None else version
        entry = EntryIn(
            scan_id=scan_id or uuid.uuid4(), name=name, value=str(value), version=seen, after=after
        )
        with acting(actor_of_user(self.user)):
            answer = session_enter(session_id=self.session_id, entry=entry)
        self.answer, self.step, self.version = answer, answer.step, answer.session["version"]
        return answer

    def give(self, name: str, value: object = "") -> Handheld:
        """Give an entry that has to be taken."""
        answer = self.send(name, value)
        assert answer.ok, f"refused with {answer.code}: {answer.message}\n{self}"
        return self

    def scan(self, *codes: str) -> Handheld:
        """Scan codes, each into the first scan input of the step then."""
        for code in codes:
            name = next((one["name"] for one in self.step["inputs"] if one["kind"] == "scan"), None)
            assert name is not None, f"nothing to scan at this step\n{self}"
            self.give(name, code)
        return self

    def refused(self, name: str, value: object = "", *, code: str | None = None) -> Handheld:
        """Give an entry that has to be refused, with this code where one is named; the step stays."""
        before = self.step
        answer = self.send(name, value)
        assert not answer.ok, f"“{name} {value}” was taken\n{self}"
        assert code is None or answer.code == code, f"{answer.code}: {answer.message}"
        assert answer.message
        assert self.step == before
        return self

    def refused_as(
        self, code: str, name: str, value: object = "", *, scan_id: uuid.UUID | None = None
    ) -> Handheld:
        """Give an entry that has to be refused, and stay where it was."""
        before, version = self.step, self.version
        answer = self.send(name, value, scan_id=scan_id)
        assert (answer.ok, answer.code) == (False, code), f"{answer.code}: {answer.message}\n{self}"
        self.step, self.version = before, version
        return self

    def undo(self) -> Handheld:
        return self.give("undo")

    def leave(self) -> Handheld:
        return self.give("leave").over()

    # ------------------------------------------------------------ looking

    def expect(self, state: str, **facts: str) -> Handheld:
        """The step has to be this one, and show these values under labels written with ``_`` for spaces."""
        assert self.step["state"] == state, str(self)
        for label, value in facts.items():
            assert self.facts.get(label.replace("_", " ")) == value, str(self)
        return self

    def over(self) -> Handheld:
        """The job has to be at its end."""
        assert self.step["is_over"], str(self)
        assert not self.session.is_open
        return self

    @property
    def state(self) -> str:
        return str(self.step["state"])

    @property
    def prompt(self) -> str:
        return str(self.step["prompt"])

    @property
    def said(self) -> str:
        return str(self.step["said"])

    @property
    def facts(self) -> dict[str, str]:
        return {one["label"]: one["value"] for one in self.step["facts"]}

    @property
    def inputs(self) -> list[str]:
        return [one["name"] for one in self.step["inputs"]]

    def options(self, name: str) -> list[str]:
        """The values that a choice offers."""
        field = next(one for one in self.step["inputs"] if one["name"] == name)
        return [one["value"] for one in field["options"]]

    @property
    def session(self) -> FloorSession:
        return FloorSession.objects.get(pk=self.session_id)

    def __str__(self) -> str:
        """The screen, for messages of failed tests."""
        shown = [f"[{self.step.get('state')}] {self.step.get('prompt')}", f"  said: {self.step.get('said')}"]
        shown += [f"  {one['label']}: {one['value']}" for one in self.step.get("facts", ())]
        shown += [f"  <{one['kind']} {one['name']}> {one['label']}" for one in self.step.get("inputs", ())]
        return "\n".join(shown)
