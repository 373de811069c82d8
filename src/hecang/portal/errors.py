"""What a buyer's page can answer."""

from __future__ import annotations

from hecang.kernel.errors import Conflict, NotFound, PermissionMissing, TooManyRequests


class LinkUnknown(NotFound):
    """No such link, expired, revoked, or the shop has switched its pages off: all look the same."""

    code = "link_unknown"


class NotYou(PermissionMissing):
    """The last four digits of the phone are others."""

    code = "not_you"


class LinkLocked(TooManyRequests):
    code = "link_locked"


class TooLate(Conflict):
    """What was asked for is not possible any more, or not on this page."""

    code = "too_late"
