"""What stands in a code: GS1 element strings, Digital Link, EPC. No database; never raises."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import structlog
from biip import ParseConfig, ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementString
from biip.gtin import Gtin
from biip.sscc import Sscc
from biip.upc import Upc

from hecang.work.scanning.types import Elements

#: Nothing that is printed on goods is longer: a GS1 DataMatrix holds 2335 characters, in practice a tenth.
MAX_LENGTH = 1000
#: Longest EPC as a URI, and the longest of our own codes.
MAX_EPC, MAX_OWN = 300, 64
GS = "\x1d"

logger = structlog.get_logger("hecang.scanning")

#: How scanners and keyboards write the separator that they cannot type.
_SEPARATORS = re.compile(r"\{GS\}|<GS>|\[GS\]|␝|\^\]|\\x1d|\\u001d", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x1c\x1e\x1f\x7f-\x9f\ufeff\u200b-\u200f\u2028-\u202e]")
_AIM = re.compile(r"\][A-Za-z][0-9a-zA-Z]", re.ASCII)
#: Symbology identifiers that say that GS1 element strings follow.
_GS1_AIM = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"})
#: Keys with which a message begins where nothing else says that it is one.
_KEY = re.compile(r"(?:00\d{18}|0[12]\d{14}|8003\d|8006\d|253\d|414\d)", re.ASCII)
_BRACKETS = re.compile(r"\((\d{2,4})\)", re.ASCII)
_EPC_HEX = re.compile(r"(?:[0-9A-F]{4}){6,64}", re.ASCII)
#: Codes without check digits are verified by their element's own pattern; zero days are meant.
_CONFIG = ParseConfig(gs1_element_strings_verify_date=False)
_POUND_G = Decimal("453.59237")
#: A message holds a handful of elements; a hostile one could hold hundreds.
_MAX_ELEMENTS = 40


@dataclass(frozen=True, slots=True)
class Read:
    """A code, taken apart.

    :param text: it without symbology identifier and control characters (but the separators inside).
    :param own: what to look for among our own codes; empty where the code is somebody else's by its form.
    :param carriers: codes of containers that stand in it: SSCC, returnable asset, individual asset.
    :param references: order numbers that stand in it (AI 400).
    """

    text: str
    elements: Elements = field(default_factory=Elements)
    own: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


def code_read(text: str) -> Read:
    """Take ``text`` apart. Whatever it is, something comes back."""
    aim, cleaned = _cleaned(text)
    if not cleaned:
        return Read("")
    found = list(_elements(aim, cleaned))
    if found:
        return _summed(cleaned, found)
    return _bare(cleaned)


def _cleaned(text: str) -> tuple[str, str]:
    """(symbology identifier, the rest)."""
    whole = _SEPARATORS.sub(GS, text[: 2 * MAX_LENGTH].encode("utf-8", "ignore").decode("utf-8"))
    whole = _CONTROLS.sub("", unicodedata.normalize("NFKC", whole)).strip(" ")
    leading = whole.startswith(GS)  # some scanners send the first FNC1 so, instead of a symbology identifier
    whole = whole.strip(GS + " ")[:MAX_LENGTH]
    match = _AIM.match(whole)
    if match and len(whole) > match.end():
        return match[0], whole[match.end() :].lstrip(GS)
    return ("]C1" if leading else ""), whole


def _elements(aim: str, text: str) -> Iterator[GS1ElementString]:
    if text[:4].lower() == "http":
        yield from _of_link(text)
    elif text[:8].lower() == "urn:epc:":
        yield from _of_epc(text)
    elif text.startswith("("):
        yield from _of_brackets(text)
    elif aim in _GS1_AIM or GS in text:
        yield from _of_message(text)
    elif _KEY.match(text):
        found = list(_of_message(text))
        if found and not (found[0].gtin_error or found[0].sscc_error):
            yield from found
    elif len(text) <= MAX_EPC and _EPC_HEX.fullmatch(text.upper()):
        yield from _of_epc(text.upper())


def _of_message(text: str) -> Iterator[GS1ElementString]:
    """Element strings one behind the other; what stands behind one that cannot be read is left."""
    for _number in range(_MAX_ELEMENTS):
        if not text:
            return
        try:
            element = GS1ElementString.extract(text, config=_CONFIG)
        except (ParseError, ValueError):
            return
        if not element.value.isascii():  # digits of other scripts, which the library takes for digits
            return
        yield element
        rest = text[len(element) :]
        if len(rest) == len(text):
            return
        text = rest.lstrip(GS)


def _of_brackets(text: str) -> Iterator[GS1ElementString]:
    """The form printed for people: ``(01)…(10)…``."""
    parts = _BRACKETS.split(text)[1 : 2 * _MAX_ELEMENTS + 1]
    for ai, value in zip(parts[::2], parts[1::2], strict=False):
        try:
            element = GS1ElementString.parse(ai + value.strip(f" {GS}"), config=_CONFIG)
        except (ParseError, ValueError):
            continue
        if element.value.isascii():
            yield element


def _of_link(text: str) -> Iterator[GS1ElementString]:
    try:
        found = GS1DigitalLinkURI.parse(text, config=_CONFIG).element_strings
    except (ParseError, ValueError):
        return
    yield from (element for element in found if element.value.isascii())


def _of_epc(text: str) -> Iterator[GS1ElementString]:
    """What a tag says, by the element strings that it stands for."""
    from epcpy.utils.parsers import (
        epc_pure_identity_to_scheme,
        hex_to_tag_encodable,
        tag_uri_to_tag_encodable,
    )

    if len(text) > MAX_EPC:
        return
    try:
        scheme: Any
        if not text.startswith("urn:"):
            scheme = hex_to_tag_encodable(text)
        elif text.startswith("urn:epc:tag:"):
            scheme = tag_uri_to_tag_encodable(text)
        else:
            scheme = epc_pure_identity_to_scheme(text)
        written = scheme.gs1_element_string()
    except Exception as error:  # the library says nothing of what it raises for tags that make no sense
        logger.debug("epc_unreadable", error=type(error).__name__)
        return
    yield from _of_brackets(written)


# ---------------------------------------------------------------- meaning


def _summed(text: str, found: list[GS1ElementString]) -> Read:
    by_ai: dict[str, GS1ElementString] = {}
    for element in found:
        by_ai.setdefault(element.ai.ai, element)

    def value(*ais: str) -> str:
        return next((by_ai[ai].value for ai in ais if ai in by_ai), "")

    def day(*ais: str) -> date | None:
        return next((moment for ai in ais if ai in by_ai and (moment := _day(by_ai[ai]))), None)

    sscc = value("00") if "00" in by_ai and by_ai["00"].sscc else ""
    count = value("37", "30")
    elements = Elements(
        gtin=next((value(ai) for ai in ("01", "02") if ai in by_ai and by_ai[ai].gtin), ""),
        sscc=sscc,
        lot=value("10"),
        serial=value("21"),
        produced_on=day("11", "13"),
        expires_on=day("17", "7003", "15"),
        count=int(count) if count.isdigit() else None,
        weight_g=_weight(by_ai),
    )
    carriers = tuple(code for code in (sscc, value("8003"), value("8004")) if code)
    return Read(text, elements, (), carriers, tuple(code for code in (value("400"),) if code))


def _day(element: GS1ElementString) -> date | None:
    if element.date is not None:
        return element.date
    return element.datetime.date() if element.datetime is not None else None


def _weight(by_ai: dict[str, GS1ElementString]) -> Decimal | None:
    for ai, element in by_ai.items():
        if element.decimal is None or len(ai) != 4:
            continue
        if ai.startswith("310"):
            return element.decimal * 1000
        if ai.startswith("320"):
            return (element.decimal * _POUND_G).quantize(Decimal("0.001"))
    return None


def _bare(text: str) -> Read:
    """A code without structure: a number of trade items or of a logistic unit, or one of our own."""
    own = (text,) if len(text) <= MAX_OWN and GS not in text else ()
    if not (text.isascii() and text.isdigit()):
        return Read(text, own=own)
    if len(text) == 18 and _is_sscc(text):
        return Read(text, Elements(sscc=text), own, (text,))
    return Read(text, Elements(gtin=_gtin(text)), own)


def _is_sscc(text: str) -> bool:
    try:
        Sscc.parse(text)
    except (ParseError, ValueError):
        return False
    return True


def _gtin(text: str) -> str:
    """Fourteen digits, where ``text`` is a GTIN (or a zero-suppressed UPC-E) with a right check digit."""
    if len(text) not in {6, 7, 8, 12, 13, 14}:
        return ""
    for read in (_as_gtin, _as_upc):
        try:
            return read(text)
        except (ParseError, ValueError):
            continue
    return ""


def _as_gtin(text: str) -> str:
    if len(text) < 8:
        raise ParseError(text)
    return Gtin.parse(text).as_gtin_14()


def _as_upc(text: str) -> str:
    if len(text) != 8:  # shorter ones lack a check digit, by which they would be told from our own numbers
        raise ParseError(text)
    return Gtin.parse(Upc.parse(text).as_upc_a()).as_gtin_14()
