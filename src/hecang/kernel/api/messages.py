"""What pydantic found, in words for people and in the user's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hecang.kernel.errors import Problem

#: pydantic's error type → (our code, message with placeholders from the error's context).
_MESSAGES: dict[str, tuple[str, Any]] = {
    "missing": ("required", gettext_lazy("This field is required.")),
    "extra_forbidden": ("unknown_field", gettext_lazy("This field is unknown here.")),
    "string_type": ("wrong_type", gettext_lazy("Must be a text.")),
    "string_unicode": ("wrong_type", gettext_lazy("Holds characters that are no valid Unicode.")),
    "string_too_long": ("too_long", gettext_lazy("Must have at most %(max_length)s characters.")),
    "string_too_short": ("too_short", gettext_lazy("Must have at least %(min_length)s characters.")),
    "string_pattern_mismatch": ("wrong_form", gettext_lazy("Does not have the form %(pattern)s.")),
    "too_long": ("too_many", gettext_lazy("Must have at most %(max_length)s entries.")),
    "too_short": ("too_few", gettext_lazy("Must have at least %(min_length)s entries.")),
    "int_type": ("wrong_type", gettext_lazy("Must be a whole number.")),
    "int_parsing": ("wrong_type", gettext_lazy("Must be a whole number.")),
    "int_parsing_size": ("out_of_range", gettext_lazy("The number is too large.")),
    "int_from_float": ("wrong_type", gettext_lazy("Must be a whole number.")),
    "float_type": ("wrong_type", gettext_lazy("Must be a number.")),
    "float_parsing": ("wrong_type", gettext_lazy("Must be a number.")),
    "decimal_type": ("wrong_type", gettext_lazy("Must be a number.")),
    "decimal_parsing": ("wrong_type", gettext_lazy("Must be a number.")),
    "decimal_max_digits": ("out_of_range", gettext_lazy("Must have at most %(max_digits)s digits.")),
    "decimal_max_places": (
        "out_of_range",
        gettext_lazy("Must have at most %(decimal_places)s decimal places."),
    ),
    "decimal_whole_digits": (
        "out_of_range",
        gettext_lazy("Must have at most %(whole_digits)s digits before the point."),
    ),
    "finite_number": ("out_of_range", gettext_lazy("Must be a finite number.")),
    "greater_than": ("out_of_range", gettext_lazy("Must be greater than %(gt)s.")),
    "greater_than_equal": ("out_of_range", gettext_lazy("Must be at least %(ge)s.")),
    "less_than": ("out_of_range", gettext_lazy("Must be less than %(lt)s.")),
    "less_than_equal": ("out_of_range", gettext_lazy("Must be at most %(le)s.")),
    "bool_type": ("wrong_type", gettext_lazy("Must be true or false.")),
    "bool_parsing": ("wrong_type", gettext_lazy("Must be true or false.")),
    "list_type": ("wrong_type", gettext_lazy("Must be a list.")),
    "dict_type": ("wrong_type", gettext_lazy("Must be an object.")),
    "model_type": ("wrong_type", gettext_lazy("Must be an object.")),
    "model_attributes_type": ("wrong_type", gettext_lazy("Must be an object.")),
    "literal_error": ("unknown_value", gettext_lazy("Must be one of %(expected)s.")),
    "enum": ("unknown_value", gettext_lazy("Must be one of %(expected)s.")),
    "datetime_parsing": ("wrong_type", gettext_lazy("Must be a moment such as 2026-01-31T08:00:00+08:00.")),
    "datetime_from_date_parsing": (
        "wrong_type",
        gettext_lazy("Must be a moment such as 2026-01-31T08:00:00+08:00."),
    ),
    "datetime_type": ("wrong_type", gettext_lazy("Must be a moment such as 2026-01-31T08:00:00+08:00.")),
    "timezone_aware": ("no_time_zone", gettext_lazy("The moment needs its offset, such as +08:00.")),
    "date_parsing": ("wrong_type", gettext_lazy("Must be a day such as 2026-01-31.")),
    "date_from_datetime_parsing": ("wrong_type", gettext_lazy("Must be a day such as 2026-01-31.")),
    "date_from_datetime_inexact": ("wrong_type", gettext_lazy("Must be a day such as 2026-01-31.")),
    "date_type": ("wrong_type", gettext_lazy("Must be a day such as 2026-01-31.")),
    "uuid_parsing": ("wrong_type", gettext_lazy("Must be a UUID.")),
    "uuid_type": ("wrong_type", gettext_lazy("Must be a UUID.")),
    "none_required": ("wrong_type", gettext_lazy("Must be empty.")),
}


def readable(error: Mapping[str, Any]) -> Problem:
    """One pydantic error as a problem with its place."""
    context = {key: value for key, value in dict(error.get("ctx") or {}).items() if key != "error"}
    code, message = _MESSAGES.get(error["type"], ("invalid", None))
    if message is None:
        # Our own validators raise ValueError with a sentence; pydantic puts a prefix before it.
        text = str(error.get("msg", "")).removeprefix("Value error, ") or _("This value is not right.")
    else:
        text = str(message) % context if "%(" in str(message) else str(message)
    parts = [str(part) for part in error.get("loc", ())]
    # ninja names the source and, for bodies, the view's parameter; people sent only what is in it
    if parts and parts[0] == "body":
        parts = parts[2:]
    elif parts and parts[0] in {"form", "file"}:
        parts = parts[1:]
    loc = ".".join(parts)[:200]
    field = next((part for part in reversed(parts) if not part.isdigit()), None)
    return Problem(message=text, code=code, loc=loc or None, field=field[:64] if field else None)
