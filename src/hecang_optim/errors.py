"""What goes wrong here: input that means nothing. Everything else is a bug."""

from __future__ import annotations


class InvalidProblem(ValueError):
    """The input cannot be what was meant.

    :param field: the parameter at fault, as the caller wrote it: ``"cart.capacity"``.
    :param why: what is wrong with it, one sentence without a full stop.
    :param index: position in ``field``, where it is an array or a sequence.
    """

    def __init__(self, field: str, why: str, index: int | None = None) -> None:
        self.field = field
        self.why = why
        self.index = index
        # All of them, so that it can be pickled and raised again elsewhere.
        super().__init__(field, why, index)

    def __str__(self) -> str:
        place = self.field if self.index is None else f"{self.field}[{self.index}]"
        return f"{place}: {self.why}"


def require(condition: object, field: str, why: str, index: int | None = None) -> None:
    """Raise :class:`InvalidProblem` unless ``condition`` is true."""
    if not condition:
        raise InvalidProblem(field, why, index)
