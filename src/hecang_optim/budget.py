"""How long a search may go on. The package reads no clock: the caller hands one over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


def _never() -> bool:
    return False


@dataclass(slots=True)
class Budget:
    """Ends a search after some time, some rounds, or when the caller no longer wants it.

    A search asks :meth:`spent` between its rounds and returns the best it has. With ``rounds`` alone the
    result depends on the seed only; with ``seconds`` also on the speed of the machine.

    :param seconds: from now on; ``None`` for no limit.
    :param clock: gives seconds that only grow, such as ``time.monotonic``; needed with ``seconds``.
    :param rounds: of the search's own unit; ``None`` for no limit.
    :param cancelled: asked between rounds; true ends the search.
    :raises ValueError: ``seconds`` without ``clock``, or neither ``seconds`` nor ``rounds``.
    """

    seconds: float | None = None
    clock: Callable[[], float] | None = None
    rounds: int | None = None
    cancelled: Callable[[], bool] = _never
    _begun: float = field(init=False, default=0.0)
    _rounds_done: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        if self.seconds is not None:
            if self.clock is None:
                raise ValueError("seconds need a clock, such as time.monotonic")
            self._begun = self.clock()
        elif self.rounds is None:
            raise ValueError("give seconds, rounds, or both: a search without end ends nowhere")

    def count(self, rounds: int = 1) -> None:
        """Say that so many rounds have been done."""
        self._rounds_done += rounds

    @property
    def rounds_left(self) -> int | None:
        """Rounds that may still be done; ``None`` without a limit."""
        return None if self.rounds is None else max(0, self.rounds - self._rounds_done)

    def used(self) -> float:
        """Seconds since the beginning; 0 without a clock."""
        return 0.0 if self.clock is None else self.clock() - self._begun

    def remaining(self) -> float:
        """Seconds left, at least 0; infinite without a limit."""
        return float("inf") if self.seconds is None else max(0.0, self.seconds - self.used())

    def spent(self) -> bool:
        """Whether to stop now."""
        if self.rounds is not None and self._rounds_done >= self.rounds:
            return True
        return self.remaining() <= 0.0 or self.cancelled()
