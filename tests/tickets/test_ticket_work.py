"""The life of a ticket: taken, handed over, waiting, resolved, closed, back again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import user_make

from hecang.accounts.models import AuditEntry, User
from hecang.accounts.selectors import actor_of_user
from hecang.kernel import clock
from hecang.kernel.actor import acting
from hecang.kernel.errors import InvalidInput, NotFound
from hecang.notifications.models import Message, Notification, Team
from hecang.notifications.services import teams_ensure
from hecang.tickets.errors import AttachmentRefused, AttachmentTooLarge, SameTicketOpen, TicketStateConflict
from hecang.tickets.models import Ticket, TicketAttachment, TicketEntry, TicketFile
from hecang.tickets.services import acting as work
from hecang.tickets.services import merging, talking
from hecang.tickets.services.locking import Outcome
from hecang.tickets.services.opening import ticket_open
from hecang.tickets.services.settling import tickets_escalate, tickets_put_away, tickets_settle
from hecang.tickets.states import TRANSITIONS

pytestmark = pytest.mark.django_db


def states(outcomes: list[Outcome]) -> list[tuple[bool, str]]:
    return [(one.ok, one.code) for one in outcomes]


def actions_of(ticket_id: int) -> list[str]:
    return list(
        TicketEntry.objects.filter(ticket_id=ticket_id).order_by("id").values_list("action", flat=True)
    )


def by(user: User) -> Any:
    return acting(actor_of_user(user))


def test_the_whole_way() -> None:
    li, wang = user_make("li"), user_make("wang")
    with by(li):
        ticket_id = ticket_open(kind="address", subject="No street")
    with by(wang):
        assert states(work.tickets_take(ticket_ids=[ticket_id])) == [(True, "")]
        assert states(work.tickets_take(ticket_ids=[ticket_id])) == [(True, "unchanged")]
        work.tickets_wait(ticket_ids=[ticket_id], note="asked the buyer")
        work.tickets_take(ticket_ids=[ticket_id])
        work.tickets_resolve(ticket_ids=[ticket_id], resolution="corrected")
        work.tickets_close(ticket_ids=[ticket_id])
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.resolution, ticket.assignee) == ("closed", "corrected", wang)
    with by(li):
        work.tickets_reopen(ticket_ids=[ticket_id], note="still wrong")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.resolution, ticket.assignee, ticket.reopened) == ("open", "", None, 1)
    steps = ["opened", "taken", "waiting", "taken", "resolved", "closed", "reopened"]
    assert actions_of(ticket_id) == steps
    audited = AuditEntry.objects.filter(entity_kind="ticket", entity_id=ticket_id).order_by("id")
    assert [one.action.rpartition(".")[2] for one in audited] == steps
    # whoever opened it heard of the end
    assert Notification.objects.filter(user=li, message__topic="tickets.resolved").count() == 1


def test_every_step_that_the_table_lacks_is_refused() -> None:
    calls = {
        "put_back": lambda ids: work.tickets_put_back(ticket_ids=ids),
        "wait": lambda ids: work.tickets_wait(ticket_ids=ids),
        "resolve": lambda ids: work.tickets_resolve(ticket_ids=ids, resolution="solved"),
        "close": lambda ids: work.tickets_close(ticket_ids=ids),
        "reopen": lambda ids: work.tickets_reopen(ticket_ids=ids),
        "take": lambda ids: work.tickets_take(ticket_ids=ids),
    }
    known = {(step.source, step.action) for step in TRANSITIONS}
    user = user_make()
    for state in ("open", "in_progress", "waiting", "resolved", "closed"):
        for action, call in calls.items():
            if (state, action) == ("open", "put_back") or (state, action) in known:
                continue  # the first changes nothing
            ended = state in {"resolved", "closed"}
            ticket_id = ticket_open(kind="other", subject="x")
            Ticket.objects.filter(pk=ticket_id).update(
                state=state,
                resolution="solved" if ended else "",
                resolved_at=clock.now() if ended else None,
                assignee=user_make() if state == "in_progress" else None,
            )
            with by(user):
                assert states(call([ticket_id])) == [(False, "ticket_state")], (state, action)


def test_somebody_elses_ticket_is_not_taken_but_handed_over() -> None:
    li, wang = user_make("li"), user_make("wang")
    ticket_id = ticket_open(kind="other", subject="x")
    with by(li):
        work.tickets_take(ticket_ids=[ticket_id])
    with by(wang):
        assert states(work.tickets_take(ticket_ids=[ticket_id])) == [(False, "ticket_state")]
        assert states(work.tickets_assign(ticket_ids=[ticket_id], user_id=wang.pk)) == [(True, "")]
    with by(li):
        work.tickets_assign(ticket_ids=[ticket_id], user_id=li.pk)
        work.tickets_assign(ticket_ids=[ticket_id], user_id=wang.pk, note="please")
    # only what others gave is told
    assert list(Notification.objects.values_list("user_id", "message__topic")) == [
        (wang.pk, "tickets.assigned")
    ]


def test_another_team_gets_it_into_its_queue() -> None:
    teams_ensure(["finance"])
    ticket_id = ticket_open(kind="other", subject="x", assignee_id=user_make().pk)
    work.tickets_move(ticket_ids=[ticket_id], team="finance")
    ticket = Ticket.objects.get()
    assert (ticket.team.code, ticket.state, ticket.assignee) == ("finance", "open", None)
    with pytest.raises(InvalidInput):
        work.tickets_move(ticket_ids=[ticket_id], team="nobody")


def test_many_each_with_an_outcome_in_as_many_statements_as_one() -> None:
    user = user_make()

    def statements(count: int) -> int:
        ids = [ticket_open(kind="other", subject="x") for _ in range(count)]
        with by(user), CaptureQueriesContext(connection) as found:
            outcomes = work.tickets_take(ticket_ids=[*ids, 10**9])
        assert states(outcomes) == [(True, "")] * count + [(False, "not_found")]
        return len(found)

    assert statements(1) == statements(40)


def test_outside_of_the_scope_there_is_nothing() -> None:
    ticket_id = ticket_open(kind="other", subject="x", shop_id=7)
    with by(user_make(shop_ids=[8])):
        assert states(work.tickets_take(ticket_ids=[ticket_id])) == [(False, "not_found")]
        with pytest.raises(NotFound):
            talking.ticket_comment(ticket_id=ticket_id, body="x")
    with by(user_make(shop_ids=[7])):
        assert states(work.tickets_take(ticket_ids=[ticket_id])) == [(True, "")]


def test_a_comment_tells_whom_it_mentions_and_whoever_works_on_it() -> None:
    li, wang, zhao = user_make("li"), user_make("wang"), user_make("zhao.six")
    ticket_id = ticket_open(kind="other", subject="x", assignee_id=wang.pk)
    Message.objects.all().delete()
    with by(li):
        talking.ticket_comment(ticket_id=ticket_id, body="@zhao.six. please look; mail li@wang.example")
    assert sorted(Notification.objects.values_list("user__username", "message__topic")) == [
        ("wang", "tickets.commented"),
        ("zhao.six", "tickets.mentioned"),
    ]
    assert zhao.pk in TicketEntry.objects.get(action="comment").mentions


def test_attachments_are_what_their_names_say_and_stored_once() -> None:
    first, second = (ticket_open(kind="damage", subject="x") for _ in range(2))
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 50
    talking.ticket_attach(ticket_id=first, name="../a<b>.png", content=png)
    talking.ticket_attach(ticket_id=second, name="c.PNG", content=png)
    talking.ticket_attach(ticket_id=second, name="c.PNG", content=png)
    assert list(TicketAttachment.objects.order_by("id").values_list("name", "media_type")) == [
        ("_a_b_.png", "image/png"),
        ("c.PNG", "image/png"),
    ]
    assert TicketFile.objects.count() == 1
    for name, content in (
        ("a.html", b"<script>"),
        ("a.svg", b"<svg>"),
        ("a.png", b"<script>"),
        ("a.txt", b""),
    ):
        with pytest.raises(AttachmentRefused):
            talking.ticket_attach(ticket_id=first, name=name, content=content)
    with pytest.raises(AttachmentTooLarge):
        talking.ticket_attach(ticket_id=first, name="a.txt", content=b"x" * (talking.MAX_BYTES + 1))


def test_merging_moves_documents_and_files_and_closes_the_rest() -> None:
    into = ticket_open(kind="lost", subject="a", links=[("parcel", 1, "P1")])
    other = ticket_open(
        kind="delay", subject="b", links=[("parcel", 1, "P1"), ("sales_order", 2, "S2")], priority=1
    )
    talking.ticket_attach(ticket_id=other, name="a.txt", content=b"x")
    merging.tickets_merge(into_id=into, ticket_ids=[other])
    ticket = Ticket.objects.get(pk=into)
    assert sorted(ticket.links.values_list("number", flat=True)) == ["P1", "S2"]
    assert (ticket.attachments.count(), ticket.priority) == (1, 1)
    merged = Ticket.objects.get(pk=other)
    assert (merged.state, merged.resolution, merged.merged_into_id) == ("closed", "merged", into)
    assert states(work.tickets_reopen(ticket_ids=[other])) == [(False, "ticket_state")]
    with pytest.raises(TicketStateConflict):
        merging.tickets_merge(into_id=into, ticket_ids=[other])
    with pytest.raises(InvalidInput):
        merging.tickets_merge(into_id=into, ticket_ids=[into])


def test_what_is_overdue_is_escalated_again_and_again() -> None:
    lead = user_make()
    Team.objects.filter(pk=teams_ensure(["customer_service"])["customer_service"]).update(lead=lead)
    ticket_id = ticket_open(
        kind="buyer_request", subject="x"
    )  # due in 4 hours, then every 4 hours; priority 2
    assert tickets_escalate() == 0
    start = clock.now()
    for hours, level, priority in ((5, 1, 1), (10, 2, 1)):
        with clock.at(start + timedelta(hours=hours)):
            assert tickets_escalate() == 1
            assert tickets_escalate() == 0
        ticket = Ticket.objects.get(pk=ticket_id)
        assert (ticket.escalation, ticket.priority) == (level, priority)
    assert Notification.objects.filter(user=lead, message__topic="tickets.escalated").count() == 2


def test_trouble_that_went_away_settles_its_ticket() -> None:
    ticket_id = ticket_open(kind="shortage", key="short:1")
    assert tickets_settle(keys=["short:1", "short:2"], resolution="resupplied") == [ticket_id]
    assert tickets_settle(keys=["short:1"]) == []
    # when it comes back, a new ticket is opened, and the old one cannot be opened beside it
    again = ticket_open(kind="shortage", key="short:1")
    assert again != ticket_id
    assert states(work.tickets_reopen(ticket_ids=[ticket_id])) == [(False, SameTicketOpen.code)]


def test_what_was_resolved_long_ago_is_put_away() -> None:
    ticket_id = ticket_open(kind="other", subject="x")
    work.tickets_resolve(ticket_ids=[ticket_id], resolution="solved")
    assert tickets_put_away() == 0
    with clock.shifted(timedelta(days=8)):
        assert tickets_put_away() == 1
    assert Ticket.objects.get().state == "closed"
