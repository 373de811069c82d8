"""Answers of platforms are read without ever failing in another way than the one that callers know."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hecang.integrations.channels.base import ChannelLine
from hecang.integrations.channels.documents import (
    Doc,
    LineKeys,
    Sheet,
    as_number,
    clean,
    discount_of,
    each_from_last_page,
    each_of_page,
    from_last_page,
    numeric,
)
from hecang.integrations.channels.values import CHINA
from hecang.integrations.simulators.base import SimLine, SimOrder
from hecang.integrations.simulators.wire import paid_by_line
from hecang.kernel.connectors import OutsideError, Refused, Unreachable
from hecang.kernel.connectors.link import parse_json

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(alphabet=st.characters(), max_size=40)
    | st.decimals()
    | st.sampled_from(
        ["2026-03-02 09:00:00", "0000-00-00 00:00:00", "1e999999999", "1772413200", "\ud800\x00"]
    )
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(JSON)
def test_whatever_stands_there_is_read_or_refused(value: Any) -> None:
    told = Doc({"x": value})

    for read in (
        told.text, told.need, told.number, told.integer, told.flag, told.yuan, told.fen, told.local, told.moment,
        told.seconds, told.millis, told.millis_or_none, told.doc, told.need_doc, told.docs, told.texts, told.has,
    ):  # fmt: skip
        with suppress(OutsideError):  # and nothing else
            read("x")


@settings(deadline=None)
@given(JSON)
def test_whatever_text_is_read_a_database_can_keep(value: Any) -> None:
    text = Doc({"x": value}).text("x")

    assert "\x00" not in text
    assert text.encode().decode() == text
    assert text == clean(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [(12, "12"), ("  a ", "a"), (True, "true"), (Decimal("1.50"), "1.50"), (None, ""), ([], ""), ({}, "")],
)
def test_scalars_are_texts(value: Any, text: str) -> None:
    assert Doc({"x": value}).text("x") == text


def test_the_first_name_that_says_anything_counts() -> None:
    assert Doc({"a": "", "b": None, "c": 0, "d": 5}).text("a", "b", "c", "d") == "0"


def test_money_is_exact() -> None:
    told = Doc.of(parse_json(b'{"yuan": "19.9", "float": 0.1, "fen": 1990}'))

    assert (told.yuan("yuan"), told.yuan("float"), told.fen("fen"), told.fen("none")) == (
        Decimal("19.90"), Decimal("0.10"), Decimal("19.90"), Decimal("0.00"),
    )  # fmt: skip


def test_times_are_aware() -> None:
    told = Doc({"local": "2026-03-02 09:00:00", "s": 1772413200, "ms": 1772413200500, "words": "24 小时内"})
    moment = datetime(2026, 3, 2, 1, tzinfo=UTC)

    assert told.local("local") == moment.astimezone(CHINA)
    assert (told.seconds("s"), told.moment("s"), told.moment("local")) == (moment, moment, moment)
    assert told.millis("ms") == moment + timedelta(milliseconds=500)
    assert (told.local("words"), told.seconds("none")) == (None, None)


def test_lists_may_be_of_one_or_missing() -> None:
    told = Doc({"one": {"a": 1}, "two": [{"a": 1}, {"a": 2}], "empty": ""})

    assert [len(told.docs(name)) for name in ("one", "two", "empty", "none")] == [1, 2, 0, 0]


def test_errors_say_where_and_never_what() -> None:
    told = Doc({"phone": {"secret": "13900000001"}, "n": "13900000001x"}, "order")

    with pytest.raises(OutsideError, match=r"order has no phone") as missing:
        told.need("phone")
    with pytest.raises(OutsideError, match=r"order\.n is no number") as wrong:
        told.number("n")

    assert "13900000001" not in str(missing.value) + str(wrong.value)
    assert missing.value.code == "malformed"


def test_numbers_of_platforms_go_back_as_they_came() -> None:
    assert (as_number("12"), as_number("A12"), numeric("12", "the SKU")) == (12, "A12", 12)
    with pytest.raises(Refused, match="the SKU is no number"):
        numeric("A12", "the SKU")


def test_lines_of_the_same_sku_get_keys_of_their_own() -> None:
    keys = LineKeys()

    assert [keys.key("a"), keys.key("b"), keys.key("a"), keys.key("a")] == ["a", "b", "a#2", "a#3"]


def test_a_discount_is_what_is_missing() -> None:
    lines = [ChannelLine("1", "", "", "", "", 3, Decimal("10.00")), ChannelLine("2", "", "", "", "", 1)]

    assert discount_of(lines, freight=Decimal(5), total=Decimal(28)) == Decimal("7.00")
    assert discount_of(lines, freight=Decimal(0), total=Decimal(99)) == Decimal(0)


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(1, 10), st.sampled_from([0, 1]))
def test_pages_are_walked_from_the_last_to_the_first(total: int, size: int, first: int) -> None:
    asked: list[int] = []

    def ask(page: int) -> Sheet:
        asked.append(page)
        start = (page - first) * size
        return Sheet([Doc({"n": n}) for n in range(start, min(start + size, total))], total)

    met: list[int] = []
    cursor: str | None = None
    while True:
        rows, cursor = from_last_page(ask, size=size, cursor=cursor, first=first)
        met += [row.integer("n") for row in rows]
        if cursor is None:
            break

    assert sorted(met) == list(range(total))
    assert asked[1:] == sorted(asked[1:], reverse=True)
    assert asked[-1] == first


def test_a_page_whose_rows_fail_goes_on_where_it_stopped() -> None:
    # given two pages of two rows, told in another order each time, of which the second row fails at first
    pages = {1: ["a", "b"], 2: ["c", "d"]}
    failing = {"b", "d"}

    def ask(page: int) -> Sheet:
        pages[page].reverse()
        return Sheet([Doc({"id": name}) for name in pages[page]], 4)

    def read(row: Doc) -> str:
        if row.text("id") in failing:
            failing.remove(row.text("id"))
            raise Unreachable("no answer")
        return row.text("id")

    # when it is walked to its end
    met: list[str] = []
    cursors: list[str | None] = []
    cursor: str | None = None
    while True:
        items, cursor = each_from_last_page(ask, read, key="id", size=2, cursor=cursor)
        met += items
        cursors.append(cursor)
        if cursor is None:
            break

    # then each row is met once
    assert met == ["c", "d", "a", "b"]
    assert cursors == ["2:c", "1", "1:a", None]


def test_a_page_whose_first_row_fails_fails() -> None:
    def read(_row: Doc) -> str:
        raise Unreachable("no answer")

    with pytest.raises(Unreachable):
        each_from_last_page(lambda _page: Sheet([Doc({"id": "a"})], 1), read, key="id", size=2, cursor=None)


def test_a_page_of_numbers_goes_on_where_a_call_failed() -> None:
    # given a page of which a number fails at first; then another order leaves the page and one moves up into it
    pages: dict[str, tuple[list[str], str | None]] = {"": (["5", "7", "9"], "k|1"), "k|1": (["8", "6"], None)}
    failing = {"7"}

    def read(number: str) -> str:
        if number in failing:
            failing.remove(number)
            raise Unreachable("no answer")
        return number

    # when it is walked to its end
    first, cursor = each_of_page(pages.__getitem__, read, cursor=None)
    pages[""] = (["7", "4", "9"], "k|1")
    second, following = each_of_page(pages.__getitem__, read, cursor=cursor)
    third, end = each_of_page(pages.__getitem__, read, cursor=following)

    # then each is met once, the one that moved up too
    assert (first, cursor) == (["5"], "5|")
    assert (second, following) == (["7", "4", "9"], "|k|1")
    assert (third, end) == (["8", "6"], None)


def test_a_page_of_numbers_whose_first_call_fails_fails() -> None:
    def read(_number: str) -> str:
        raise Unreachable("no answer")

    with pytest.raises(Unreachable):
        each_of_page(lambda _key: (["1"], None), read, cursor=None)


@pytest.mark.parametrize("cursor", ["", "x", "-1", "9999999999"])
def test_a_cursor_of_another_channel_is_refused(cursor: str) -> None:
    with pytest.raises(Refused):
        from_last_page(lambda _page: Sheet(), size=1, cursor=cursor)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9999)), min_size=1, max_size=6), st.data())
def test_shares_of_a_discount_add_up(lines: list[tuple[int, int]], data: st.DataObject) -> None:
    placed = SimOrder(
        "1", [SimLine(str(n), "", "", "", units, Decimal(fen) / 100) for n, (units, fen) in enumerate(lines)]
    )
    placed.discount = Decimal(data.draw(st.integers(0, int(placed.goods * 100)))) / 100

    paid = paid_by_line(placed)

    assert sum(paid.values()) == placed.goods - placed.discount
