"""Codes that nobody should print: whatever is scanned, the reader answers with something of its own and no error."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.inventory import Place, place

from hecang.work.scanning import scans_read
from hecang.work.scanning.reading import GS, MAX_LENGTH, Read, code_read
from hecang.work.scanning.types import Elements

#: GTIN, SSCC and asset of the examples of the GS1 General Specifications and the EPC Tag Data Standard.
GTIN, SSCC, ASSET = "09506000134352", "106141412345678908", "00614141123452400"
#: Fixed seed of the mutations: the same strings in every run.
SEED = 20_260

#: One message of each kind that the reader knows; mutations begin from them.
CORPUS = (
    f"]C101{GTIN}3103001250{GS}10LOT-7",
    f"]d201{GTIN}172703311126010110ABC{GS}21S/N-7",
    f"]e001{GTIN}",
    f"]Q301{GTIN}7003270331120010L",
    f"]C100{SSCC}02{GTIN}3724{GS}400PO-7",
    f"]C18003{ASSET}77",
    f"(01){GTIN}(10)A(B)C(17)270331(30)12",
    f"https://id.gs1.org/01/{GTIN}/10/AB%2FC/21/1234?17=270331&3103=001250",
    "urn:epc:id:sgtin:0614141.812345.6789",
    "urn:epc:id:sscc:0614141.1234567890",
    "urn:epc:class:lgtin:4012345.012345.998877",
    "3074257BF7194E4000001A85",
    "3154257BF4499602D2000000",
    "9506000134352",
    SSCC,
    "A01-01-1",
    "LP260101-000001",
)
#: What breaks readers: controls, separators, digits and brackets of other scripts, joiners, halves of pairs.
PIECES = (
    GS, GS * 3, "{GS}", "^]", "\x00", "\x1b[2J", "\r\n", "\t", "\x7f", "\ufeff", "\u202e", "\u200d", "\ud800",
    "\U0001f4e6", "\u0661\u0662", "\uff10\uff11", "\u2460", "\u00bd", "\u2167", "\ufdfa", "(", ")", "((", "(01)", "]C1", "]",
    "%00", "%", "?", "&", "/", "..", ":", "00000000", "99999999", "-1", "1e9", "NaN", "'", '"', "\\", "--", "$1", "%s",
)  # fmt: skip


#: What happens to a message between the places ``at`` and ``to``.
BLOWS: tuple[Callable[[random.Random, str, int, int], str], ...] = (
    lambda draw, text, at, _to: text[:at] + draw.choice(PIECES) + text[at:],
    lambda _draw, text, at, to: text[:at] + text[to:],
    lambda _draw, text, at, to: text[:to] + text[at:],
    lambda draw, text, at, to: text[:at] + draw.choice(CORPUS)[draw.randrange(8) :] + text[to:],
    lambda draw, text, at, _to: text[:at] + chr(draw.randrange(0x110000)) + text[at + 1 :],
    lambda draw, text, at, _to: text[:at] + str(draw.randrange(10)) + text[at + 1 :],
    lambda _draw, text, at, to: text[:at] + text[at:to][::-1] + text[to:],
)


def _holds(read: Read) -> None:
    """What everybody who reads codes may rely on."""
    assert len(read.text) <= MAX_LENGTH
    read.text.encode()
    assert not any(ord(sign) < 32 and sign != GS for sign in read.text)
    inside = read.elements
    assert len(inside.gtin) in {0, 14}
    assert len(inside.sscc) in {0, 18}
    for digits in (inside.gtin, inside.sscc):
        assert not digits or (digits.isascii() and digits.isdigit())
    assert inside.count is None or 0 <= inside.count < 10**8
    assert inside.weight_g is None or (inside.weight_g.is_finite() and 0 <= inside.weight_g < 10**9)
    assert len(inside.lot) <= 20
    assert len(inside.serial) <= 20
    for code in (*read.own, *read.carriers, *read.references):
        assert 0 < len(code) <= 64
        code.encode()


def _mutated(draw: random.Random) -> str:
    """A message of the corpus with a few blows to it."""
    text = draw.choice(CORPUS)
    for _blow in range(draw.randint(1, 6)):
        at, to = sorted(draw.randrange(len(text) + 1) for _end in range(2))
        text = draw.choice(BLOWS)(draw, text, at, to)
    return text


def test_twenty_thousand_damaged_messages() -> None:
    draw = random.Random(SEED)
    for _number in range(20_000):
        text = _mutated(draw)
        try:
            _holds(code_read(text))
        except Exception as error:
            raise AssertionError(f"{text!r}") from error


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
@pytest.mark.parametrize("message", CORPUS, ids=lambda text: ascii(text[:16]))
def test_every_piece_at_every_place(message: str, piece: str) -> None:
    for at in range(len(message) + 1):
        _holds(code_read(message[:at] + piece + message[at:]))


@pytest.mark.parametrize("message", CORPUS, ids=lambda text: ascii(text[:16]))
def test_every_beginning_and_every_end_alone(message: str) -> None:
    for at in range(len(message)):
        _holds(code_read(message[:at]))
        _holds(code_read(message[at:]))


@pytest.mark.parametrize(
    "text",
    [
        "0" * 100_000,
        "9" * 100_000,
        f"01{GTIN}" * 6_000,
        f"]C110A{GS}" * 15_000,
        GS * 100_000,
        "(" * 100_000,
        "(10)" * 25_000,
        "(01)" + "9" * 100_000,
        "]C1" * 30_000,
        "https://x/" + "01/" * 30_000,
        "https://x/01/" + "%" * 100_000,
        "urn:epc:id:sgtin:" + "1." * 50_000,
        "30" * 50_000,
        "\u200b" * 100_000,
        "\ufdfa" * 10_000,
        "e\u0301" * 50_000,
        "\ud800" * 100_000,
        "{GS}" * 25_000,
        "\\u001d" * 16_000,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_a_hundred_thousand_characters_are_cut(text: str) -> None:
    _holds(code_read(text))


@pytest.mark.parametrize(
    "day", ["270230", "271301", "270001", "000000", "27033", "27O331", "999999", "-70331"]
)
@pytest.mark.parametrize("ai", ["11", "13", "15", "17"])
def test_a_day_that_does_not_exist_is_none(ai: str, day: str) -> None:
    read = code_read(f"]C101{GTIN}{ai}{day}")

    assert read.elements.gtin == GTIN
    assert (read.elements.produced_on, read.elements.expires_on) == (None, None)


@pytest.mark.parametrize("digits", ["\u0660\u0661", "\u0966\u0967", "\U0001d7d8\U0001d7d9"])
def test_digits_of_other_scripts_are_no_digits_of_gs1(digits: str) -> None:
    read = code_read(f"{digits}{GTIN}")

    _holds(read)
    assert read.elements.gtin in {"", GTIN}


@pytest.mark.parametrize("last", [digit for digit in "0123456789" if digit != GTIN[-1]])
def test_a_wrong_check_digit_names_nothing(last: str) -> None:
    wrong = GTIN[:-1] + last
    for text in (
        wrong,
        wrong[1:],
        f"01{wrong}",
        f"]C101{wrong}",
        f"(01){wrong}",
        f"https://id.gs1.org/01/{wrong}",
    ):
        assert code_read(text).elements.gtin == "", text


def test_the_first_of_two_of_one_kind_counts() -> None:
    read = code_read(f"]C101{GTIN}10FIRST{GS}10SECOND{GS}17270331" + "17280331")

    assert read.elements == Elements(gtin=GTIN, lot="FIRST", expires_on=date(2027, 3, 31))


@pytest.mark.parametrize("between", [GS, GS * 2, GS * 9, f"{GS}{{GS}}^]"])
def test_separators_where_none_is_needed_and_several_where_one_is(between: str) -> None:
    read = code_read(f"]C1{between}01{GTIN}{between}17270331{between}10AB{between}3103001250{between}")

    assert read.elements == Elements(
        gtin=GTIN, lot="AB", expires_on=date(2027, 3, 31), weight_g=Decimal("1250.000")
    )


def test_the_example_of_the_general_specifications_in_every_carrier() -> None:
    """Section 5 writes one message for GS1-128, DataBar, DataMatrix, QR and DotCode; only the identifier differs."""
    expected = Elements(gtin="06901234567892", lot="LOT42", serial="SN001", expires_on=date(2026, 12, 31))
    for aim in ("]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"):
        assert code_read(f"{aim}010690123456789217261231" + f"10LOT42{GS}21SN001").elements == expected


def test_every_weight_of_every_decimal_place() -> None:
    for decimals in range(6):
        read = code_read(f"01{GTIN}310{decimals}001250")
        assert read.elements == replace(Elements(gtin=GTIN), weight_g=Decimal(1250).scaleb(3 - decimals)), (
            decimals
        )


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_bytes_of_a_broken_scanner(raw: bytes) -> None:
    for coding in ("latin-1", "gb18030", "utf-16-le", "utf-8"):
        _holds(code_read(raw.decode(coding, "replace")))
        _holds(
            code_read(
                raw.decode(coding, "surrogateescape") if coding == "utf-8" else raw.decode(coding, "ignore")
            )
        )


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.from_regex(r"\A(2[CDEF]|3[0-9A-D]|F7|FB)([0-9A-F]{22,120})\Z"))
def test_tags_of_any_scheme(text: str) -> None:
    _holds(code_read(text))
    _holds(code_read(text.lower()))


@pytest.fixture
def warehouse(db: None) -> Place:
    return place(code="MILK-1")


@pytest.mark.django_db
def test_the_database_is_asked_for_damaged_messages_without_an_error(warehouse: Place) -> None:
    """All in one call: what one of them is never spoils the answer to another."""
    draw = random.Random(SEED + 1)
    texts = [*CORPUS, *PIECES, *(_mutated(draw) for _number in range(3_000)), "MILK-1"]

    found = scans_read(texts, warehouse_id=warehouse.warehouse.pk)

    assert set(found) == set(texts)
    assert found["MILK-1"].kind == "sku"
    assert {match.id for one in found.values() for match in one.matches if match.kind == "sku"} == {
        warehouse.sku.pk
    }


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.text(max_size=300), max_size=30))
def test_the_database_is_asked_for_anything(warehouse: Place, texts: list[str]) -> None:
    assert set(scans_read(texts, warehouse_id=warehouse.warehouse.pk)) == set(texts)
