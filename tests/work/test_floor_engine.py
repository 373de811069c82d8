"""The engine of the floor: entries are answered once, too late ones are asked about, nothing half done stays."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext as _
from tests.factories import facility
from tests.factories.accounts import user_make
from tests.factories.floor import Handheld

from hecang.accounts.selectors import actor_of_user
from hecang.facility.models import Warehouse
from hecang.kernel import clock
from hecang.kernel.actor import acting
from hecang.kernel.db import fetch
from hecang.kernel.errors import NotFound, PermissionMissing, StockShort, Unavailable
from hecang.work.floor import protocol, reading
from hecang.work.floor.engine import (
    EntryIn,
    session_begin,
    session_enter,
    session_enter_many,
    sessions_close_idle,
)
from hecang.work.floor.errors import SessionReused, SessionUnknown
from hecang.work.floor.protocol import Entry, Input, Job, Option, Refusal, Scenario, Step
from hecang.work.models import FloorEntry, FloorSession, Worker

pytestmark = pytest.mark.django_db


class Toy(Scenario):
    """Counts: ``add`` so many, ``place`` somewhere, ``finish``; fails in all the ways there are."""

    code = "toy"
    title = "Toy"
    permission = "work.floor.use"
    task_kinds = ("count",)

    def begin(self, job: Job) -> Step:
        if job.given.get("fail"):
            raise Refusal("Nothing to do.", code="nothing_to_do")
        job.memory["sum"] = int(job.given.get("from", "0"))
        return self._step(job)

    def take(self, job: Job, entry: Entry) -> Step:
        if entry.name == "finish":
            return Step("done", "Done", is_over=True, tone="good")
        if entry.name == "mode":
            job.memory["sum"] += 1000
            if entry.value == "short":
                raise StockShort("Too little.", data={"short": 1})
            if entry.value == "away":
                raise Unavailable("The database is away.")
            raise Refusal("No.", code="toy_no")
        if entry.name == "add":
            job.memory["sum"] += int(entry.value)
            job.memory["last"] = int(entry.value)
        return self._step(job, f"{entry.name} {entry.value}")

    def undo(self, job: Job) -> Step:
        job.memory["sum"] -= job.memory.pop("last")
        return self._step(job, "taken back")

    def _step(self, job: Job, said: str = "") -> Step:
        return Step(
            state="counting",
            prompt=f"Sum is {job.memory['sum']}",
            inputs=(
                Input("scan", "place", "Place", accepts=("location",)),
                Input("quantity", "add", "Add", minimum=1, maximum=50),
                Input("date", "day", "Day"),
                Input("text", "note", "Note"),
                Input("photo", "picture", "Picture"),
                Input(
                    "choice",
                    "mode",
                    "Mode",
                    options=(Option("short", "a"), Option("away", "b"), Option("no", "c")),
                ),
                Input("confirm", "finish", _("Confirm")),
            ),
            said=said,
            can_undo="last" in job.memory,
        )


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(protocol._scenarios, "toy", Toy())


@pytest.fixture
def warehouse() -> Warehouse:
    return facility.warehouse(aisles=1, bays=1)


@pytest.fixture
def pda(warehouse: Warehouse) -> Handheld:
    return Handheld(warehouse).begin("toy")


def test_every_entry_is_answered_with_the_next_step(pda: Handheld) -> None:
    pda.expect("counting").give("add", "7").give("add", "１２")
    assert (pda.prompt, pda.said, pda.version) == ("Sum is 19", "add 12", 2)
    pda.give("finish").over()


def test_a_repeated_entry_gets_its_first_answer_and_changes_nothing(pda: Handheld) -> None:
    scan_id = uuid.uuid4()
    first = pda.send("add", 7, scan_id=scan_id)
    pda.give("add", 1)
    again = pda.send("add", 7, scan_id=scan_id, version=0)
    assert again.repeated
    assert (again.step, again.session) == (first.step, first.session)
    assert pda.session.memory["sum"] == 8


def test_a_refusal_is_repeated_too(pda: Handheld) -> None:
    scan_id = uuid.uuid4()
    first = pda.send("add", 99, scan_id=scan_id)
    again = pda.send("add", 99, scan_id=scan_id)
    assert (first.code, first.message) == (again.code, again.message)
    assert again.repeated


def test_an_id_with_another_content_is_refused(pda: Handheld) -> None:
    scan_id = uuid.uuid4()
    pda.send("add", 7, scan_id=scan_id)
    pda.refused_as("scan_id_reused", "add", 8, scan_id=scan_id)
    other = Handheld(pda.warehouse, pda.user).begin("toy")
    other.refused_as("scan_id_reused", "add", 7, scan_id=scan_id)
    assert (pda.session.memory["sum"], other.session.memory["sum"]) == (7, 0)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("nonsense", "1", "input_unknown"),
        ("add", "0", "quantity_invalid"),
        ("add", "51", "quantity_invalid"),
        ("add", "2.5", "quantity_invalid"),
        ("add", "", "quantity_invalid"),
        ("add", "9" * 900, "quantity_invalid"),
        ("place", "  ", "code_missing"),
        ("day", "2027-02-30", "date_invalid"),
        ("day", "soon", "date_invalid"),
        ("note", " ", "text_invalid"),
        ("note", "x" * 501, "text_invalid"),
        ("picture", "1", "photo_invalid"),
        ("picture", "x", "photo_invalid"),
        ("mode", "other", "choice_invalid"),
        ("mode", "no", "toy_no"),
        ("mode", "short", "stock_short"),
        ("undo", "", "nothing_to_undo"),
    ],
)
def test_what_does_not_fit_changes_nothing(pda: Handheld, name: str, value: str, code: str) -> None:
    pda.refused(name, value, code=code)
    assert (pda.session.memory["sum"], pda.session.version) == (0, 0)


@pytest.mark.parametrize("written", ["2027-03-31", "20270331", "270331", "2027/03/31", " 2027.03.31 "])
def test_dates_are_understood_as_people_write_them(pda: Handheld, written: str) -> None:
    assert pda.give("day", written).said == "day 2027-03-31"


def test_trouble_of_ours_is_not_an_answer(pda: Handheld) -> None:
    scan_id = uuid.uuid4()
    with pytest.raises(Unavailable), transaction.atomic():
        pda.send("mode", "away", scan_id=scan_id)
    assert not FloorEntry.objects.filter(scan_id=scan_id).exists()


def test_undo_takes_the_last_entry_back(pda: Handheld) -> None:
    pda.give("add", 7).give("add", 5).undo()
    assert (pda.prompt, pda.said) == ("Sum is 7", "taken back")
    pda.refused("undo", code="nothing_to_undo")


def test_leaving_closes_the_job_whatever_was_seen(pda: Handheld) -> None:
    pda.give("add", 7)
    answer = pda.send("leave", version=0)
    assert answer.ok
    pda.over()
    assert pda.send("add", 1).code == "session_closed"
    assert FloorEntry.objects.filter(session=pda.session_id).count() == 2


# ---------------------------------------------------------------- too late


def test_an_entry_for_an_older_step_is_asked_about(pda: Handheld) -> None:
    pda.give("add", 7)
    answer = pda.send("add", 5, version=0)
    assert (answer.ok, answer.code, pda.state) == (False, "conflict", "conflict")
    assert pda.facts["You entered"] == "5"
    assert pda.facts["Now it asks"] == "Sum is 7"
    apply, later, drop = pda.options("conflict")
    assert [one.split(":")[0] for one in (apply, later, drop)] == ["apply", "later", "drop"]

    pda.give("conflict", apply)
    assert (pda.prompt, pda.session.memory["sum"]) == ("Sum is 12", 12)
    pda.refused("conflict", apply, code="already_decided")


def test_what_is_dropped_is_not_booked(pda: Handheld) -> None:
    pda.give("add", 7)
    late = uuid.uuid4()
    pda.send("add", 5, version=0, scan_id=late)
    pda.give("conflict", pda.options("conflict")[-1])
    assert (pda.prompt, pda.version) == ("Sum is 7", 1)
    again = pda.send("add", 5, version=0, scan_id=late)
    assert (again.ok, again.code, again.repeated) == (True, "dropped", True)


def test_what_waits_is_offered_again_after_a_reload(pda: Handheld) -> None:
    pda.give("add", 7)
    pda.send("add", 5, version=0)
    pda.give("conflict", pda.options("conflict")[1])
    assert pda.state == "counting"
    actor = actor_of_user(pda.user)
    shown = reading.sessions_open(actor)[0]
    assert (shown["held"], shown["step"]["state"]) == (1, "conflict")
    assert [one["outcome"] for one in reading.session_detail(actor, pda.session_id)["entries"]] == [
        "accepted", "held", "accepted",
    ]  # fmt: skip


def test_what_the_step_no_longer_takes_can_only_wait_or_be_dropped(pda: Handheld) -> None:
    pda.give("add", 7)
    pda.send("nonsense", 5, version=0)
    assert [one.split(":")[0] for one in pda.options("conflict")] == ["later", "drop"]


def test_an_applied_entry_that_does_not_fit_waits_on(pda: Handheld) -> None:
    pda.give("add", 7)
    pda.send("add", 5000, version=0)
    pda.refused_as("quantity_invalid", "conflict", pda.options("conflict")[0])
    assert FloorEntry.objects.filter(outcome="held").count() == 1


def _entry(name: str, value: object, **fields: Any) -> EntryIn:
    return EntryIn(uuid.uuid4(), name, str(value), **fields)


def test_entries_made_offline_stand_on_each_other(pda: Handheld) -> None:
    first = _entry("add", 1, version=0)
    second = _entry("add", 2, after=first.scan_id)
    third = _entry("add", 3, after=second.scan_id)
    with acting(actor_of_user(pda.user)):
        told = session_enter_many(session_id=pda.session_id, entries=[first, second, third])
        again = session_enter_many(session_id=pda.session_id, entries=[first, second, third])
    assert [one.ok for one in told.answers] == [True] * 3
    assert [one.repeated for one in again.answers] == [True] * 3
    assert pda.session.memory["sum"] == 6


def test_a_list_stops_at_the_first_that_is_not_taken_and_goes_on_after_the_decision(pda: Handheld) -> None:
    pda.give("add", 10)
    late = _entry("add", 1, version=0)
    behind = _entry("add", 2, after=late.scan_id)
    with acting(actor_of_user(pda.user)):
        told = session_enter_many(session_id=pda.session_id, entries=[late, behind])
    assert [one.code for one in told.answers] == ["conflict"]
    assert told.held_back == [behind.scan_id]

    pda.version = told.answers[0].session["version"]
    pda.give("conflict", f"apply:{late.scan_id}")
    with acting(actor_of_user(pda.user)):
        told = session_enter_many(session_id=pda.session_id, entries=[behind])
    assert told.answers[0].ok
    assert pda.session.memory["sum"] == 13


# ---------------------------------------------------------------- whose it is


def test_beginning_again_under_the_same_id_is_the_same_job(warehouse: Warehouse) -> None:
    user = user_make(roles=["operator"])
    session_id = uuid.uuid4()
    given: dict[str, Any] = {"scenario": "toy", "warehouse_id": warehouse.pk, "given": {"from": "3"}}
    with acting(actor_of_user(user)):
        session_begin(session_id=session_id, **given)
        again = session_begin(session_id=session_id, **given)
        with pytest.raises(SessionReused):
            session_begin(session_id=session_id, **{**given, "given": {}})
    assert again.step["prompt"] == "Sum is 3"
    assert FloorSession.objects.count() == 1


def test_nothing_stays_of_a_job_that_cannot_begin(warehouse: Warehouse) -> None:
    with pytest.raises(Refusal, match="Nothing to do"), transaction.atomic():
        Handheld(warehouse).begin("toy", {"fail": "1"})
    assert FloorSession.objects.count() == 0


def test_others_jobs_are_unknown(pda: Handheld) -> None:
    other = Handheld(pda.warehouse)
    other.session_id = pda.session_id
    with pytest.raises(SessionUnknown):
        other.send("add", 1)


def test_only_in_ones_own_warehouses_and_by_right(warehouse: Warehouse) -> None:
    with pytest.raises(NotFound):
        Handheld(warehouse, user_make(roles=["operator"], warehouse_ids=[warehouse.pk + 1])).begin("toy")
    with pytest.raises(PermissionMissing):
        Handheld(warehouse, user_make(roles=["finance"])).begin("toy")


def test_the_worker_is_seen_where_they_scanned(pda: Handheld) -> None:
    pda.give("place", "A01-01-1")
    worker = Worker.objects.get(user=pda.user)
    assert worker.last_location is not None
    assert worker.last_location.code == "A01-01-1"
    pda.give("place", "V-SUPPLIER").give("add", 1)
    worker.refresh_from_db()
    assert worker.last_location.code == "A01-01-1"


def test_an_entry_costs_the_same_with_a_long_history(pda: Handheld) -> None:
    pda.give("add", 1)
    before = _statements(pda)
    for _number in range(30):
        pda.give("add", 1)
    assert _statements(pda) == before
    assert before <= 12


def _statements(pda: Handheld) -> int:
    entry = EntryIn(uuid.uuid4(), "add", "1", version=pda.version)
    with (
        acting(actor_of_user(pda.user)),
        CaptureQueriesContext(
            connection,
        ) as seen,
    ):
        answer = session_enter(session_id=pda.session_id, entry=entry)
    assert answer.ok
    pda.version = answer.session["version"]
    return len([one for one in seen.captured_queries if "SAVEPOINT" not in (one["sql"] or "")])


def test_the_language_is_that_of_the_answer(pda: Handheld) -> None:
    with translation.override("zh-hans"):
        pda.refused("add", "x", code="quantity_invalid")
    assert pda.answer is not None
    assert not pda.answer.message.isascii()
    assert fetch("SELECT count(*) FROM floor_entry")[0][0] == 1


def test_a_job_left_alone_is_closed_and_one_at_work_is_not(pda: Handheld) -> None:
    with clock.shifted(timedelta(hours=20)):
        busy = Handheld(pda.warehouse).begin("toy")
    with clock.shifted(timedelta(hours=25)):
        assert sessions_close_idle() == 1
    assert not pda.session.is_open
    assert busy.session.is_open
    assert pda.send("add", 1).code == "session_closed"
