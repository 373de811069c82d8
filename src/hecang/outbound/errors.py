"""What outbound refuses, and why."""

from __future__ import annotations

from hecang.kernel.errors import Conflict, InvalidInput, NotFound, StateConflict


class FulfilmentStopped(StateConflict):
    """The order is on hold or being cancelled: put the goods aside."""

    code = "fulfilment_stopped"


class WaveEmpty(Conflict):
    """No fulfilment fits the criteria, or none is left."""

    code = "wave_empty"


class BatchTaken(Conflict):
    """Another picker walks this batch."""

    code = "batch_taken"


class WaveStarted(Conflict):
    """Somebody already picks for this wave."""

    code = "wave_started"


class CodeUnknown(NotFound):
    """A scanned code leads to nothing that can be packed here."""

    code = "code_unknown"


class ParcelEmpty(Conflict):
    """Nothing has been scanned into the parcel."""

    code = "parcel_empty"


class WeightMismatch(Conflict):
    """The scale shows something other than what should be inside."""

    code = "weight_mismatch"


class CartonUnknown(InvalidInput):
    """No such carton, or it is not in use."""

    code = "carton_unknown"


class NoService(Conflict):
    """No carrier service reaches the address with this weight."""

    code = "no_carrier_service"


class ScanReused(Conflict):
    """The scan id was used for something else."""

    code = "scan_id_reused"
