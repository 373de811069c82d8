"""What changes of goods and kit jobs refuse, and why."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _

from hecang.kernel.errors import Conflict, InvalidInput, NotFound


class ChangeInvalid(InvalidInput):
    """It is not said which goods, or what they are to become."""

    code: ClassVar[str] = "change_invalid"


class ChangeEmpty(Conflict):
    """No goods fit what was named."""

    code: ClassVar[str] = "change_empty"


class ChangeBySame(Conflict):
    """Whoever asked for a change cannot agree to it."""

    code: ClassVar[str] = "change_by_same"


class KitInvalid(InvalidInput):
    """The job makes no sense: no kit, one that is not kept as a piece, places that do not fit."""

    code: ClassVar[str] = "kit_invalid"


class KitExcess(Conflict):
    """More kits were named than are still to be made."""

    code: ClassVar[str] = "kit_excess"


def change_missing() -> NotFound:
    """No such change, or outside of the reader's scope."""
    return NotFound(_("There is no such change, or it lies outside your data scope."))


def kit_job_missing() -> NotFound:
    """No such job, or outside of the reader's scope."""
    return NotFound(_("There is no such kit job, or it lies outside your data scope."))
