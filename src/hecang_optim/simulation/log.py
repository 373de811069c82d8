"""What happened, when and where: enough to replay the day on a screen."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from hecang_optim.simulation.floor import Point

#: ``actor`` of events that concern no worker and no station
NOBODY = -1

LOG = np.dtype(
    [
        ("time", np.float64),
        ("actor", np.int32),
        ("x", np.float64),
        ("y", np.float64),
        ("event", np.int8),
        ("order", np.int32),
        ("job", np.int32),
    ]
)


class Event(IntEnum):
    """What a row of the log says.

    Between two rows of a worker, he walks straight and evenly from the one place to the other, or stands.
    """

    ARRIVE = 0  #: an order is known
    RELEASE = 1  #: an order is planned into a job
    ON_SHIFT = 2  #: a worker comes
    BEGIN = 3  #: a worker begins a job
    MOVE = 4  #: a worker is at a corner of his walk
    WAIT = 5  #: a worker waits: for a narrow aisle, a location in use, or a refill
    WORK = 6  #: a worker begins to handle goods or to set up
    PICK = 7  #: a line has been picked
    DONE = 8  #: a worker has finished a job
    EMPTY = 9  #: a location has too little
    REFILLED = 10  #: a location is full again
    PACK = 11  #: a station begins an order
    LEAVE = 12  #: an order has left


class Log:
    """Rows in the making; one that is off keeps nothing."""

    __slots__ = ("_rows", "on")

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._rows: list[tuple[float, int, float, float, int, int, int]] = []

    def add(
        self, time: float, actor: int, place: Point, event: Event, order: int = -1, job: int = -1
    ) -> None:
        if self.on:
            self._rows.append((time, actor, place[0], place[1], int(event), order, job))

    def rows(self) -> NDArray[np.void]:
        """All rows by time, with the fields of :data:`LOG`."""
        rows = np.array(self._rows, dtype=LOG)
        return rows[np.argsort(rows["time"], kind="stable")]
