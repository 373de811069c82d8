"""What can go wrong with inspections, claims, putaways and returns."""

from __future__ import annotations

from typing import ClassVar

from hecang.kernel.errors import Conflict, InvalidInput, NotFound, PermissionMissing, StateConflict


class PlanInvalid(InvalidInput):
    """An inspection plan makes no sense; names the fields."""

    code: ClassVar[str] = "inspection_plan_invalid"


class PlanNotFound(NotFound):
    code: ClassVar[str] = "inspection_plan_not_found"


class PlanScopeTaken(Conflict):
    """Another plan holds for exactly the same goods."""

    code: ClassVar[str] = "inspection_plan_scope_taken"


class InspectionNotFound(NotFound):
    code: ClassVar[str] = "inspection_not_found"


class InspectionStateConflict(StateConflict):
    """It has been decided already, or is somebody else's."""

    code: ClassVar[str] = "inspection_state_conflict"


class InspectionIncomplete(Conflict):
    """Fewer units were looked at than the sample has, or required items are open."""

    code: ClassVar[str] = "inspection_incomplete"


class InspectionFailed(Conflict):
    """More defects than the plan allows: the lot cannot simply be accepted."""

    code: ClassVar[str] = "inspection_failed"


class ConcessionMissing(PermissionMissing):
    """Accepting in part, or against the numbers, is for a manager."""

    code: ClassVar[str] = "concession_missing"


class ResultInvalid(InvalidInput):
    """An answer that does not fit its item."""

    code: ClassVar[str] = "inspection_result_invalid"


class GoodsGone(Conflict):
    """The units do not lie any more where, or as, they should."""

    code: ClassVar[str] = "goods_gone"


class ClaimNotFound(NotFound):
    code: ClassVar[str] = "claim_not_found"


class ClaimStateConflict(StateConflict):
    code: ClassVar[str] = "claim_state_conflict"


class ClaimInvalid(InvalidInput):
    code: ClassVar[str] = "claim_invalid"


class PutawayNotFound(NotFound):
    code: ClassVar[str] = "putaway_not_found"


class PutawayStateConflict(StateConflict):
    """It is done, cancelled, or in other hands."""

    code: ClassVar[str] = "putaway_state_conflict"


class PlaceUnfit(Conflict):
    """The place may not hold these goods: wrong temperature, hazard, too small, something else lies there."""

    code: ClassVar[str] = "place_unfit"


class PutawayInvalid(InvalidInput):
    code: ClassVar[str] = "putaway_invalid"


class PolicyInvalid(InvalidInput):
    code: ClassVar[str] = "putaway_policy_invalid"


class ReturnNotFound(NotFound):
    code: ClassVar[str] = "return_not_found"


class ReturnStateConflict(StateConflict):
    code: ClassVar[str] = "return_state_conflict"


class ReturnInvalid(InvalidInput):
    code: ClassVar[str] = "return_invalid"
