"""Why a parcel is in trouble, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

_WIDTHS: Final = (
    gettext_noop("this lane"),
    gettext_noop("this service from this warehouse"),
    gettext_noop("this service"),
    gettext_noop("all services"),
    gettext_noop("the plain table"),
)
_TOLD: Final = {
    "returned": gettext_noop("The carrier is bringing it back."),
    "refused": gettext_noop("The carrier says that the recipient refused it."),
    "damaged": gettext_noop("The carrier says that it is damaged."),
    "lost": gettext_noop("The carrier says that it is lost."),
}


def why_words(trouble: str, why: Mapping[str, Any]) -> str:
    """One or two sentences; empty where there is no trouble."""
    if not trouble:
        return ""
    if "limit_hours" not in why:
        return translation.gettext(_TOLD[trouble]) if trouble in _TOLD else ""
    silent = _("No scan for %(hours)s hours.") % {"hours": why["silent_hours"]}
    if not why["samples"]:
        return (
            silent
            + " "
            + _("Nothing was learned yet: %(hours)s hours are allowed.") % {"hours": why["limit_hours"]}
        )
    learned = _(
        "Of %(samples)s scans of %(lane)s, 95 of 100 were followed by the next within %(p95)s hours; %(limit)s are allowed."
    )
    return (
        silent
        + " "
        + learned
        % {
            "samples": why["samples"],
            "lane": translation.gettext(_WIDTHS[why["width"]]),
            "p95": why["p95_hours"],
            "limit": why["limit_hours"],
        }
    )
