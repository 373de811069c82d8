"""One pasted line, as chats and spreadsheets bring it, taken apart into who, which number and where.

``张三 138-1234-5678 上海市浦东新区世纪大道 100 号`` in any order, with or without labels (“收货人：”), commas,
brackets, several lines. What is not recognised stays in the address: nothing is thrown away.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from hecang.partners.phones import phone_normalise
from hecang.partners.regions.names import short_names
from hecang.partners.regions.source import CITY, DISTRICT, PROVINCE
from hecang.partners.selectors import region_from_text, region_names

MAX_LENGTH: Final = 500

_MOBILE: Final = re.compile(
    r"(?<!\d)(?:\+?(?:00)?86[-\s]?)?(1[3-9]\d[-\s]?\d{4}[-\s]?\d{4})(?!\d)(\s?(?:转|ext\.?|-|#)\s?\d{1,6}(?!\d))?",
    re.IGNORECASE,
)
_LANDLINE: Final = re.compile(
    r"(\+(?!86)\d{1,3}[-\s]?\d[\d\s-]{5,13}\d(?!\d)|(?<!\d)0\d{2,3}[-\s]?\d{7,8}(?:\s?(?:转|-)\s?\d{1,6})?|(?<!\d)400[-\s]?\d{3,4}[-\s]?\d{3,4})(?!\d)"
)
_POSTCODE: Final = re.compile(
    r"(?:邮编|邮政编码|postcode|zip)[:\s]*(\d{6})(?!\d)|(?<![\d#-])(\d{6})(?=\s*$)", re.IGNORECASE
)
_LABEL: Final = re.compile(
    r"(?:(?:收货|收件|联系)(?:人|方)?(?:姓名|名字)?|姓名|名字|(?:手机|电话|联系)(?:号码|电话|方式|号)?|"
    r"(?:收货|收件|详细|所在)?(?:地址|地区|区域)|街道地址|name|recipient|phone|mobile|tel|address)\s*[:：]\s*",
    re.IGNORECASE,
)
_NAME_LABEL: Final = re.compile(
    r"(?:(?:收货|收件|联系)人(?:姓名|名字)?|姓名|名字|name|recipient)\s*[:：]\s*([^\s,，;；。:：\d]{1,20}(?: [A-Za-z]{1,20}){0,2})",
    re.IGNORECASE,
)
_TITLE: Final = re.compile("(?:先生|女士|小姐|老师|收)$")
_SPLIT: Final = re.compile(r"[\s,，;；。、|/\\\t\n（）()【】\[\]]+")
_CHINESE_NAME: Final = re.compile("[\u4e00-\u9fff·]{2,8}")
_LATIN_NAME: Final = re.compile(r"[A-Za-z][A-Za-z.'-]{1,24}")
#: Said between city and district, and meaning nothing.
_NOISE: Final = re.compile("^(?:市辖区|省直辖县级行政区划|自治区直辖县级行政区划|省直辖)")
#: What a name does not end in, and an address often does.
_PLACE: Final = re.compile(
    "[省市区县镇乡村路街道巷弄号楼室层栋座园苑院厦场店厂库城湾庄屯旗州盟]$|大学|公司|小区|广场|中心|快递|自提|驿站"
)


@dataclass(frozen=True, slots=True)
class PastedRecipient:
    """What was understood; empty where nothing was.

    :param address: what comes after the region, as it was written.
    :param missing: of ``name``, ``phone``, ``region`` and ``address``, what a person has to fill in.
    """

    name: str
    phone: str
    region_code: str
    province: str
    city: str
    district: str
    address: str
    postcode: str
    missing: tuple[str, ...]


def recipient_parse(text: str) -> PastedRecipient:
    """Take one pasted recipient apart; asks for regions only, never fails."""
    rest = unicodedata.normalize("NFKC", text.replace("\x00", ""))[:MAX_LENGTH].strip()
    phone, rest = _phone(rest)
    postcode, rest = _postcode(rest)
    name = ""
    if labelled := _NAME_LABEL.search(rest):
        name = labelled[1].strip()
        rest = rest[: labelled.start()] + " " + rest[labelled.end() :]
    rest = _LABEL.sub(" ", rest)
    parts = [part for part in _SPLIT.split(rest) if part]
    if not name:
        name, parts = _name(parts)
    region, address = _place(parts)
    names = region_names([region]).get(region) if region else None
    found = {
        "name": _TITLE.sub("", name) or name,
        "phone": phone,
        "region": region if region and not region.endswith("0000") else "",
        "address": address,
    }
    return PastedRecipient(
        name=found["name"],
        phone=phone,
        region_code=region,
        province=names.province if names else "",
        city=names.city if names else "",
        district=names.district if names else "",
        address=address,
        postcode=postcode,
        missing=tuple(field for field, value in found.items() if not value),
    )


def _phone(text: str) -> tuple[str, str]:
    """The first mobile, else the first landline, and the text without it."""
    if mobile := _MOBILE.search(text):
        extension = re.sub(r"\D", "", mobile[2] or "")
        number = phone_normalise(mobile[1])
        return (f"{number}转{extension}" if extension else number), _without(text, mobile)
    if landline := _LANDLINE.search(text):
        return re.sub(r"\s", "", landline[1]), _without(text, landline)
    return "", text


def _postcode(text: str) -> tuple[str, str]:
    if found := _POSTCODE.search(text):
        return found[1] or found[2], _without(text, found)
    return "", text


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}".strip()


def _name(parts: list[str]) -> tuple[str, list[str]]:
    """The part that looks most like a person, and the other parts.

    A part of two to four characters that is no place, at either end; Latin names may have several words.
    """
    best, score = -1, 0
    for place, part in enumerate(parts):
        points = _likeness(part, at_end=place in {0, len(parts) - 1})
        if points > score:
            best, score = place, points
    if best < 0:
        return "", parts
    last = best + 1
    if _LATIN_NAME.fullmatch(parts[best]):
        while last < len(parts) and last - best < 3 and _LATIN_NAME.fullmatch(parts[last]):
            last += 1
    return " ".join(parts[best:last]), parts[:best] + parts[last:]


def _likeness(part: str, *, at_end: bool) -> int:
    bare = _TITLE.sub("", part)
    if _LATIN_NAME.fullmatch(part):
        return 2 + at_end
    if not _CHINESE_NAME.fullmatch(part) or _PLACE.search(bare) or region_from_text(part):
        return 0
    length = len(bare)
    return (4 if length in {2, 3} else 3 if length == 4 else 1) + at_end + 3 * (bare != part)


def _place(parts: list[str]) -> tuple[str, str]:
    """The region, and what was written behind its names.

    The part in which the region begins may stand anywhere: what stands before it belongs to the street.
    """
    for first in range(len(parts)):
        region = region_from_text(" ".join(parts[first:]))
        if region is not None and region_from_text(parts[first]) is not None:
            behind = _behind(" ".join(parts[first:]), region)
            return region, " ".join([behind, *parts[:first]]).strip()
    return "", " ".join(parts)


def _behind(text: str, region: str) -> str:
    """``text`` without the names of the region at its beginning, full or short."""
    names = region_names([region])[region]
    rest = text
    for name, level in ((names.province, PROVINCE), (names.city, CITY), (names.district, DISTRICT)):
        for _again in range(2):  # 上海市上海市浦东新区
            bare = _NOISE.sub("", rest.lstrip())
            forms = sorted({name, *short_names(name, level)}, key=len, reverse=True) if name else []
            said = next((form for form in forms if bare.startswith(form)), None)
            if said is None:
                break
            rest = bare[len(said) :]
    return _NOISE.sub("", rest.lstrip()).strip()
