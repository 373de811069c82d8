"""Whatever is wrong with a request, the answer is clear, in our shape, and never a crash."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from tests.factories.accounts import ApiClient, api_client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.toy")]

GOOD = {"name": "a", "lines": [{"sku": "x", "quantity": 1}]}


@pytest.fixture
def client() -> ApiClient:
    return api_client()


def problem(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"].startswith("application/problem+json"), answer.content
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["detail"]
    assert body["request_id"] == answer["X-Request-ID"]
    return answer.status_code, body["code"]


def errors(answer: Any) -> list[tuple[str | None, str]]:
    return [(error.get("loc"), error["code"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({}, [("name", "required"), ("lines", "required")]),
        ({**GOOD, "name": 3}, [("name", "wrong_type")]),
        ({**GOOD, "name": ""}, [("name", "too_short")]),
        ({**GOOD, "name": "x" * 201}, [("name", "too_long")]),
        ({**GOOD, "colour": "red"}, [("colour", "unknown_field")]),
        ({**GOOD, "lines": GOOD["lines"] * 4}, [("lines", "too_many")]),
        ({**GOOD, "lines": {}}, [("lines", "wrong_type")]),
        ({"name": "a", "lines": [GOOD["lines"][0], {"sku": "y"}]}, [("lines.1.quantity", "required")]),  # type: ignore[index]
        ({"name": "a", "lines": [{"sku": "y", "quantity": 2**31}]}, [("lines.0.quantity", "out_of_range")]),
        ({"name": "a", "lines": [{"sku": "y", "quantity": 10**40}]}, [("lines.0.quantity", "out_of_range")]),
        ({"name": "a", "lines": [{"sku": "y", "quantity": 1.5}]}, [("lines.0.quantity", "wrong_type")]),
        ({"name": "a", "lines": [{"sku": "y", "quantity": True}]}, [("lines.0.quantity", "wrong_type")]),
        (
            {"name": "a", "lines": [{"sku": "y", "quantity": 1, "price": False}]},
            [("lines.0.price", "wrong_type")],
        ),
        (
            {"name": "a", "lines": [{"sku": "y", "quantity": 1, "price": "1.234"}]},
            [("lines.0.price", "out_of_range")],
        ),
        (
            {"name": "a", "lines": [{"sku": "y", "quantity": 1, "price": "NaN"}]},
            [("lines.0.price", "out_of_range")],
        ),
        ({**GOOD, "at": "2026-01-01T00:00:00"}, [("at", "no_time_zone")]),
        ({**GOOD, "at": "0001-01-01T00:00:00+14:00"}, [("at", "invalid")]),
        ({**GOOD, "at": "9999-12-31T23:59:59-14:00"}, [("at", "invalid")]),
        ({**GOOD, "at": "yesterday"}, [("at", "wrong_type")]),
        ({**GOOD, "name": "a\x00b"}, [("name", "nul_character")]),
        ({**GOOD, "extra": {"deep": ["a\x00b"]}}, [("extra.deep.0", "nul_character")]),
        ([], [(None, "wrong_type")]),
        ("text", [(None, "wrong_type")]),
        (None, [(None, "wrong_type")]),
    ],
)
def test_wrong_bodies_name_the_field(
    client: ApiClient, payload: Any, expected: list[tuple[str, str]]
) -> None:
    answer = client.post("/echo", json.dumps(payload))

    assert problem(answer)[0] == 422
    assert errors(answer) == expected


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b"{", "application/json", (400, "malformed_body")),
        (b"{'a': 1}", "application/json", (400, "malformed_body")),
        (b'{"name": NaN}', "application/json", (400, "malformed_body")),
        (b'{"name": "\xff\xfe"}', "application/json", (400, "malformed_body")),
        (b'{"name": "\\ud800"}', "application/json", (400, "malformed_body")),
        (b"[" * 100_000, "application/json", (400, "malformed_body")),
        (b"1" * 100_000, "application/json", (400, "malformed_body")),
        (b"", "application/json", (422, "invalid_input")),
        (b"name=a", "application/x-www-form-urlencoded", (415, "wrong_content_type")),
        (b"{}", "text/plain", (415, "wrong_content_type")),
        (b"{}", "application/json; charset=utf-99", (422, "invalid_input")),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x", (415, "wrong_content_type")),
        (b"broken", "multipart/form-data", (415, "wrong_content_type")),
    ],
)
def test_bodies_that_are_no_json_are_refused(
    client: ApiClient, body: bytes, kind: str, expected: tuple[int, str]
) -> None:
    assert problem(client.generic("POST", "/echo", body, kind)) == expected


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: ApiClient, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    assert problem(client.post("/echo", {**GOOD, "name": "x" * 1000})) == (413, "limit_exceeded")


def test_texts_with_backslashes_are_not_mistaken_for_nul(client: ApiClient) -> None:
    answer = client.post("/echo", json.dumps({**GOOD, "name": "a\\u0000b"}))

    assert (answer.status_code, answer.json()["name"]) == (200, "a\\u0000b")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/nothing", (404, "not_found")),
        ("/people/abc", (404, "not_found")),
        ("/people/-1", (404, "not_found")),
        ("/people/1%00", (400, "bad_request")),
        ("/fail/x%00y", (400, "bad_request")),
        ("/people/0", (422, "invalid_input")),
        (f"/people/{2**63}", (422, "invalid_input")),
        ("/people/" + "9" * 5000, (404, "not_found")),
        ("/people/999999", (404, "not_found")),
        ("/fail/x?number=" + "9" * 30, (422, "invalid_input")),
        ("/fail/x?number=1e400", (422, "invalid_input")),
        ("/fail/x?number=", (422, "invalid_input")),
        ("/fail/short", (409, "stock_short")),
        ("/fail/away", (503, "unavailable")),
        ("/fail/database", (503, "database_unavailable")),
        ("/fail/range", (422, "out_of_range")),
        ("/fail/data", (422, "out_of_range")),
        ("/fail/unique", (409, "constraint_refused")),
        ("/fail/crash", (500, "internal_error")),
    ],
)
def test_every_failure_has_its_status_and_code(
    client: ApiClient, path: str, expected: tuple[int, str]
) -> None:
    answer = client.get(path)
    if connection.in_atomic_block:
        connection.needs_rollback = False

    assert problem(answer) == expected
    assert "secret detail" not in answer.content.decode()
    if expected[0] == 503:
        assert int(answer["Retry-After"]) >= 1


def test_facts_for_programs_come_along(client: ApiClient) -> None:
    assert client.get("/fail/short").json()["data"] == {"free": 3}


def test_methods_that_an_address_does_not_know(client: ApiClient) -> None:
    answer = client.put("/echo")

    assert problem(answer) == (405, "method_not_allowed")
    assert answer["Allow"] == "POST"


def test_missing_rights_say_which() -> None:
    answer = api_client(roles=["operator"]).get("/secret")

    assert problem(answer) == (403, "permission_missing")
    assert answer.json()["data"] == {"permission": "toy.secret.view"}
    assert api_client().get("/secret").status_code == 200


def test_rights_are_asked_before_the_body_is_looked_at(client: ApiClient) -> None:
    assert problem(ApiClient().post("/echo", "{")) == (401, "not_authenticated")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("sort=nothing", "unknown_sort"),
        ("sort=--id", "unknown_sort"),
        ("colour=red", "unknown_parameter"),
        ("limit=0", "out_of_range"),
        ("limit=501", "out_of_range"),
        ("limit=x", "wrong_type"),
        ("q=12345678901", "too_long"),
        ("q=%00", "nul_character"),
        ("role=a,b,c,d,e,f", "too_many"),
        ("from=2026", "wrong_type"),
        ("since=3000-01-01x", "wrong_type"),
        ("cursor=x", "bad_cursor"),
        ("cursor=%00", "nul_character"),
        ("cursor=WyItY3JlYXRlZF9hdCIsbnVsbF0", "bad_cursor"),
        ("cursor=WyJpZCIsMSwxXQ", "bad_cursor"),
        ("cursor=WyItY3JlYXRlZF9hdCIsIngiLDFd", "bad_cursor"),
        ("cursor=" + "A" * 1001, "too_long"),
        ("format=pdf", "unknown_parameter"),
    ],
)
def test_wrong_list_parameters_are_refused(client: ApiClient, query: str, code: str) -> None:
    answer = client.get(f"/people?{query}")

    assert problem(answer)[0] == 422
    assert answer.json()["errors"][0]["code"] == code


def test_messages_come_in_the_language_asked_for() -> None:
    english = api_client().post("/echo", {})
    assert english.json()["errors"][0]["message"] == "This field is required."


def test_a_request_keeps_the_id_it_came_with(client: ApiClient) -> None:
    assert client.get("/people", HTTP_X_REQUEST_ID="abc-1")["X-Request-ID"] == "abc-1"
    assert client.get("/people", HTTP_X_REQUEST_ID="a b\n")["X-Request-ID"] != "a b\n"
