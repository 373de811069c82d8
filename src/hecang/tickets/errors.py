"""What can go wrong with tickets."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hecang.kernel.errors import Conflict, InvalidInput, LimitExceeded, NotFound, StateConflict


class TicketStateConflict(StateConflict):
    """The ticket is in a state that has no such step."""

    code = "ticket_state"


class SameTicketOpen(Conflict):
    """Another ticket about the same thing stands open already."""

    code = "same_ticket_open"


class TeamUnknown(InvalidInput):
    code = "unknown_team"


class AttachmentRefused(InvalidInput):
    """A file of a kind that is not taken."""

    code = "attachment_refused"


class AttachmentTooLarge(LimitExceeded):
    code = "attachment_too_large"


def missing() -> NotFound:
    """The ticket is not there, or not for the one who asks."""
    return NotFound(_("There is no such ticket, or it lies outside your data scope."))
