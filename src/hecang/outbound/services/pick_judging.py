"""Which scans of a picker are right: pure, so that every mistake has a test of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _

from hecang.outbound.services.scans import ScanResult

Outcome = Literal["picked", "short", "damaged"]


@dataclass(frozen=True, slots=True)
class PickScan:
    """One message of a picker.

    :param scan_id: made by the device; the same id is the same scan.
    :param task_id: the task worked on; ``None`` lets units go to the open tasks of that location and SKU
        in walking order (one scan for many orders of one article).
    :param location_code: scanned at the shelf; may be empty when a task is named and nothing is taken.
    :param sku_barcode: any barcode of the goods; may be empty for ``short``.
    :param quantity: pieces of what the barcode stands for (a case barcode of 12 counts 12 each); for
        ``short`` base units that are missing, where 0 means all that are left to pick.
    :param outcome: ``picked``; ``short``: not there; ``damaged``: there, but not to be sold.
    """

    scan_id: UUID
    task_id: int | None = None
    location_code: str = ""
    sku_barcode: str = ""
    quantity: int = 1
    outcome: Outcome = "picked"

    def payload(self) -> dict[str, Any]:
        """The content that a repetition must equal."""
        return {
            "task_id": self.task_id,
            "location_code": self.location_code,
            "sku_barcode": self.sku_barcode,
            "quantity": self.quantity,
            "outcome": self.outcome,
        }


@dataclass(slots=True)
class TaskView:
    """An open or closed task as judging sees it; ``left`` falls as scans are accepted."""

    id: int
    state: str
    location_code: str
    sku_id: int
    sku_code: str
    left: int
    slot: int | None
    sequence: int


@dataclass(frozen=True, slots=True)
class Match:
    """What a barcode stands for: ``quantity`` base units of a SKU, or one unit with a number of its own."""

    sku_id: int
    quantity: int
    serial_id: int | None = None


@dataclass(slots=True)
class Verdicts:
    """Answers in the order of the scans, and what the accepted ones amount to.

    :param picked: task id → base units.
    :param troubled: (task id, outcome) → base units.
    """

    results: list[ScanResult] = field(default_factory=list)
    picked: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    troubled: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))


def judge(
    scans: Sequence[PickScan], tasks: Mapping[int, TaskView], barcodes: Mapping[str, Match]
) -> Verdicts:
    """Judge scans one after another; a refused one leaves everything as it was."""
    verdicts = Verdicts()
    for scan in scans:
        verdicts.results.append(_judge_one(scan, tasks, barcodes, verdicts))
    return verdicts


def _judge_one(
    scan: PickScan, tasks: Mapping[int, TaskView], barcodes: Mapping[str, Match], verdicts: Verdicts
) -> ScanResult:
    match = barcodes.get(scan.sku_barcode) if scan.sku_barcode else None
    if scan.sku_barcode and match is None:
        return _no(
            scan, "unknown_barcode", _("Nobody knows the barcode “%(code)s”.") % {"code": scan.sku_barcode}
        )
    if scan.outcome != "short" and (match is None or not scan.location_code):
        return _no(scan, "scan_incomplete", _("Scan the location and the goods."))
    if scan.task_id is None:
        return _judge_spread(scan, tasks, match, verdicts)
    task = tasks.get(scan.task_id)
    if task is None:
        return _no(scan, "unknown_task", _("This task does not belong to the batch."))
    if wrong := _wrong(scan, task, match):
        return wrong
    units = scan.quantity * (match.quantity if match and scan.outcome != "short" else 1)
    if scan.outcome == "short" and scan.quantity == 0:
        units = task.left
    if units < 1 or units > task.left:
        return _no(
            scan, "over_quantity",
            _("%(left)s are left to pick here, not %(units)s.") % {"left": task.left, "units": units}, task,
        )  # fmt: skip
    return _yes(scan, [(task, units)], verdicts)


def _wrong(scan: PickScan, task: TaskView, match: Match | None) -> ScanResult | None:
    """What is wrong with a scan for this task, if anything."""
    if task.state == "cancelled":
        return _no(
            scan, "task_cancelled", _("The order was cancelled. Leave the goods where they are."), task
        )
    if task.state != "open":
        return _no(scan, "task_closed", _("This task is finished already."), task)
    if scan.location_code and scan.location_code.casefold() != task.location_code.casefold():
        return _no(
            scan, "wrong_location",
            _("This is location %(found)s. Go to %(wanted)s.")
            % {"found": scan.location_code, "wanted": task.location_code}, task,
        )  # fmt: skip
    if match is not None and match.sku_id != task.sku_id:
        return _no(
            scan, "wrong_item", _("These are other goods. Take %(wanted)s.") % {"wanted": task.sku_code}, task
        )
    return None


def _judge_spread(
    scan: PickScan, tasks: Mapping[int, TaskView], match: Match | None, verdicts: Verdicts
) -> ScanResult:
    """A scan without a task: its units go to the tasks of that place and SKU, in walking order."""
    if scan.outcome != "picked" or match is None:
        return _no(scan, "unknown_task", _("Say which task this is about."))
    here = [
        task
        for task in sorted(tasks.values(), key=lambda task: task.sequence)
        if task.state == "open"
        and task.left
        and task.location_code.casefold() == scan.location_code.casefold()
    ]
    if not here:
        return _no(
            scan, "wrong_location",
            _("Nothing of this batch is to be picked at %(found)s.") % {"found": scan.location_code},
            _next(tasks),
        )  # fmt: skip
    wanted = [task for task in here if task.sku_id == match.sku_id]
    if not wanted:
        return _no(
            scan,
            "wrong_item",
            _("These are other goods. Take %(wanted)s.") % {"wanted": here[0].sku_code},
            here[0],
        )
    units, left = scan.quantity * match.quantity, sum(task.left for task in wanted)
    if units < 1 or units > left:
        return _no(
            scan, "over_quantity",
            _("%(left)s are left to pick here, not %(units)s.") % {"left": left, "units": units}, wanted[0], left,
        )  # fmt: skip
    parts = []
    for task in wanted:
        taken = min(units, task.left)
        if taken:
            parts.append((task, taken))
            units -= taken
    return _yes(scan, parts, verdicts)


def _next(tasks: Mapping[int, TaskView]) -> TaskView | None:
    return min(
        (task for task in tasks.values() if task.state == "open"),
        key=lambda task: task.sequence,
        default=None,
    )


def _yes(scan: PickScan, parts: Sequence[tuple[TaskView, int]], verdicts: Verdicts) -> ScanResult:
    told = []
    for task, units in parts:
        task.left -= units
        if task.left == 0:
            task.state = "done"
        if scan.outcome == "picked":
            verdicts.picked[task.id] += units
        else:
            verdicts.troubled[task.id, scan.outcome] += units
        told.append({"task_id": task.id, "slot": task.slot, "quantity": units, "left": task.left})
    return ScanResult(scan.scan_id, ok=True, data={"outcome": scan.outcome, "tasks": told})


def _no(
    scan: PickScan, code: str, message: str, task: TaskView | None = None, left: int | None = None
) -> ScanResult:
    expected = {}
    if task is not None:
        expected = {
            "task_id": task.id,
            "location_code": task.location_code,
            "sku_code": task.sku_code,
            "quantity": task.left if left is None else left,
            "slot": task.slot,
        }
    return ScanResult(scan.scan_id, ok=False, code=code, message=message, expected=expected)
