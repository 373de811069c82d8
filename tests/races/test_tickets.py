"""Real concurrency on tickets: one takes it, one ticket per trouble, no deadlock reaches a caller."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from tests.factories.accounts import user_make
from tests.factories.threads import race

from hecang.accounts.selectors import actor_of_user
from hecang.kernel import clock
from hecang.kernel.actor import acting
from hecang.notifications.models import Message
from hecang.tickets.models import Ticket
from hecang.tickets.services import NewTicket, ticket_open, tickets_open
from hecang.tickets.services.acting import tickets_take
from hecang.tickets.services.settling import tickets_escalate

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


def test_one_of_many_takes_each_ticket() -> None:
    ids = [ticket_open(kind="other", subject="x") for _ in range(20)]
    actors = [actor_of_user(user_make()) for _ in range(8)]
    taken: list[int] = []

    def take(number: int) -> None:
        mixed = random.sample(ids, len(ids))
        with acting(actors[number]):
            taken.extend(one.ticket_id for one in tickets_take(ticket_ids=mixed) if one.ok)

    assert race(take, threads=8) == []
    assert sorted(taken) == ids
    assert Ticket.objects.filter(state="in_progress", assignee__isnull=False).count() == 20


def test_the_same_trouble_from_many_sides_is_one_ticket() -> None:
    def tell(number: int) -> None:
        keys = [f"short:{n}" for n in range(10)]
        random.Random(number).shuffle(keys)
        tickets_open(tickets=[NewTicket("shortage", key=key) for key in keys])

    assert race(tell, threads=10) == []
    assert Ticket.objects.count() == 10
    assert set(Ticket.objects.values_list("occurrences", flat=True)) == {10}


def test_escalated_once() -> None:
    for _ in range(30):
        ticket_open(kind="channel", subject="x", due_at=clock.now() - timedelta(minutes=1))
    assert race(lambda _number: tickets_escalate(), threads=6) == []
    assert set(Ticket.objects.values_list("escalation", flat=True)) == {1}
    assert Message.objects.filter(topic="tickets.escalated").count() == 30
