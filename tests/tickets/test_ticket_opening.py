"""Opening tickets: by people, by the system, and found again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_noop
from tests.factories.accounts import user_make

from hecang.kernel import clock
from hecang.notifications.models import Notification, Team, TeamMember
from hecang.notifications.services import teams_ensure
from hecang.tickets.models import Ticket, TicketEntry, TicketLink
from hecang.tickets.services import NewTicket, ticket_open, tickets_open

pytestmark = pytest.mark.django_db


def test_a_new_ticket_gets_what_its_kind_says() -> None:
    # when trouble is written down
    ticket_id = ticket_open(kind="address", subject="No street", links=[("sales_order", 7, "SO-7")])
    # then it stands in the queue of the right team, with a due time
    ticket = Ticket.objects.get(pk=ticket_id)
    assert (ticket.state, ticket.priority, ticket.team.code) == ("open", 2, "customer_service")
    assert ticket.number.startswith("TK")
    assert ticket.due_at - ticket.created_at == timedelta(hours=4)
    assert list(TicketLink.objects.values_list("ticket_id", "entity_kind", "entity_id", "number")) == [
        (ticket_id, "sales_order", 7, "SO-7")
    ]
    assert list(TicketEntry.objects.values_list("action", flat=True)) == ["opened"]


def test_the_same_trouble_is_found_again() -> None:
    reason = gettext_noop("Shortage")
    first = ticket_open(kind="shortage", reason=reason, key="short:1", detail={"units": 1}, priority=3)
    # when the same is told again, more urgent and about another order
    again = ticket_open(
        kind="shortage",
        reason=reason,
        key="short:1",
        detail={"units": 5},
        priority=1,
        links=[("sales_order", 2, "B")],
    )
    # then one ticket stands, counted up
    assert again == first
    ticket = Ticket.objects.get()
    assert (ticket.occurrences, ticket.priority, ticket.detail) == (2, 1, {"units": 5})
    assert ticket.links.count() == 1


def test_many_at_once_in_order_and_with_a_constant_number_of_statements() -> None:
    def statements(count: int, mark: str) -> int:
        with CaptureQueriesContext(connection) as found:
            tickets_open(tickets=[NewTicket(kind="other", key=f"{mark}{n}") for n in range(count)])
        return len(found)

    teams_ensure(["order_desk"])
    assert statements(3, "a") == statements(60, "b")
    ids = tickets_open(
        tickets=[
            NewTicket(kind="other", key="k2"),
            NewTicket(kind="price"),
            NewTicket(kind="other", key="k1"),
            NewTicket(kind="other", key="k2"),
        ]
    )
    assert ids[0] == ids[3]
    assert [Ticket.objects.get(pk=one).key for one in ids] == ["k2", "", "k1", "k2"]


def test_the_team_is_told_once() -> None:
    # given a team of two
    teams_ensure(["purchasing"])
    team = Team.objects.get(code="purchasing")
    people = [user_make(), user_make()]
    for person in people:
        TeamMember.objects.create(team=team, user=person)
    # when the same shortage is told three times
    for _ in range(3):
        ticket_open(kind="shortage", key="short:1")
    # then each has one message
    assert sorted(Notification.objects.values_list("user_id", flat=True)) == sorted(p.pk for p in people)


def test_an_own_due_time() -> None:
    due = clock.now() + timedelta(minutes=5)
    ticket = Ticket.objects.get(pk=ticket_open(kind="lost", due_at=due))
    assert ticket.due_at == due
