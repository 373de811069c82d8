"""Events: written with their fact, delivered in order, at least once, to everybody."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import connection, transaction
from tests.factories.accounts import actor_make
from tests.factories.threads import race

from hecang.kernel import outbox
from hecang.kernel.actor import acting, current_actor, current_request_id
from hecang.kernel.clock import now
from hecang.kernel.db import execute, fetch, fetch_one
from hecang.kernel.models import OutboxCursor, OutboxEvent
from hecang.kernel.outbox import Event, deliver, drain, emit, subscribe

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Counted(Event):
    """Something was counted."""

    name: ClassVar[str] = "toy.counted"
    numbers: tuple[int, ...]
    note: str = ""


@dataclass(frozen=True)
class Closed(Event):
    """Something was closed."""

    name: ClassVar[str] = "toy.closed"
    number: int


class Reader:
    """A consumer that writes down what it got."""

    def __init__(self) -> None:
        self.got: list[int] = []
        self.runs: list[int] = []
        self.fail_at: int | None = None

    def counted(self, events: Sequence[Counted]) -> None:
        self.runs.append(len(events))
        for event in events:
            for number in event.numbers:
                if number == self.fail_at:
                    raise ValueError(f"cannot take {number}")
                self.got.append(number)

    def closed(self, events: Sequence[Closed]) -> None:
        self.got += [-event.number for event in events]


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    monkeypatch.setattr(outbox, "_consumers", {})
    one = Reader()
    subscribe(Counted, consumer="toy.reader")(one.counted)
    subscribe(Closed, consumer="toy.reader")(one.closed)
    return one


def emit_numbers(*numbers: int) -> None:
    with transaction.atomic():
        emit(*(Counted(numbers=(number,)) for number in numbers))


def test_events_arrive_once_in_the_order_in_which_they_were_written(reader: Reader) -> None:
    with transaction.atomic():
        emit(Counted(numbers=(1, 2)), Closed(number=3), Counted(numbers=(4,)))

    assert drain() == 3
    assert reader.got == [1, 2, -3, 4]
    assert drain() == 0


def test_many_events_are_one_statement(reader: Reader, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        emit(*(Counted(numbers=(number,)) for number in range(500)))
    assert drain() == 500
    assert reader.got == list(range(500))
    assert max(reader.runs) == outbox.BATCH


@pytest.mark.django_db(transaction=True)
def test_an_event_belongs_into_a_transaction_and_dies_with_it(reader: Reader) -> None:
    with pytest.raises(RuntimeError):
        emit(Counted(numbers=(1,)))
    with transaction.atomic():
        emit(Counted(numbers=(1,)))
        transaction.set_rollback(True)

    assert drain() == 0


def test_each_consumer_has_its_own_position(reader: Reader) -> None:
    emit_numbers(1)
    drain()
    late = Reader()
    subscribe(Counted, consumer="toy.late")(late.counted)
    emit_numbers(2)

    drain()

    assert (reader.got, late.got) == ([1, 2], [1, 2])


def test_handlers_may_emit_and_drain_goes_on_until_nothing_is_left(reader: Reader) -> None:
    def more(events: Sequence[Counted]) -> None:
        for event in events:
            if event.numbers[0] < 4:
                emit(Counted(numbers=(event.numbers[0] + 1,)))

    subscribe(Counted, consumer="toy.echo")(more)
    emit_numbers(1)

    drain()

    assert reader.got == [1, 2, 3, 4]


def test_handlers_act_as_the_system_under_the_request_of_the_event(reader: Reader) -> None:
    seen: list[tuple[str, str]] = []
    subscribe(Counted, consumer="toy.spy")(
        lambda _events: seen.append((current_actor().kind, current_request_id()))
    )
    with acting(actor_make(), request_id="r-7"):
        emit_numbers(1)

    drain()

    assert seen == [("system", "r-7")]


def test_fields_added_later_take_their_default_and_removed_ones_are_dropped(reader: Reader) -> None:
    emit_numbers(1)
    OutboxEvent.objects.update(payload={"numbers": [5], "gone": True})

    drain()

    assert reader.got == [5]


# ---------------------------------------------------------------- failing


@pytest.mark.django_db(transaction=True)
def test_a_failing_event_stops_its_consumer_visibly_and_only_it(reader: Reader) -> None:
    other = Reader()
    subscribe(Counted, consumer="toy.other")(other.counted)
    reader.fail_at = 3
    emit_numbers(1, 2, 3, 4)

    for _try in range(8):
        OutboxCursor.objects.update(retry_at=None)
        deliver("toy.reader")
    deliver("toy.other")

    assert set(reader.got) == {1, 2}
    assert other.got == [1, 2, 3, 4]
    cursor = OutboxCursor.objects.get(consumer="toy.reader")
    assert cursor.failures > 2
    assert "cannot take 3" in cursor.last_error
    assert cursor.retry_at is not None
    [status] = [one for one in outbox.statuses() if one.consumer == "toy.reader"]
    assert (status.waiting, status.failures) == (3, cursor.failures)  # 2, 3 and 4: one passes by itself
    reader.fail_at = None
    OutboxCursor.objects.update(retry_at=None)
    while deliver("toy.reader"):
        pass
    assert reader.got[-2:] == [3, 4]
    assert OutboxCursor.objects.get(consumer="toy.reader").failures == 0


@pytest.mark.django_db(transaction=True)
def test_pauses_grow_and_are_kept(reader: Reader) -> None:
    reader.fail_at = 1
    emit_numbers(1)
    pauses = []
    for _try in range(4):
        OutboxCursor.objects.update(retry_at=None)
        deliver("toy.reader")
        row = fetch_one("SELECT extract(epoch FROM retry_at - now())::float FROM outbox_cursor")
        assert row is not None
        pauses.append(round(row[0]))

    assert pauses == [2, 4, 8, 16]
    assert deliver("toy.reader") == 0
    assert outbox.backlog() == []


@pytest.mark.django_db(transaction=True)
def test_what_a_handler_wrote_is_undone_with_its_failure(reader: Reader) -> None:
    def write_and_fail(_events: Sequence[Counted]) -> None:
        execute(
            "INSERT INTO outbox_cursor (consumer, txid, event_id, failures, last_error) VALUES ('mark', 0, 0, 0, '')"
        )
        raise ValueError

    subscribe(Counted, consumer="toy.writer")(write_and_fail)
    emit_numbers(1)

    assert deliver("toy.writer") == 0
    assert not OutboxCursor.objects.filter(consumer="mark").exists()


def test_drain_tells_which_consumer_failed(reader: Reader) -> None:
    reader.fail_at = 1
    emit_numbers(1)

    with pytest.raises(outbox.DeliveryFailed, match=r"toy\.reader.*cannot take 1"):
        drain()


# ---------------------------------------------------------------- concurrency


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_no_event_is_lost_when_transactions_commit_out_of_order(reader: Reader) -> None:
    """The writer that began first commits last, while its neighbour's events are already read."""
    began, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                emit(Counted(numbers=(1,)))
                began.set()
                go_on.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    began.wait(10)
    emit_numbers(2)
    assert drain() == 0  # 2 is there, but 1 may still come before it
    go_on.set()
    thread.join()

    assert drain() == 2
    assert reader.got == [1, 2]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_writers_and_readers_at_full_speed_lose_and_double_nothing(reader: Reader) -> None:
    writers, rounds = 6, 40
    done = threading.Event()

    def work(number: int) -> None:
        if number < writers:
            for index in range(rounds):
                with transaction.atomic():
                    emit(Counted(numbers=(number * 1000 + index,)))
                    if index % 7 == 0:
                        fetch("SELECT pg_sleep(0.005)")
        else:
            while not done.is_set():
                deliver("toy.reader")

    stopper = threading.Thread(target=lambda: (_wait_for(writers * rounds), done.set()))
    stopper.start()
    errors = race(work, threads=writers + 3)
    stopper.join()
    drain()

    assert errors == []
    assert sorted(reader.got) == sorted(n * 1000 + i for n in range(writers) for i in range(rounds))
    for number in range(writers):  # what one writer wrote stays in order
        own = [got for got in reader.got if got // 1000 == number]
        assert own == sorted(own)


def _wait_for(count: int) -> None:
    try:
        while OutboxEvent.objects.count() < count:
            fetch("SELECT pg_sleep(0.02)")
        fetch("SELECT pg_sleep(0.1)")
    finally:
        connection.close()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_reader_killed_in_the_middle_is_followed_by_one_that_repeats(reader: Reader) -> None:
    class Killed(BaseException):
        """As kill -9: nothing is written down."""

    def die(_events: Sequence[Counted]) -> None:
        reader.got.clear()
        raise Killed

    emit_numbers(1, 2)
    subscribe(Counted, consumer="toy.reader")(die)
    with pytest.raises(Killed):
        deliver("toy.reader")
    outbox._consumers["toy.reader"].handlers[Counted.name][1].remove(die)

    assert deliver("toy.reader") == 2
    assert reader.got == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_in_another_database_holds_nothing_up(reader: Reader) -> None:
    import psycopg
    from psycopg.conninfo import make_conninfo

    from hecang.kernel import database

    with psycopg.connect(make_conninfo(database.url(), dbname="postgres")) as other:
        other.execute("SELECT pg_current_xact_id()")
        emit_numbers(1)

        assert drain() == 1


# ---------------------------------------------------------------- keeping house


@pytest.mark.django_db(transaction=True)
def test_consumers_with_work_are_found_and_idle_positions_move_on(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = Reader()
    subscribe(Closed, consumer="toy.idle")(idle.closed)
    emit_numbers(1, 2)
    assert outbox.backlog() == ["toy.reader"]
    deliver("toy.reader")
    assert outbox.backlog() == []

    monkeypatch.setattr(outbox, "STALE_POSITION", 0)
    outbox.backlog()
    assert OutboxCursor.objects.get(consumer="toy.idle").txid > 0
    with transaction.atomic():
        emit(Closed(number=9))
    assert outbox.backlog() == ["toy.idle", "toy.reader"]
    drain()
    assert idle.got == [-9]


@pytest.mark.django_db(transaction=True)
def test_old_events_are_forgotten_once_everybody_has_them(reader: Reader) -> None:
    emit_numbers(1)
    drain()
    emit_numbers(2)
    OutboxEvent.objects.update(at=now() - timedelta(days=8))

    assert outbox.events_purge() == 1
    drain()
    assert reader.got == [1, 2]


@pytest.mark.parametrize(
    ("xid", "near", "full"),
    [(5, 2**32 + 7, 2**32 + 5), (2**32 - 1, 2**32 + 7, 2**32 - 1), (9, 2**32 + 7, 2**32 + 9)],
)
def test_short_transaction_ids_are_completed(xid: int, near: int, full: int) -> None:
    assert outbox._full_id(xid, near) == full
