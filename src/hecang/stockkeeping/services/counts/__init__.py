"""What can be done with counts. Import from here; the modules behind are named by what they do."""

from hecang.stockkeeping.services.counts.choosing import STORAGE, Scope
from hecang.stockkeeping.services.counts.comparing import PlaceRead
from hecang.stockkeeping.services.counts.deciding import (
    Decision,
    count_lines_approve,
    count_lines_dismiss,
    count_lines_recount,
)
from hecang.stockkeeping.services.counts.goods import Tally
from hecang.stockkeeping.services.counts.planning import (
    CountIn,
    Suspicion,
    count_cancel,
    count_create,
    count_release,
    counts_on_event,
    programmes_run,
)
from hecang.stockkeeping.services.counts.policies import (
    Policy,
    ProgrammeIn,
    Tolerance,
    count_policy_save,
    count_programme_delete,
    count_programme_save,
    policies_of,
    policy_of,
)
from hecang.stockkeeping.services.counts.posting import (
    count_post,
    count_post_now,
    count_post_stop,
    counts_post_run,
    counts_post_waiting,
)
from hecang.stockkeeping.services.counts.reading import (
    PlaceOutcome,
    place_enter,
    place_leave,
    place_skip,
    places_count,
)
from hecang.stockkeeping.services.counts.risk import models_train, risks_score

__all__ = [
    "STORAGE",
    "CountIn",
    "Decision",
    "PlaceOutcome",
    "PlaceRead",
    "Policy",
    "ProgrammeIn",
    "Scope",
    "Suspicion",
    "Tally",
    "Tolerance",
    "count_cancel",
    "count_create",
    "count_lines_approve",
    "count_lines_dismiss",
    "count_lines_recount",
    "count_policy_save",
    "count_post",
    "count_post_now",
    "count_post_stop",
    "count_programme_delete",
    "count_programme_save",
    "count_release",
    "counts_on_event",
    "counts_post_run",
    "counts_post_waiting",
    "models_train",
    "place_enter",
    "place_leave",
    "place_skip",
    "places_count",
    "policies_of",
    "policy_of",
    "programmes_run",
    "risks_score",
]
