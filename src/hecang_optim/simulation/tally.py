"""Counts during a day; what comes before the end of the warm-up does not count."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Level:
    """The length of a queue, integrated over time."""

    warm_up: float
    now: int = 0
    most: int = 0
    _area: float = 0.0
    _since: float = 0.0

    def change(self, time: float, by: int) -> None:
        self._area += self.now * max(0.0, time - max(self._since, self.warm_up))
        self._since = time
        self.now += by
        if time >= self.warm_up:
            self.most = max(self.most, self.now)

    def mean(self, end: float) -> float:
        """Average between the warm-up and ``end``."""
        self.change(max(end, self._since), 0)
        return self._area / (end - self.warm_up) if end > self.warm_up else 0.0


@dataclass(slots=True)
class WorkerTally:
    """What one worker did.

    :param busy: seconds on jobs; walking, handling and waiting are parts of it.
    :param metres: walked; ``empty_metres`` of them on the way to a job.
    :param blocked: seconds waited for others in aisles.
    :param starved: seconds waited at empty locations.
    :param lost: seconds of walking lost to passing others.
    """

    busy: float = 0.0
    walking: float = 0.0
    metres: float = 0.0
    empty_metres: float = 0.0
    blocked: float = 0.0
    starved: float = 0.0
    lost: float = 0.0
    jobs: int = 0


@dataclass(slots=True)
class Tally:
    """All counts of a day."""

    warm_up: float
    workers: list[WorkerTally]
    unplanned: Level = field(init=False)
    open_jobs: Level = field(init=False)
    packing: Level = field(init=False)
    packing_busy: Level = field(init=False)
    refills: int = 0
    empty_faces: int = 0

    def __post_init__(self) -> None:
        for name in ("unplanned", "open_jobs", "packing", "packing_busy"):
            setattr(self, name, Level(self.warm_up))

    def counted(self, begin: float, end: float) -> float:
        """Seconds between two moments that count."""
        return max(0.0, end - max(begin, self.warm_up))
