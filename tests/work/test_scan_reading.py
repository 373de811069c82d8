"""What stands in a code: published examples of the GS1 General Specifications and of the EPC Tag Data Standard."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hecang.work.scanning.reading import MAX_LENGTH, code_read
from hecang.work.scanning.types import Elements

GS = "\x1d"
GTIN = "09506000134352"

#: (as scanned, what stands in it)
EXAMPLES = [
    # Trade items: EAN-13, EAN-8, UPC-A, ITF-14, with symbology identifiers and without
    ("9506000134352", Elements(gtin=GTIN)),
    ("]E09506000134352", Elements(gtin=GTIN)),
    ("96385074", Elements(gtin="00000096385074")),
    ("]E496385074", Elements(gtin="00000096385074")),
    ("614141000036", Elements(gtin="00614141000036")),
    ("10614141000033", Elements(gtin="10614141000033")),
    ("]I110614141000033", Elements(gtin="10614141000033")),
    # GS1-128, DataMatrix, QR, DataBar
    (f"]C101{GTIN}", Elements(gtin=GTIN)),
    (f"]d201{GTIN}17270331" + "10ABC123", Elements(gtin=GTIN, lot="ABC123", expires_on=date(2027, 3, 31))),
    (f"]d201{GTIN}10ABC123{GS}17270331", Elements(gtin=GTIN, lot="ABC123", expires_on=date(2027, 3, 31))),
    (f"]Q301{GTIN}21S/N-7{GS}10L1", Elements(gtin=GTIN, serial="S/N-7", lot="L1")),
    (f"]e001{GTIN}", Elements(gtin=GTIN)),
    (f"01{GTIN}11260101", Elements(gtin=GTIN, produced_on=date(2026, 1, 1))),
    # A day of 00 is the last of the month
    (f"01{GTIN}17270200", Elements(gtin=GTIN, expires_on=date(2027, 2, 28))),
    # Best before stands in for an expiry; an expiry wins
    (f"01{GTIN}15270131", Elements(gtin=GTIN, expires_on=date(2027, 1, 31))),
    (f"01{GTIN}15270131" + "17270331", Elements(gtin=GTIN, expires_on=date(2027, 3, 31))),
    # Logistic units: SSCC alone, with its content and count
    ("00106141412345678908", Elements(sscc="106141412345678908")),
    ("]C100106141412345678908", Elements(sscc="106141412345678908")),
    ("106141412345678908", Elements(sscc="106141412345678908")),
    (f"02{GTIN}3724{GS}10L9", Elements(gtin=GTIN, count=24, lot="L9")),
    # Measures: AI 3103 is kilograms with three decimals, AI 3201 pounds with one
    (f"01{GTIN}3103001250", Elements(gtin=GTIN, weight_g=Decimal("1250.000"))),
    (f"01{GTIN}3201000100", Elements(gtin=GTIN, weight_g=Decimal("4535.924"))),
    # As printed for people
    (f"(01){GTIN}(10)ABC(1)23(17)270331", Elements(gtin=GTIN, lot="ABC(1)23", expires_on=date(2027, 3, 31))),
    ("(00) 106141412345678908", Elements(sscc="106141412345678908")),
    # Digital Link
    (f"https://id.gs1.org/01/{GTIN}", Elements(gtin=GTIN)),
    (
        f"https://example.com/a/01/{GTIN}/10/ABC/21/1234?17=270331",
        Elements(gtin=GTIN, lot="ABC", serial="1234", expires_on=date(2027, 3, 31)),
    ),
    # EPC: the standard's own SGTIN-96, SSCC and URIs
    ("3074257BF7194E4000001A85", Elements(gtin="80614141123458", serial="6789")),
    ("3074257bf7194e4000001a85", Elements(gtin="80614141123458", serial="6789")),
    ("urn:epc:id:sgtin:0614141.812345.6789", Elements(gtin="80614141123458", serial="6789")),
    ("urn:epc:tag:sgtin-96:3.0614141.812345.6789", Elements(gtin="80614141123458", serial="6789")),
    ("urn:epc:id:sscc:0614141.1234567890", Elements(sscc="106141412345678908")),
    ("urn:epc:class:lgtin:4012345.012345.998877", Elements(gtin="04012345123456", lot="998877")),
]


@pytest.mark.parametrize(("text", "expected"), EXAMPLES, ids=[text[:30] for text, _none in EXAMPLES])
def test_published_examples(text: str, expected: Elements) -> None:
    assert code_read(text).elements == expected


@pytest.mark.parametrize("written", ["{GS}", "<GS>", "[GS]", "␝", "^]", "\\x1d", "\x1d", "\\u001D"])
def test_the_separator_however_the_scanner_writes_it(written: str) -> None:
    read = code_read(f"01{GTIN}10ABC{written}17270331")
    assert read.elements == Elements(gtin=GTIN, lot="ABC", expires_on=date(2027, 3, 31))


def test_a_leading_separator_is_the_first_fnc1() -> None:
    assert code_read(f"{GS}10LOT-7").elements.lot == "LOT-7"
    assert code_read("10LOT-7").elements.lot == ""


def test_returnable_assets_are_containers() -> None:
    assert code_read("urn:epc:id:grai:0614141.12345.400").carriers == ("00614141123452400",)
    assert code_read("]C1800300614141123452400").carriers == ("00614141123452400",)


@pytest.mark.parametrize(
    "text",
    [
        "9506000134353",  # a wrong check digit
        f"01{GTIN[:-1]}9",
        "106141412345678909",
        "(01)09506000134359",
        "https://id.gs1.org/01/09506000134359",
        "3074257BF7194E40000",  # a tag cut off
        "FFFFFFFFFFFFFFFFFFFFFFFF",
        "urn:epc:id:sgtin:x.y.z",
    ],
)
def test_what_is_wrong_names_nothing(text: str) -> None:
    elements = code_read(text).elements
    assert replace(elements, lot="", serial="") == Elements()


def test_a_broken_element_costs_only_what_stands_behind_it() -> None:
    read = code_read(f"]C101{GTIN}10AB{GS}17XXXXXX")
    assert read.elements == Elements(gtin=GTIN, lot="AB")


@pytest.mark.parametrize("text", ["A01-01-1", "LP260101-000001", "10ABC", "", "   ", "\x00\x01", "]", "]C1"])
def test_our_own_codes_stay_what_they_are(text: str) -> None:
    read = code_read(text)
    assert read.elements == Elements()
    assert read.own == ((read.text,) if read.text else ())


def test_full_width_and_surrounding_rubbish_are_forgiven() -> None:
    assert code_read("\x02　Ａ０１－０１－１\r\n").text == "A01-01-1"


_HOSTILE = st.one_of(
    st.text(max_size=2000),
    st.text(alphabet="0123456789()[]]\x1d{}GS<>^\\xud", max_size=400),
    st.from_regex(r"\A\((0[0-9]|[1-9][0-9]{1,3})\).{0,60}\Z"),
    st.from_regex(r"\A(\]C1|\]d2)?[0-9]{2,60}\x1d?[!-~]{0,40}\Z"),
    st.from_regex(r"\Ahttps?://[a-z]{1,8}/[0-9]{2}/[!-~]{0,60}\Z"),
    st.from_regex(r"\Aurn:epc:(id|tag|raw):[a-z0-9-]{1,10}[:.%0-9A-Za-z]{0,60}\Z"),
    st.from_regex(r"\A[0-9A-Fa-f]{24,80}\Z"),
    st.lists(
        st.sampled_from([f"01{GTIN}", "10A", GS, "17", "00", "(", ")", "]C1", "😀", "\ud800"]), max_size=200
    ).map("".join),
)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(_HOSTILE)
def test_hostile_strings_never_crash(text: str) -> None:
    read = code_read(text)
    assert len(read.text) <= MAX_LENGTH
    read.text.encode()
    for value in (read.elements.gtin, read.elements.sscc):
        assert value == "" or value.isdigit()


def test_absurdly_long_input_is_cut() -> None:
    for text in (
        "9" * 10**6,
        "(01)" * 10**5,
        f"10A{GS}" * 10**5,
        "((((" * 10**5,
        "urn:epc:id:sgtin:" + "1." * 10**5,
    ):
        assert len(code_read(text).text) <= MAX_LENGTH
