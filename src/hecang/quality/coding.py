"""The company's coding standard: masks that people can read, and no regular expressions that could hang.

====== =========================================
``A``  a capital letter A–Z
``a``  a small letter a–z
``9``  a digit
``#``  a capital letter or digit
``?``  any character but a blank
``*``  any number of characters but blanks, also none; at most once
``[..]`` one of several texts: ``[FD|NF]``
``\\``  the next character as it stands
else   itself
====== =========================================

Several masks for one kind: a code has to fit any of them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from hecang.kernel.errors import InvalidInput, Problem
from hecang.quality.models import CodingRule
from hecang.quality.registry import Found

MAX_MASK: Final = 100
MAX_CHOICES: Final = 50
_CLASSES: Final = {"A": "[A-Z]", "a": "[a-z]", "9": "[0-9]", "#": "[A-Z0-9]", "?": r"\S"}


@dataclass(frozen=True, slots=True)
class Standard:
    """The masks of one kind of code. ``is_strict``: codes that fit none are refused, not only told."""

    masks: tuple[str, ...]
    is_strict: bool

    def fits(self, code: str) -> bool:
        return any(_compiled(mask).fullmatch(code) is not None for mask in self.masks)


@functools.lru_cache(maxsize=512)
def _compiled(mask: str) -> re.Pattern[str]:
    return re.compile(mask_pattern(mask))


def mask_pattern(mask: str) -> str:
    """The pattern that a mask stands for: without nested repetition, so matching takes linear time.

    :raises InvalidInput: saying what is wrong with the mask and where.
    """
    parts: list[str] = []
    stars = 0
    position = 0
    while position < len(mask):
        sign = mask[position]
        if sign in _CLASSES:
            parts.append(_CLASSES[sign])
        elif sign == "*":
            stars += 1
            parts.append(r"\S*")
        elif sign == "[":
            end = mask.find("]", position)
            choices = mask[position + 1 : end].split("|") if end > 0 else []
            if not choices or not all(choices) or len(choices) > MAX_CHOICES:
                raise _bad(
                    _("A list of choices begins with “[”, ends with “]”, and has texts between “|”."),
                    position,
                )
            parts.append("(?:" + "|".join(map(re.escape, choices)) + ")")
            position = end
        elif sign == "\\":
            position += 1
            if position == len(mask):
                raise _bad(_("Behind the last “\\” stands nothing."), position - 1)
            parts.append(re.escape(mask[position]))
        elif sign.isspace() or sign == "]":
            raise _bad(_("A mask has no blanks, and “]” only at the end of choices."), position)
        else:
            parts.append(re.escape(sign))
        position += 1
    if not parts or len(mask) > MAX_MASK or stars > 1:
        raise _bad(_("A mask has 1 to %(most)s characters and at most one “*”.") % {"most": MAX_MASK}, 0)
    return "".join(parts)


def _bad(text: str, position: int) -> InvalidInput:
    message = _("The mask is wrong at character %(place)s. %(why)s") % {"place": position + 1, "why": text}
    return InvalidInput(message, problems=[Problem(message, code="bad_mask", loc="mask", field="mask")])


def standards() -> dict[str, Standard]:
    """The standards in force by kind of record. One statement."""
    found: dict[str, list[tuple[str, str]]] = {}
    for kind, mask, severity in (
        CodingRule.objects.filter(is_active=True)
        .order_by("id")
        .values_list("entity_kind", "mask", "severity")
    ):
        found.setdefault(kind, []).append((mask, severity))
    return {
        kind: Standard(
            tuple(mask for mask, _severity in rows), all(severity == "error" for _mask, severity in rows)
        )
        for kind, rows in found.items()
    }


def off_standard(entity_kind: str, codes: Iterable[str]) -> Mapping[str, str]:
    """Those of the codes that fit no mask → what is expected; empty where there is no standard. One statement."""
    standard = standards().get(entity_kind)
    if standard is None:
        return {}
    masks = ", ".join(standard.masks)
    return {code: masks for code in codes if code and not standard.fits(code)}


def off_standard_found(entity_kind: str, rows: Sequence[tuple[int, str]]) -> Iterable[Found]:
    """What a check finds among (id, code) of things; its message is :func:`off_standard_finding`."""
    odd = off_standard(entity_kind, [code for _id, code in rows])
    for key, code in rows:
        if code in odd:
            yield Found(key, code, "code", {"code": code, "masks": odd[code]})


def off_standard_finding(data: Mapping[str, Any]) -> str:
    """What people are told of what :func:`off_standard_found` found."""
    return off_standard_message(data["code"], data["masks"])


def is_strict(entity_kind: str) -> bool:
    """Whether codes off the standard are refused."""
    standard = standards().get(entity_kind)
    return standard is not None and standard.is_strict


def off_standard_message(code: str, masks: str) -> str:
    """What people are told of a code off the standard."""
    return _("The code “%(code)s” does not follow the coding standard (%(masks)s).") % {
        "code": code,
        "masks": masks,
    }
