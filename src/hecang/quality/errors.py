"""What the board of findings can answer."""

from __future__ import annotations

from hecang.kernel.errors import InvalidInput, NotFound


class FixUnknown(NotFound):
    code = "fix_unknown"


class CodeOffStandard(InvalidInput):
    """A code does not look as the company wants its codes to look."""

    code = "code_off_standard"
