"""What handhelds are told when not a single entry, but the session itself is wrong."""

from __future__ import annotations

from hecang.kernel.errors import Conflict, InvalidInput, NotFound


class ScenarioUnknown(NotFound):
    code = "scenario_unknown"


class SessionUnknown(NotFound):
    code = "floor_session_unknown"


class SessionReused(InvalidInput):
    """The id of a session was used for another one."""

    code = "floor_session_reused"


class PhotoRefused(InvalidInput):
    code = "photo_refused"


class NoWorker(Conflict):
    """Only people work on the floor; the system has no handheld."""

    code = "no_worker"
