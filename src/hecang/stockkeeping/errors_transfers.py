"""What can go wrong with transfers."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hecang.kernel.errors import Conflict, InvalidInput, NotFound


class TransferEmpty(Conflict):
    """Nothing of it could be sent."""

    code = "transfer_empty"


class NotOfTransfer(InvalidInput):
    """What was scanned does not belong to the transfer."""

    code = "not_of_transfer"


class MoreThanShipped(InvalidInput):
    """More came than was sent. ``data["outstanding"]``: units that are still on the road."""

    code = "more_than_shipped"


def transfer_missing() -> NotFound:
    """No such transfer, or outside of the reader's scope."""
    return NotFound(_("There is no such transfer, or it lies outside your data scope."))
