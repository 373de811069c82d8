"""Messages in the words of their readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation


def say(text: str, data: Mapping[str, Any]) -> str:
    """A source string in the language at hand, with its places filled; one that does not fit is shown as it is."""
    if not text:
        return ""
    words = translation.gettext(text)
    try:
        return words % data
    except (KeyError, ValueError, TypeError):
        return words
