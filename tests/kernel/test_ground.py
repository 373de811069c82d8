"""Small things that everything stands on: numbers, crypto, logs, actors."""

from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import structlog
from django.db import DataError, connection, transaction
from django.test import Client
from tests.factories.accounts import api_client, user_make
from tests.factories.threads import race

from hecang.kernel import clock, crypto, logs, permissions
from hecang.kernel.actor import Actor, Scope, actor_of
from hecang.kernel.db import KEPT_CURSORS, fetch, fetch_one
from hecang.kernel.errors import NotFound, PermissionMissing
from hecang.kernel.periodic import declared, periodic
from hecang.kernel.sequences import PREFIXES, numbers


@pytest.mark.django_db
def test_numbers_carry_prefix_and_day_and_rise() -> None:
    with clock.at(datetime(2026, 1, 31, 17, tzinfo=UTC)):  # already February in Shanghai
        first, second, third = numbers("sales_order", 3)

    assert first.startswith("SO260201-")
    assert len(first) == len("SO260201-000123")
    assert int(second[-6:]) == int(first[-6:]) + 1
    assert int(third[-6:]) == int(second[-6:]) + 1
    assert numbers("wave", 0) == []


@pytest.mark.django_db
def test_every_kind_of_number_has_its_sequence_and_prefix() -> None:
    assert len(set(PREFIXES.values())) == len(PREFIXES)
    for kind, prefix in PREFIXES.items():
        assert numbers(kind)[0].startswith(prefix)
    with pytest.raises(KeyError, match="declare it"):
        numbers("nonsense")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_numbers_are_unique_under_concurrency() -> None:
    drawn: list[str] = []

    errors = race(lambda _number: drawn.extend(numbers("parcel", 50)), threads=8)

    assert errors == []
    assert len(set(drawn)) == 400


# ---------------------------------------------------------------- crypto


def test_what_is_encrypted_comes_back_and_never_looks_the_same() -> None:
    value = {"name": "张三", "phone": "13812345678"}

    first, second = crypto.encrypt_json(value), crypto.encrypt_json(value)

    assert crypto.decrypt_json(first) == crypto.decrypt_json(memoryview(second)) == value
    assert first != second
    assert b"138" not in first


def test_damaged_or_foreign_data_are_refused(settings: Any) -> None:
    data = crypto.encrypt(b"secret")

    for wrong in (b"", b"x", data[:-1], bytes([data[0]]) + bytes(40), data[:-1] + bytes([data[-1] ^ 1])):
        with pytest.raises(crypto.Undecryptable):
            crypto.decrypt(wrong)
    settings.SECRET_KEY = "another"
    with pytest.raises(crypto.Undecryptable):
        crypto.decrypt(data)


def test_hashes_depend_on_the_secret(settings: Any) -> None:
    first = crypto.keyed_hash("13812345678")
    assert first == crypto.keyed_hash("13812345678")
    assert len(first) == 64
    settings.SECRET_KEY = "another"
    assert crypto.keyed_hash("13812345678") != first


@pytest.mark.parametrize(
    ("name", "phone", "masked"),
    [
        ("张三丰", "13812345678", ("张**", "138****5678")),
        ("张", "021-12345678", ("张*", "021*****5678")),
        ("", "", ("", "")),
        (" Li Lei ", "1234", ("L*****", "**34")),
        ("x", "12", ("x*", "**")),
    ],
)
def test_masks(name: str, phone: str, masked: tuple[str, str]) -> None:
    assert (crypto.mask_name(name), crypto.mask_phone(phone)) == masked


# ---------------------------------------------------------------- statements


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("bigint", [1, -(2**63), 2**63 - 1, None]),
        ("int", [0]),
        ("text", ["", "NULL", "null", "a,b", "{x}", 'say "hi"', "back\\slash", " 空 格 ", "new\nline", "'"]),
        ("text", ["plain", None, 'q"', "\\", ""]),
        ("text", ['"']),
        ("text", ['""', "\\"]),
        ("text", []),
        ("text", [None]),
        ("jsonb", ['{"a": "\\"x\\""}', None]),
        ("bool", [True, False, None]),
        ("numeric", [Decimal("1.50"), None]),
        ("date", [date(2026, 1, 31), None]),
    ],
)
def test_lists_arrive_as_they_were_sent(kind: str, values: list[Any]) -> None:
    rows = fetch(
        f"SELECT value FROM unnest(%s::{kind}[]) WITH ORDINALITY AS sent (value, place) ORDER BY place",
        [values],
    )

    got = [row[0] for row in rows]
    if kind == "jsonb":
        got = [None if value is None else json.dumps(json.loads(value)) for value in got]
    assert got == values


@pytest.mark.django_db
@pytest.mark.parametrize("values", [["a\x00"], ["a\x00", None], ["\ud800"], [2**63]])
def test_lists_that_cannot_be_stored_are_refused(values: list[Any]) -> None:
    with pytest.raises((DataError, UnicodeError)):
        fetch("SELECT %s::text[]", [values])


@pytest.mark.django_db
def test_statements_keep_their_cursors_but_not_many_rows() -> None:
    kept = connection.connection.__dict__.setdefault("_hecang_cursors", {})
    for _time in range(3):
        assert fetch("SELECT n FROM generate_series(1, %s) AS kept (n)", [2]) == [(1,), (2,)]
        assert len(fetch("SELECT n FROM generate_series(1, %s) AS many (n)", [1000])) == 1000
        assert fetch_one("SELECT 1 WHERE false") is None

    assert "SELECT n FROM generate_series(1, %s) AS kept (n)" in kept
    assert "SELECT n FROM generate_series(1, %s) AS many (n)" not in kept
    assert len(kept) <= KEPT_CURSORS


@pytest.mark.django_db
def test_a_statement_may_run_another_one_with_the_same_text_in_between() -> None:
    with transaction.atomic():
        assert [fetch_one("SELECT %s::int", [n]) for n in (1, 2, 3)] == [(1,), (2,), (3,)]
    with pytest.raises(DataError), transaction.atomic():
        fetch("SELECT 1 / %s::int", [0])
    assert fetch("SELECT 1 / %s::int", [1]) == [(1,)]


# ---------------------------------------------------------------- logs


def test_logs_hold_no_secrets_and_no_personal_data() -> None:
    event = logs.remove_secrets(
        None,
        "",
        {
            "event": "key hk_abcdefghij1234 used",
            "Password": "x",
            "phone": "138",
            "order": {"recipient": {"a": 1}, "number": "SO1"},
            "exception": "IntegrityError: duplicate\nDETAIL:  Key (phone)=(13812345678) already exists.\nmore",
        },
    )

    assert event == {
        "event": "key hk_[removed] used",
        "Password": "[removed]",
        "phone": "[removed]",
        "order": {"recipient": "[removed]", "number": "SO1"},
        "exception": "IntegrityError: duplicate\nDETAIL: [removed]\nmore",
    }


@pytest.mark.django_db
def test_each_request_leaves_one_line_with_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[dict[str, Any]] = []

    class Catcher:
        def info(self, event: str, **facts: Any) -> None:
            lines.append({"event": event, **facts})

    monkeypatch.setattr("hecang.kernel.middleware.logger", Catcher())
    api_client().get("/auth/me?token=secret", HTTP_X_REQUEST_ID="r-1")

    [line] = lines
    assert (line["event"], line["route"], line["status"], line["request_id"]) == (
        "request",
        "api/v1/auth/me",
        200,
        "r-1",
    )
    assert "secret" not in json.dumps(line)


def test_lines_are_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HECANG_LOG_FORMAT", "json")
    monkeypatch.setenv("HECANG_LOG_LEVEL", "INFO")
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    try:
        logs.configure()
        structlog.get_logger("hecang.test").info("hello", n=1)
        logging.getLogger("other").warning("plain %s", "text")
    finally:
        monkeypatch.undo()
        root.level, root.handlers[:] = before
        structlog.reset_defaults()
        logs.configure()
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["event"], first["n"], first["level"], first["logger"]) == (
        "hello",
        1,
        "info",
        "hecang.test",
    )
    assert (second["event"], second["level"]) == ("plain text", "warning")


# ---------------------------------------------------------------- health


@pytest.mark.django_db
def test_health_and_readiness_and_metrics(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["migrations"] == "applied"
    assert client.post("/healthz").status_code == 405
    text = client.get("/metrics").content.decode()
    assert "hecang_requests_total" in text
    assert "hecang_outbox_waiting" in text or "# HELP hecang_outbox_waiting" in text


@pytest.mark.django_db
def test_metrics_are_for_this_machine_or_a_permission() -> None:
    from tests.factories.accounts import key_make

    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.get("/metrics").status_code == 401
    operator = key_make(user_make(roles=["operator"]))
    assert elsewhere.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {operator}").status_code == 403
    admin = key_make(user_make())
    assert elsewhere.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {admin}").status_code == 200


@pytest.mark.django_db
def test_the_docs_page_fetches_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/v1/docs")

    text = page.content.decode()
    assert page.status_code == 200
    assert "/static/ninja/swagger-ui-bundle.js" in text
    assert "http://" not in text
    assert "https://" not in text


def test_addresses_of_the_desk_answer_its_entry_page(client: Client, settings: Any, tmp_path: Any) -> None:
    settings.WEB_ROOT = tmp_path
    assert client.get("/orders/12").status_code == 503
    (tmp_path / "index.html").write_text("<html>desk</html>")

    answer = client.get("/orders/12")

    assert b"".join(answer.streaming_content) == b"<html>desk</html>"  # type: ignore[attr-defined]
    assert answer["Cache-Control"] == "no-cache"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert client.get("/old-script.js").status_code == 404
    assert client.get("/api/nothing").json()["code"] == "not_found"


# ---------------------------------------------------------------- actors, permissions, periodic work


def test_a_scope_hides_what_lies_outside() -> None:
    scope = Scope(warehouses=frozenset({1}), owners=None)

    scope.require(warehouse=1, owner=99, shop=5)
    with pytest.raises(NotFound):
        scope.require(warehouse=2)


def test_an_actor_needs_the_very_permission() -> None:
    actor = Actor(kind="user", name="x", permissions=frozenset({"a.b.view"}))

    actor.require("a.b.view")
    with pytest.raises(PermissionMissing):
        actor.require("a.b.change")


@pytest.mark.django_db
def test_work_in_the_name_of_a_user_needs_the_user() -> None:
    user = user_make(roles=["operator"], language="en", warehouse_ids=[4])

    actor, language = actor_of(user.pk)
    assert (actor.name, actor.scope.warehouses, language) == (user.username, frozenset({4}), "en")
    user.is_active = False
    user.save()
    with pytest.raises(PermissionMissing):
        actor_of(user.pk)
    assert actor_of(None)[0].kind == "system"


def test_permission_codes_have_three_parts() -> None:
    with pytest.raises(ValueError, match="no permission code"):
        permissions.declare("orders.view")


def test_periodic_work_is_declared_with_a_valid_time() -> None:
    assert {"kernel.idempotency_purge", "accounts.sessions_purge"} <= set(declared())
    with pytest.raises(ValueError, match="no cron"):
        periodic("x", "every day")
