"""What can go wrong with partners."""

from __future__ import annotations

from hecang.kernel.errors import Conflict


class CodeTaken(Conflict):
    """Another record has this code."""

    code = "code_taken"


class CustomerHasCredit(Conflict):
    """A customer with credit terms cannot simply go."""

    code = "customer_has_credit"
