"""What base units are called."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext_noop

#: Units that files and the first import bring along; a company's own words stay as they are.
KNOWN_UNITS = frozenset(
    {
        gettext_noop("pcs"),
        gettext_noop("box"),
        gettext_noop("bag"),
        gettext_noop("bottle"),
        gettext_noop("pack"),
        gettext_noop("pair"),
        gettext_noop("set"),
    }
)


def unit_text(unit: str) -> str:
    """A base unit in the reader's language, where it is one that we know a word for."""
    return translation.gettext(unit) if unit in KNOWN_UNITS else unit
