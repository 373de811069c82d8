"""GS1 numbers and what scanners put around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hecang.catalog.gtin import check_digit, has_wrong_check_digit, scanned, variants


@pytest.mark.parametrize(
    "code", ["6901234567892", "4006381333931", "036000291452", "96385074", "10012345678902"]
)
def test_real_codes_are_right(code: str) -> None:
    assert not has_wrong_check_digit(code)


@pytest.mark.parametrize("code", ["6901234567890", "036000291453", "96385075"])
def test_a_changed_last_digit_is_wrong(code: str) -> None:
    assert has_wrong_check_digit(code)


@pytest.mark.parametrize(
    "code", ["", "ABC", "12345", "01234565", "690123456789X", "６９０１２３４５６７８９０"]
)
def test_what_is_no_gtin_is_never_wrong(code: str) -> None:
    assert not has_wrong_check_digit(code)


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 11))
def test_any_single_wrong_digit_is_found(digits: str, place: int) -> None:
    code = digits + str(check_digit(digits))
    wrong = code[:place] + str((int(code[place]) + 1) % 10) + code[place + 1 :]

    assert not has_wrong_check_digit(code)
    assert has_wrong_check_digit(wrong)


def test_leading_zeros_make_the_same_number() -> None:
    assert set(variants("0036000291452")) == {
        "36000291452",
        "036000291452",
        "0036000291452",
        "00036000291452",
    }
    assert variants("ABC") == []
    assert variants("000000") == []


def test_scanners_prefix_and_wrap() -> None:
    assert scanned("]E06901234567892") == ["]E06901234567892", "6901234567892"]
    assert scanned("(01)06901234567892(10)LOT7") == ["(01)06901234567892(10)LOT7", "06901234567892"]
    assert scanned("6901234567892") == ["6901234567892"]
