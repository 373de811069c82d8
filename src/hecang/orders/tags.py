"""What a tag may look like, and the tags that say what shall be done with an order."""

from __future__ import annotations

import re
from typing import Final

_TAG: Final = re.compile(r"[^\s,\"'\\{}\x00]{1,32}")
#: Wishes of rules that splitting and merging carry out: ``wish:split:temperature``, ``wish:merge``.
WISH_SPLIT: Final = "wish:split:"
WISH_MERGE: Final = "wish:merge"


def is_tag(text: str) -> bool:
    """1 to 32 characters without commas, quotes, braces or blanks."""
    return _TAG.fullmatch(text) is not None
