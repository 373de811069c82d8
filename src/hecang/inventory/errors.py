"""What inventory refuses, and why."""

from __future__ import annotations

from typing import ClassVar

from django.db import OperationalError

from hecang.kernel.errors import Conflict, InvalidInput, StockShort


class InsufficientStock(StockShort):
    """Fewer units lie at a place (or fewer are free there) than were to be taken from it."""

    code = "insufficient_stock"


class PostingInvalid(InvalidInput):
    """An entry that makes no sense: unknown place, no lot where one is needed, nothing moved."""

    code = "posting_invalid"


class ContainerMisplaced(Conflict):
    """A container is elsewhere, full, out of use, or may not go where it is to go."""

    code = "container_misplaced"


class SerialElsewhere(Conflict):
    """A serial was scanned whose unit cannot be the one in the hand: another lot, gone, or named for another."""

    code = "serial_elsewhere"


class AllocationNotOpen(Conflict):
    """The allocation has been shipped or released, or has fewer units than asked for."""

    code = "allocation_not_open"


class KeyReused(InvalidInput):
    """The same key came with another request."""

    code = "key_reused"


class DocumentsNotLocked(OperationalError):
    """Reservations must be shorted whose documents are not locked yet.

    Never reaches a caller: it carries the code of a serialisation failure, so the outermost transaction
    is undone and repeated, and locks the documents first (ADR 0003).
    """

    sqlstate: ClassVar[str] = "40001"
