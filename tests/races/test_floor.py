"""Real concurrency on handhelds: one scan from many sides, two handhelds on one job, many workers at once."""

from __future__ import annotations

import uuid

import pytest
from tests.factories import facility
from tests.factories.accounts import user_make
from tests.factories.floor import Handheld
from tests.factories.threads import race

from hecang.accounts.selectors import actor_of_user
from hecang.kernel.actor import acting
from hecang.work.floor import protocol
from hecang.work.floor.engine import Answer, EntryIn, session_begin, session_enter
from hecang.work.floor.protocol import Entry, Input, Job, Scenario, Step
from hecang.work.models import FloorEntry, FloorSession

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


class Adder(Scenario):
    code = "adder"
    title = "Adder"
    permission = "work.floor.use"

    def begin(self, job: Job) -> Step:
        job.memory["sum"] = 0
        return self._step(job)

    def take(self, job: Job, entry: Entry) -> Step:
        job.memory["sum"] += int(entry.value)
        return self._step(job)

    def _step(self, job: Job) -> Step:
        return Step("add", f"Sum {job.memory['sum']}", (Input("quantity", "add", "Add"),))


@pytest.fixture(autouse=True)
def _adder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(protocol._scenarios, "adder", Adder())


@pytest.fixture
def pda(transactional_db: None) -> Handheld:
    return Handheld(facility.warehouse(aisles=1, bays=1)).begin("adder")


def test_the_same_scan_from_many_sides_counts_once(pda: Handheld) -> None:
    scan_id, answers = uuid.uuid4(), list[Answer]()
    actor = actor_of_user(pda.user)

    def send(_number: int) -> None:
        with acting(actor):
            answers.append(
                session_enter(session_id=pda.session_id, entry=EntryIn(scan_id, "add", "7", version=0))
            )

    assert race(send, threads=8) == []
    assert pda.session.memory["sum"] == 7
    assert sorted(one.repeated for one in answers) == [False] + [True] * 7
    assert {one.step["prompt"] for one in answers} == {"Sum 7"}
    assert FloorEntry.objects.count() == 1


def test_the_same_scan_id_on_two_jobs_is_taken_by_one(pda: Handheld) -> None:
    other = Handheld(pda.warehouse, pda.user).begin("adder")
    scan_id, answers = uuid.uuid4(), list[Answer]()
    actor = actor_of_user(pda.user)

    def send(number: int) -> None:
        session_id = (pda, other)[number % 2].session_id
        with acting(actor):
            answers.append(
                session_enter(session_id=session_id, entry=EntryIn(scan_id, "add", "7", version=0))
            )

    assert race(send, threads=8) == []
    assert sorted((pda.session.memory["sum"], other.session.memory["sum"])) == [0, 7]
    assert sorted(one.code for one in answers) == [""] * 4 + ["scan_id_reused"] * 4


def test_two_handhelds_on_one_job_lose_nothing(pda: Handheld) -> None:
    """Each goes on with what it sees; what comes too late is asked about and applied by its worker."""
    actor = actor_of_user(pda.user)
    questions: list[int] = []

    def work(_number: int) -> None:
        seen = 0
        for _entry in range(10):
            with acting(actor):
                answer = session_enter(
                    session_id=pda.session_id, entry=EntryIn(uuid.uuid4(), "add", "1", version=seen)
                )
                while not answer.ok:
                    assert answer.code == "conflict"
                    questions.append(1)
                    choice = answer.step["inputs"][0]["options"][0]["value"]
                    answer = session_enter(
                        session_id=pda.session_id,
                        entry=EntryIn(uuid.uuid4(), "conflict", choice, version=answer.session["version"]),
                    )
                seen = answer.session["version"]

    assert race(work, threads=2) == []
    assert pda.session.memory["sum"] == 20
    assert not FloorEntry.objects.filter(outcome="held").exists()


def test_a_job_begins_once(pda: Handheld) -> None:
    user = user_make(roles=["operator"])
    actor, session_id = actor_of_user(user), uuid.uuid4()

    def begin(_number: int) -> None:
        with acting(actor):
            session_begin(session_id=session_id, scenario="adder", warehouse_id=pda.warehouse.pk)

    assert race(begin, threads=8) == []
    assert FloorSession.objects.filter(user=user).count() == 1
