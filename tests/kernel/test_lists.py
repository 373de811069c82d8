"""Lists: pages by cursor, filters, sorting, export."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.factories.accounts import ApiClient, api_client, user_make

from hecang.accounts.models import User
from hecang.kernel.api import capped_counts
from hecang.kernel.api.export import guarded
from hecang.kernel.api.lists import nest
from hecang.kernel.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.toy")]


@pytest.fixture
def client() -> ApiClient:
    return api_client()


def people(count: int) -> list[str]:
    """People of whom every third was never seen, and pairs share their time."""
    start = now().replace(microsecond=0)
    names = [f"p{index:03d}" for index in range(count)]
    User.objects.bulk_create(
        User(
            username=name,
            display_name="" if index % 2 else f"Name {index % 5}",
            roles=["operator"],
            created_at=start + timedelta(minutes=index // 2),
            last_login=None if index % 3 == 0 else start + timedelta(days=index % 4),
        )
        for index, name in enumerate(names)
    )
    return names


def walk(client: ApiClient, query: str) -> list[list[dict[str, Any]]]:
    pages, cursor = [], ""
    while True:
        answer = client.get(f"/people?{query}{cursor}").json()
        pages.append(answer["items"])
        if answer["next_cursor"] is None:
            return pages
        cursor = f"&cursor={answer['next_cursor']}"


@pytest.mark.parametrize(
    "sort",
    ["username", "-username", "created_at", "-created_at", "seen", "-seen", "name", "-name", "id", "-id"],
)
def test_pages_have_every_row_once_in_the_order_of_the_database(client: ApiClient, sort: str) -> None:
    people(23)
    field = {"seen": "last_login", "name": "display_name"}.get(sort.lstrip("-"), sort.lstrip("-"))
    sign = "-" if sort.startswith("-") else ""
    expected = list(
        User.objects.filter(username__startswith="p")
        .order_by(f"{sign}{field}", f"{sign}id")
        .values_list("username", flat=True)
    )

    pages = walk(client, f"sort={sort}&limit=4")

    assert [len(page) for page in pages] == [4, 4, 4, 4, 4, 3]
    assert [row["username"] for page in pages for row in page] == expected


def test_a_page_that_is_just_full_is_the_last_one(client: ApiClient) -> None:
    people(8)

    assert [len(page) for page in walk(client, "limit=4")] == [4, 4]


def test_pages_stay_stable_while_rows_come_and_go(client: ApiClient) -> None:
    people(6)
    first = client.get("/people?sort=-username&limit=3").json()
    assert [row["username"] for row in first["items"]] == ["p005", "p004", "p003"]

    user_make("p999")
    User.objects.filter(username__in=["p003", "p001"]).delete()
    second = client.get(f"/people?sort=-username&limit=3&cursor={first['next_cursor']}").json()

    assert [row["username"] for row in second["items"]] == ["p002", "p000"]


@pytest.mark.parametrize("count", [10, 100])
def test_the_number_of_queries_does_not_grow_with_rows(
    client: ApiClient, count: int, django_assert_num_queries: Any
) -> None:
    people(count)
    client.get("/people")

    with django_assert_num_queries(3):  # the key, the rows, what enriches them
        assert len(client.get("/people?limit=200").json()["items"]) == count


def test_the_second_page_starts_inside_the_index(client: ApiClient) -> None:
    from hecang.kernel.api.cursor import Order, after

    order = Order("-username", "username", descending=True)
    found = User.objects.filter(after(order, "p050", 7, nullable=False)).order_by(*order.order_by())

    sql = str(found.query)
    assert '"username" <= p050' in sql
    assert 'ORDER BY "user"."username" DESC, "user"."id" DESC' in sql


def test_rows_are_enriched_and_filtered(client: ApiClient) -> None:
    people(12)

    rows = client.get("/people?q=p01&sort=username").json()["items"]

    assert [row["greeting"] for row in rows] == ["Hello p010", "Hello p011"]


def test_an_export_has_all_rows_in_the_same_order(client: ApiClient) -> None:
    people(7)
    User.objects.filter(username="p000").update(display_name="=1+1")

    answer = client.get("/people/export?format=csv&sort=username&limit=2")

    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert rows[0] == ["User", "Name", "Seen", "Roles", "Greeting"]
    assert rows[1] == ["p000", "'=1+1", "", "operator", "Hello p000"]
    assert [row[0] for row in rows[1:]] == [f"p{index:03d}" for index in range(7)]
    assert answer["Content-Disposition"].startswith('attachment; filename="people-')


def test_an_export_can_be_a_workbook(client: ApiClient) -> None:
    people(3)

    answer = client.get("/people/export?format=xlsx&sort=-username")

    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet is not None
    assert [row[0] for row in sheet.iter_rows(values_only=True)] == ["User", "p002", "p001", "p000"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("=1", "'=1"), ("-5", "-5"), ("+86 1", "'+86 1"), ("@x", "'@x"), ("a=b", "a=b"), ("", "")],
)
def test_formulas_are_made_harmless(text: str, expected: str) -> None:
    assert guarded(text) == expected


def test_double_underscores_become_objects_and_nothing_becomes_null() -> None:
    rows = [
        {"id": 1, "shop__id": 2, "shop__code": "a", "shop__owner__id": None, "shop__owner__code": None},
        {"id": 2, "shop__id": None, "shop__code": None, "shop__owner__id": None, "shop__owner__code": None},
    ]

    assert nest(rows) == [
        {"id": 1, "shop": {"id": 2, "code": "a", "owner": None}},
        {"id": 2, "shop": None},
    ]


def test_counts_of_many_tabs_are_one_query_and_capped(django_assert_num_queries: Any) -> None:
    people(12)
    everybody = User.objects.filter(username__startswith="p")

    with django_assert_num_queries(1):
        counts = capped_counts(
            {"all": everybody, "few": everybody.filter(username__lt="p003"), "none": User.objects.none()},
            cap=10,
        )

    assert counts == {
        "all": {"count": 10, "capped": True},
        "few": {"count": 3, "capped": False},
        "none": {"count": 0, "capped": False},
    }


def test_bulk_actions_fail_one_by_one(client: ApiClient) -> None:
    people(2)
    ids = sorted(User.objects.filter(username__startswith="p").values_list("pk", flat=True))

    results = client.post("/people/bulk-greet", {"ids": [*ids, ids[0]]}).json()["results"]

    assert [(one["id"], one["ok"], one["code"]) for one in results] == [
        (one, one % 2 == 0, "stock_short" if one % 2 else "") for one in ids
    ]
    assert list(User.objects.filter(display_name="greeted").values_list("pk", flat=True)) == [
        i for i in ids if i % 2 == 0
    ]
