"""What rules refuse, and why."""

from __future__ import annotations

from hecang.kernel.errors import InvalidInput, NotFound


class RuleNotFound(NotFound):
    """No such rule, kind or version."""

    code = "rule_not_found"


class RuleRejected(InvalidInput):
    """A rule that cannot be; names what is wrong with its actions."""

    code = "rule_rejected"
