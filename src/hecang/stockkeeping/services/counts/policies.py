"""How a warehouse counts: tolerances, limits, what makes it count, and its standing programmes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem
from hecang.stockkeeping.models import CountKind, CountProgramme

CLASSES = ("A", "B", "C")

_TOLERANCES = """
INSERT INTO count_tolerance (policy_id, abc_class, percent, units, value, cycle_days)
SELECT %s, t.* FROM unnest(%s::text[], %s::numeric[], %s::integer[], %s::numeric[], %s::smallint[]) AS t
    (abc_class, percent, units, value, cycle_days)
ON CONFLICT (policy_id, abc_class) DO UPDATE SET percent = excluded.percent, units = excluded.units,
    value = excluded.value, cycle_days = excluded.cycle_days
"""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What is accepted at once for goods of one class.

    :param percent: of the book, and ``units``: whichever is more …
    :param value: … but never a difference of more than this.
    :param cycle_days: how often places of this class are counted by the cycle.
    """

    percent: Decimal = Decimal(0)
    units: int = 0
    value: Decimal = Decimal(0)
    cycle_days: int = 90


@dataclass(frozen=True, slots=True)
class Policy:
    """See :class:`hecang.stockkeeping.models.CountPolicy`."""

    warehouse_id: int
    is_blind: bool = True
    recount_by_other: bool = True
    max_rounds: int = 3
    approve_units: int = 50
    approve_value: Decimal = Decimal(1000)
    motion_seconds: int = 120
    auto_post: bool = True
    stretch_size: int = 20
    on_short_pick: bool = True
    on_emptied: bool = False
    on_damaged: bool = False
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)

    def tolerance(self, abc_class: str) -> Tolerance:
        return self.tolerances.get(abc_class) or DEFAULTS.get(abc_class, DEFAULTS["C"])

    def counts_on(self, reason: str) -> bool:
        """Whether this makes the warehouse count; what a person says always does."""
        return {
            "short_pick": self.on_short_pick,
            "emptied": self.on_emptied,
            "damaged": self.on_damaged,
        }.get(reason, True)


#: Nothing is waved through until somebody says so; what sells most is looked at most.
DEFAULTS: Mapping[str, Tolerance] = {
    "A": Tolerance(cycle_days=30),
    "B": Tolerance(cycle_days=60),
    "C": Tolerance(cycle_days=180),
}

_FIELDS = (
    "is_blind", "recount_by_other", "max_rounds", "approve_units", "approve_value", "motion_seconds", "auto_post",
    "stretch_size", "on_short_pick", "on_emptied", "on_damaged",
)  # fmt: skip


def policies_of(warehouse_ids: Sequence[int]) -> dict[int, Policy]:
    """The policy of each warehouse, the usual one where nobody has set any. Two statements."""
    wanted = list(set(warehouse_ids))
    tolerances: dict[int, dict[str, Tolerance]] = {}
    for row in fetch(
        "SELECT policy_id, abc_class, percent, units, value, cycle_days FROM count_tolerance WHERE policy_id = ANY(%s)",
        [wanted],
    ):
        tolerances.setdefault(row[0], {})[row[1]] = Tolerance(*row[2:])
    set_ = {
        row[0]: replace(Policy(*row), tolerances=tolerances.get(row[0], {}))
        for row in fetch(
            f"SELECT warehouse_id, {', '.join(_FIELDS)} FROM count_policy WHERE warehouse_id = ANY(%s)",  # noqa: S608
            [wanted],
        )
    }
    return {key: set_.get(key) or Policy(key) for key in wanted}


def policy_of(warehouse_id: int) -> Policy:
    """The policy of one warehouse."""
    return policies_of([warehouse_id])[warehouse_id]


@transactional
def count_policy_save(*, policy: Policy) -> None:
    """Write how a warehouse counts. Raises NotFound outside of the actor's scope, InvalidInput."""
    current_actor().scope.require(warehouse=policy.warehouse_id)
    _require_sound(policy)
    before = policy_of(policy.warehouse_id)
    values = [getattr(policy, name) for name in _FIELDS]
    names = ", ".join(_FIELDS)
    execute(
        f"INSERT INTO count_policy (warehouse_id, {names}, updated_by, updated_at)"  # noqa: S608 - own names
        f" VALUES (%s, {', '.join(['%s'] * len(_FIELDS))}, %s, %s) ON CONFLICT (warehouse_id) DO UPDATE SET"
        f" {', '.join(f'{name} = excluded.{name}' for name in (*_FIELDS, 'updated_by', 'updated_at'))}",
        [policy.warehouse_id, *values, current_actor().name[:100], clock.now()],
    )
    rows = [
        (key, one.percent, one.units, one.value, one.cycle_days)
        for key, one in sorted(policy.tolerances.items())
    ]
    if rows:
        execute(_TOLERANCES, [policy.warehouse_id, *columns(rows, 5)])
    audit_record(
        action="stockkeeping.count_policy.changed",
        entity_kind="count_policy",
        entity_id=policy.warehouse_id,
        before=asdict(before),
        after=asdict(policy),
    )


def _require_sound(policy: Policy) -> None:
    problems = []
    if policy.max_rounds < 1 or policy.max_rounds > 9:
        problems.append(Problem(_("Between 1 and 9 rounds make sense."), loc="max_rounds"))
    if not 1 <= policy.stretch_size <= 200:
        problems.append(Problem(_("A task has between 1 and 200 places."), loc="stretch_size"))
    for key, one in policy.tolerances.items():
        if key not in CLASSES:
            problems.append(Problem(_("Classes are A, B and C."), loc=f"tolerances.{key}"))
        elif not 0 <= one.percent <= 100 or one.value < 0 or not 1 <= one.cycle_days <= 3650:
            problems.append(
                Problem(
                    _("Percent lies between 0 and 100, days between 1 and 3650."), loc=f"tolerances.{key}"
                )
            )
    if problems:
        raise InvalidInput(_("The rules were not saved: some values make no sense."), problems=problems)


@dataclass(frozen=True, slots=True)
class ProgrammeIn:
    """A standing order to count; see :class:`hecang.stockkeeping.models.CountProgramme`."""

    warehouse_id: int
    name: str
    kind: str
    zone_ids: tuple[int, ...] = ()
    location_kinds: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    at_hour: int = 6
    places_per_day: int = 50
    explore_percent: int = 10
    is_blind: bool = True
    is_active: bool = True


@transactional
def count_programme_save(*, programme: ProgrammeIn, programme_id: int | None = None) -> int:
    """Make or change a programme; its id. Raises InvalidInput, NotFound."""
    actor = current_actor()
    actor.scope.require(warehouse=programme.warehouse_id)
    _require_programme(programme)
    scope = {"zone_ids": list(programme.zone_ids), "location_kinds": list(programme.location_kinds)}
    values: dict[str, Any] = {
        "warehouse_id": programme.warehouse_id,
        "name": programme.name,
        "kind": programme.kind,
        "scope": scope,
        "weekdays": sorted(set(programme.weekdays)),
        "at_hour": programme.at_hour,
        "places_per_day": programme.places_per_day,
        "explore_percent": programme.explore_percent,
        "is_blind": programme.is_blind,
        "is_active": programme.is_active,
    }
    before = None
    if programme_id is None:
        made = CountProgramme.objects.create(**values, created_by=actor.name[:100], created_at=clock.now())
        programme_id = made.pk
    else:
        found = CountProgramme.objects.select_for_update(no_key=True).filter(pk=programme_id).first()
        if found is None:
            raise NotFound(_("There is no such programme."))
        actor.scope.require(warehouse=found.warehouse_id)
        before = {name: getattr(found, name) for name in values}
        CountProgramme.objects.filter(pk=programme_id).update(**values)
    audit_record(
        action="stockkeeping.count_programme.saved",
        entity_kind="count_programme",
        entity_id=programme_id,
        before=before,
        after=values,
    )
    return programme_id


@transactional
def count_programme_delete(*, programme_id: int) -> None:
    """Forget a programme; the counts that it made stay. Raises NotFound."""
    row = fetch_one("SELECT warehouse_id, name FROM count_programme WHERE id = %s FOR UPDATE", [programme_id])
    if row is None:
        raise NotFound(_("There is no such programme."))
    current_actor().scope.require(warehouse=row[0])
    execute("UPDATE stock_count SET programme_id = NULL WHERE programme_id = %s", [programme_id])
    execute("DELETE FROM count_programme WHERE id = %s", [programme_id])
    audit_record(
        action="stockkeeping.count_programme.deleted",
        entity_kind="count_programme",
        entity_id=programme_id,
        before={"name": row[1], "warehouse_id": row[0]},
    )


def _require_programme(programme: ProgrammeIn) -> None:
    problems = []
    if programme.kind not in (CountKind.CYCLE, CountKind.RISK, CountKind.SAMPLE):
        problems.append(Problem(_("A programme counts by class, by risk, or a sample."), loc="kind"))
    if not programme.weekdays or set(programme.weekdays) - set(range(1, 8)):
        problems.append(Problem(_("Choose days from 1 (Monday) to 7 (Sunday)."), loc="weekdays"))
    if not 0 <= programme.at_hour <= 23:
        problems.append(Problem(_("The hour lies between 0 and 23."), loc="at_hour"))
    if not 1 <= programme.places_per_day <= 100_000:
        problems.append(Problem(_("Count between 1 and 100,000 places a day."), loc="places_per_day"))
    if not 0 <= programme.explore_percent <= 100:
        problems.append(Problem(_("The share by lot lies between 0 and 100 percent."), loc="explore_percent"))
    if problems:
        raise InvalidInput(
            _("The programme was not saved. %(first)s") % {"first": problems[0].message}, problems=problems
        )
