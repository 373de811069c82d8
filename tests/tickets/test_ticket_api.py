"""The board of tickets by API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import ApiClient, api_client, key_make, user_make

from hecang.kernel import clock
from hecang.tickets.models import Ticket
from hecang.tickets.services import NewTicket, ticket_open, tickets_open

pytestmark = pytest.mark.django_db


def test_open_work_and_read_back() -> None:
    user = user_make("li", roles=["customer_service"], display_name="Li Lei")
    api = ApiClient(key_make(user))
    body = {
        "kind": "buyer_request",
        "subject": "Wants another colour",
        "body": "called at ten",
        "links": [{"entity_kind": "sales_order", "entity_id": 5, "number": "SO-5"}],
    }
    made = api.post("/tickets", body)
    assert made.status_code == 201
    ticket_id = made.json()["id"]
    assert api.post("/tickets/take", {"ids": [ticket_id]}).json()["results"][0]["ok"]
    assert api.post(f"/tickets/{ticket_id}/comments", {"body": "done"}).status_code == 201
    file = SimpleUploadedFile("证据.txt", b"proof")
    attached = api.upload(f"/tickets/{ticket_id}/attachments", {"file": file})
    assert attached.status_code == 201
    shown = api.get(f"/tickets/{ticket_id}").json()
    assert (shown["title"], shown["state"], shown["assignee"]["display_name"]) == (
        "Wants another colour", "in_progress", "Li Lei",
    )  # fmt: skip
    assert [one["action"] for one in shown["entries"]] == [
        "opened",
        "comment",
        "taken",
        "comment",
        "attached",
    ]
    assert shown["actions"] == ["put_back", "wait", "resolve", "merge"]
    saved = api.get(f"/tickets/{ticket_id}/attachments/{attached.json()['id']}")
    assert saved.content == b"proof"
    assert saved["Content-Disposition"].startswith("attachment;")
    assert saved["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in saved["Content-Security-Policy"]
    assert [one["id"] for one in api.get("/tickets/of/sales_order/5").json()["items"]] == [ticket_id]
    assert api.get("/search", {"q": "so-5"}).json()["items"][0]["url_path"] == f"/tickets?open={ticket_id}"


def test_tabs_and_counts() -> None:
    user = user_make(roles=["admin"])
    api = ApiClient(key_make(user))
    mine = ticket_open(kind="other", subject="mine", assignee_id=user.pk)
    late = ticket_open(kind="price", subject="late", due_at=clock.now() - timedelta(hours=1))
    ticket_open(kind="damage", reason="Shortage of %(sku)s", detail={"sku": "A-1"})
    counts = api.get("/tickets/counts").json()["counts"]
    numbers = {key: value["count"] for key, value in counts.items()}
    assert (numbers["all"], numbers["mine"], numbers["unassigned"], numbers["overdue"]) == (3, 1, 2, 1)
    assert (numbers["team:order_desk"], numbers["team:warehouse"]) == (2, 1)
    for tab, wanted in (("mine", [mine]), ("overdue", [late])):
        assert [one["id"] for one in api.get("/tickets", {"tab": tab}).json()["items"]] == wanted
    rows = api.get("/tickets", {"team": "warehouse"}).json()["items"]
    assert [one["title"] for one in rows] == ["Shortage of A-1"]
    assert api.get("/tickets/export", {"tab": "all"}).status_code == 200


def test_lists_need_no_more_statements_for_more_rows() -> None:
    api = api_client()

    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            assert api.get("/tickets").status_code == 200
        return len(found)

    tickets_open(tickets=[NewTicket("other", links=[("sku", n, str(n))]) for n in range(1, 5)])
    statements()  # the first one notes that the key was used
    few = statements()
    tickets_open(tickets=[NewTicket("other", links=[("sku", n, str(n))]) for n in range(1, 41)])
    assert statements() == few


def test_who_may_what() -> None:
    ticket_id = ticket_open(kind="other", subject="x")
    operator = api_client(roles=["operator"])
    assert operator.get("/tickets").status_code == 200
    assert operator.post(f"/tickets/{ticket_id}/comments", {"body": "x"}).status_code == 201
    assert operator.post("/tickets/take", {"ids": [ticket_id]}).status_code == 403
    narrow = api_client(roles=["order_desk"], shop_ids=[1])
    assert narrow.post("/tickets", {"kind": "other", "subject": "x", "shop_id": 2}).status_code == 404
    hidden = ticket_open(kind="other", subject="x", shop_id=2)
    assert narrow.get(f"/tickets/{hidden}").status_code == 404
    assert api_client(roles=["auditor"]).get("/tickets").status_code == 200


def test_rules_of_a_kind() -> None:
    api = api_client()
    rule: dict[str, Any] = {"team": "finance", "due_hours": 2, "priority": 1, "escalate_hours": 0}
    assert api.put("/ticket-policies/price", rule).status_code == 204
    rules = {one["kind"]: one for one in api.get("/ticket-policies").json()["items"]}
    assert rules["price"] == {"kind": "price", **rule}
    ticket = Ticket.objects.get(pk=ticket_open(kind="price"))
    assert (ticket.team.code, ticket.priority, ticket.escalate_at) == ("finance", 1, None)


def test_nobody_who_is_not_there_is_given_a_ticket() -> None:
    answer = api_client().post("/tickets", {"kind": "other", "subject": "x", "assignee_id": 999_999})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_user")


def test_a_row_names_the_first_documents_and_counts_them_all() -> None:
    ticket_open(kind="other", subject="x", links=[("parcel", n, f"P{n}") for n in range(1, 13)])
    ticket_open(kind="other", subject="y")
    rows = api_client().get("/tickets", {"sort": "id"}).json()["items"]
    assert [(len(row["links"]), row["link_count"]) for row in rows] == [(5, 12), (0, 0)]
