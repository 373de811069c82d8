"""When inspection becomes stricter or looser, and when lots are skipped: rules over a supplier's record.

Switching: ISO 2859-1, clause 9. Normal becomes tightened when two of five (or fewer) lots in a row are refused,
tightened becomes normal after five accepted in a row, the fifth lot refused under tightened inspection stops it;
normal becomes reduced when the switching score reaches 30, reduced becomes normal with the first lot that is refused
or lies between acceptance and rejection number. Skipping: in the manner of ISO 2859-3, see :func:`may_skip`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

NORMAL, TIGHTENED, REDUCED, STOPPED = "normal", "tightened", "reduced", "stopped"
SCORE_FOR_REDUCED: Final = 30
REFUSED_TO_STOP: Final = 5
WINDOW: Final = 5


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of the lots before. As ``models.InspectionRecord``."""

    severity: str = NORMAL
    recent: tuple[bool, ...] = ()
    score: int = 0
    refused_tightened: int = 0
    accepted_in_row: int = 0
    skipped_in_row: int = 0
    lots: int = 0
    lots_refused: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a lot was judged.

    :param accepted: on first inspection.
    :param marginal: reduced inspection only: more bad units than the acceptance number, fewer than the rejection
        number.
    :param accept: the acceptance number of the plan (of major defects).
    :param would_pass_tighter: it would have been accepted under the next stricter limit as well.
    """

    accepted: bool
    marginal: bool = False
    accept: int = 0
    would_pass_tighter: bool = False


def after(record: Record, outcome: Outcome, *, switches: bool = True) -> Record:
    """The record when one more lot has been judged."""
    counted = replace(
        record,
        lots=record.lots + 1,
        lots_refused=record.lots_refused + (not outcome.accepted),
        accepted_in_row=record.accepted_in_row + 1 if outcome.accepted else 0,
        skipped_in_row=0,
        recent=(*record.recent, outcome.accepted)[-10:],
    )
    return _switched(counted, outcome) if switches else counted


def skipped(record: Record) -> Record:
    """The record when a lot has come in without being looked at."""
    return replace(record, skipped_in_row=record.skipped_in_row + 1)


def may_skip(record: Record, *, skip_after: int | None, skip_every: int | None) -> bool:
    """Whether the next lot comes in without inspection.

    After ``skip_after`` accepted lots in a row only every ``skip_every``-th is inspected; a refused one begins the
    row anew. Never under tightened or stopped inspection.
    """
    if not skip_after or not skip_every or record.severity in (TIGHTENED, STOPPED):
        return False
    return record.accepted_in_row >= skip_after and record.skipped_in_row < skip_every - 1


def restarted(record: Record) -> Record:
    """Inspection begins again, tightened, when a stopped supplier has shown what was improved."""
    return replace(record, severity=TIGHTENED, recent=(), refused_tightened=0, score=0, accepted_in_row=0)


def _switched(record: Record, outcome: Outcome) -> Record:
    if record.severity == NORMAL:
        return _from_normal(record, outcome)
    if record.severity == TIGHTENED:
        if not outcome.accepted:
            refused = record.refused_tightened + 1
            severity = STOPPED if refused >= REFUSED_TO_STOP else TIGHTENED
            return replace(record, severity=severity, refused_tightened=refused)
        if record.recent[-WINDOW:] == (True,) * WINDOW:
            return _fresh(record, NORMAL)
    if record.severity == REDUCED and (not outcome.accepted or outcome.marginal):
        return _fresh(record, NORMAL)
    return record


def _from_normal(record: Record, outcome: Outcome) -> Record:
    if record.recent[-WINDOW:].count(False) >= 2:
        return _fresh(record, TIGHTENED)
    if not outcome.accepted:
        return replace(record, score=0)
    if outcome.accept >= 2:
        score = record.score + 3 if outcome.would_pass_tighter else 0
    else:
        score = record.score + 2
    if score >= SCORE_FOR_REDUCED:
        return _fresh(record, REDUCED)
    return replace(record, score=score)


def _fresh(record: Record, severity: str) -> Record:
    """Another severity: what was counted under the one before does not count under this one."""
    return replace(record, severity=severity, recent=(), score=0, refused_tightened=0)
