"""Move on the floor: goods by scan and quantity, whole containers, goods and containers into and out of containers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hecang.inventory.services import container_move, containers_nest, containers_unnest
from hecang.stockkeeping.scenarios import move_steps as steps
from hecang.stockkeeping.selectors.moving import Lying, container_at, location_code, lying, serial_at
from hecang.stockkeeping.services.moving import SUBJECTS, container_new, goods_carry, movement_take_back
from hecang.work.floor.protocol import Entry, Job, Refusal, Scenario, Step
from hecang.work.models import Task, TaskKind
from hecang.work.scanning import Match, scan_read
from hecang.work.services import task_claim_next, task_start, tasks_done


class MoveScenario(Scenario):
    """Scan where from (or what), how much, where to. A task of the pool says the first and the last by itself."""

    code = "move"
    title = gettext_noop("Move")
    permission = "inventory.stock.move"
    icon = "move"
    task_kinds = (TaskKind.MOVE.value,)

    def begin(self, job: Job) -> Step:
        """Take the task that was named; without one, ask what is to be moved."""
        task_id = job.given.get("task_id", "")
        if task_id.isdigit():
            return self._task(job, int(task_id))
        if job.given.get("tasks"):
            task = task_claim_next(warehouse_id=job.warehouse_id, kinds=[TaskKind.MOVE.value])
            if task is not None:
                return self._task(job, task.id)
        return self._again(job)

    def take(self, job: Job, entry: Entry) -> Step:
        taking = self._taking(job.memory.get("state", "from")).get(entry.name)
        if taking is None:
            raise Refusal(_("This does not fit here. Look at what the screen asks for."), code="wrong_input")
        return taking(job, entry)

    def undo(self, job: Job) -> Step:
        """Take back what was begun, else the last move."""
        if job.memory.get("row") or job.memory.get("container"):
            return self._again(job)
        last = job.memory.pop("last", None)
        if not last:
            return self._again(job)
        if last["movements"] and "container" not in last:
            movement_take_back(movement_ids=last["movements"])
        if "container" in last:
            if last["location_id"] is not None:
                container_move(
                    container_id=last["container"], to_location_id=last["location_id"], note="undo"
                )
            if last["parent_id"] is not None:
                containers_nest(container_ids=[last["container"]], parent_id=last["parent_id"])
            elif last["nested"]:
                containers_unnest(container_ids=[last["container"]])
        return self._again(job, said=_("Taken back"), tone="warn")

    def _taking(self, state: str) -> Mapping[str, Callable[[Job, Entry], Step]]:
        """What each step takes."""
        table: dict[str, dict[str, Callable[[Job, Entry], Step]]] = {
            "from": {"from": self._from},
            "goods": {"goods": self._goods, "row": self._row},
            "row": {"row": self._row},
            "quantity": {"quantity": self._quantity},
            "to": {"to": self._to, "new": self._new},
            "container": {"to": self._container_to, "goods": self._open, "out": self._out},
        }
        return table.get(state, {})

    # ------------------------------------------------------------ from

    def _from(self, job: Job, entry: Entry) -> Step:
        match = _read(job, entry.value, "location", "container", "serial")
        if match.kind == "serial":
            return self._serial(job, match)
        if match.kind == "container":
            task = job.memory.get("task")
            if task and task["container_id"] not in (None, match.id):
                raise Refusal(
                    _("The task is about container %(code)s.") % {"code": task["container"]},
                    code="wrong_container",
                )
            job.memory |= {"state": "container", "container": match.id}
            return steps.container(job.memory, container_at(match.id), lying(container_id=match.id))
        task = job.memory.get("task")
        if task and task["from_id"] != match.id:
            raise Refusal(_("The task begins at %(place)s.") % {"place": task["from"]}, code="wrong_place")
        job.memory |= {"state": "goods", "place": {"location_id": match.id, "code": match.code}}
        return self._at_place(job)

    def _at_place(self, job: Job, *, said: str = "", tone: str = "plain") -> Step:
        place = job.memory["place"]
        rows = lying(location_id=place.get("location_id"), container_id=place.get("container_id"))
        if not rows and not said:
            job.memory.pop("place")
            raise Refusal(
                _("Nothing lies at %(place)s by the books. Count it if that is wrong.")
                % {"place": place["code"]},
                code="empty_place",
            )
        if not rows:
            return self._again(job, said=said, tone=tone)
        job.memory["state"] = "goods"
        return steps.goods(job.memory, rows, said=said, tone=tone)

    # ------------------------------------------------------------ goods

    def _goods(self, job: Job, entry: Entry) -> Step:
        match = _read(job, entry.value, "sku", "serial", "lot", "container")
        if match.kind == "container":
            return self._from(job, entry)
        if match.kind == "serial":
            return self._serial(job, match)
        place = job.memory["place"]
        rows = [
            row
            for row in lying(
                location_id=place.get("location_id"),
                container_id=place.get("container_id"),
                sku_id=match.sku_id or match.id,
            )
            if match.kind == "sku" or row.lot_id == match.id
        ]
        if not rows:
            raise Refusal(
                _("%(code)s does not lie at %(place)s by the books.")
                % {"code": match.code, "place": place["code"]},
                code="not_here",
            )
        free = [row for row in rows if row.free > 0]
        if not free:
            raise Refusal(
                _("All units of %(code)s here are promised to orders.") % {"code": match.code},
                code="all_promised",
            )
        job.memory["pieces"] = match.quantity
        if len(free) > 1:
            job.memory["state"] = "row"
            return steps.rows(job.memory, free)
        return self._chosen(job, free[0])

    def _row(self, job: Job, entry: Entry) -> Step:
        place = job.memory["place"]
        rows = lying(
            location_id=place.get("location_id"), container_id=place.get("container_id"),
            stock_id=int(entry.value) if entry.value.isdigit() else 0,
        )  # fmt: skip
        if not rows or rows[0].free <= 0:
            raise Refusal(_("These goods are not free here any more."), code="not_here")
        return self._chosen(job, rows[0])

    def _chosen(self, job: Job, row: Lying) -> Step:
        task = job.memory.get("task")
        if task and task["stock_id"] not in (None, row.stock_id):
            raise Refusal(_("The task is about %(sku)s.") % {"sku": task["sku"]}, code="wrong_goods")
        job.memory |= {"state": "quantity", "row": row.as_dict()}
        return steps.quantity(job.memory, row)

    def _serial(self, job: Job, match: Match) -> Step:
        number, stock_id = serial_at(match.id)
        rows = lying(stock_id=stock_id) if stock_id is not None else []
        if not rows:
            raise Refusal(
                _("The books have serial %(number)s outside of the house.") % {"number": number},
                code="serial_outside",
            )
        if rows[0].free <= 0:
            raise Refusal(
                _("All units of %(code)s here are promised to orders.") % {"code": rows[0].sku},
                code="all_promised",
            )
        job.memory |= {"state": "to", "row": rows[0].as_dict(), "quantity": 1, "serials": [number]}
        return steps.target(job.memory, rows[0])

    def _quantity(self, job: Job, entry: Entry) -> Step:
        row = Lying(**job.memory["row"])
        units = int(entry.value)
        if not 1 <= units <= row.free:
            raise Refusal(
                _("Between 1 and %(free)s units can be moved; the rest is promised to orders.")
                % {"free": row.free},
                code="too_many",
            )
        job.memory |= {"state": "to", "quantity": units}
        return steps.target(job.memory, row)

    # ------------------------------------------------------------ to

    def _to(self, job: Job, entry: Entry) -> Step:
        match = _read(job, entry.value, "location", "container")
        row = Lying(**job.memory["row"])
        if match.kind == "location":
            return self._carry(job, row, match.id, match.code, None)
        box = container_at(match.id)
        return self._carry(job, row, box.location_id or row.location_id, box.code, box.id)

    def _new(self, job: Job, entry: Entry) -> Step:
        row = Lying(**job.memory["row"])
        key, code = container_new(kind=entry.value, location_id=row.location_id)
        return self._carry(job, row, row.location_id, code, key)

    def _carry(self, job: Job, row: Lying, location_id: int, code: str, container_id: int | None) -> Step:
        self._require_target(job, location_id)
        units = job.memory["quantity"]
        ids = goods_carry(
            row=row, quantity=units, to_location_id=location_id, to_container_id=container_id,
            serials=tuple(job.memory.get("serials", ())),
        )  # fmt: skip
        said = _("%(units)s %(unit)s of %(sku)s to %(place)s") % {
            "units": units, "unit": row.unit, "sku": row.sku, "place": code
        }  # fmt: skip
        return self._done(job, {"movements": ids}, said, units)

    # ------------------------------------------------------------ containers

    def _container_to(self, job: Job, entry: Entry) -> Step:
        match = _read(job, entry.value, "location", "container")
        box = container_at(job.memory["container"])
        last = {
            "container": box.id,
            "location_id": box.location_id,
            "parent_id": box.parent_id,
            "nested": False,
        }
        if match.kind == "location":
            self._require_target(job, match.id)
            ids = container_move(container_id=box.id, to_location_id=match.id)
            said = _("Container %(code)s to %(place)s") % {"code": box.code, "place": match.code}
        else:
            parent = container_at(match.id)
            ids = []
            if parent.location_id is not None and parent.location_id != box.location_id:
                ids = container_move(container_id=box.id, to_location_id=parent.location_id)
            containers_nest(container_ids=[box.id], parent_id=parent.id)
            last["nested"] = True
            said = _("Container %(code)s into %(place)s") % {"code": box.code, "place": parent.code}
        return self._done(job, {"movements": ids, **last}, said, 0)

    def _open(self, job: Job, _entry: Entry) -> Step:
        box = container_at(job.memory.pop("container"))
        job.memory["place"] = {"container_id": box.id, "code": box.code}
        return self._at_place(job)

    def _out(self, job: Job, _entry: Entry) -> Step:
        box = container_at(job.memory["container"])
        containers_unnest(container_ids=[box.id])
        last = {"container": box.id, "location_id": None, "parent_id": box.parent_id, "nested": False}
        said = _("Container %(code)s out of %(place)s") % {"code": box.code, "place": box.parent or "–"}
        return self._done(job, {"movements": [], **last}, said, 0)

    # ------------------------------------------------------------ round about

    def _done(self, job: Job, last: dict[str, Any], said: str, units: int) -> Step:
        for name in ("row", "quantity", "serials", "container", "pieces"):
            job.memory.pop(name, None)
        job.memory["last"] = last
        task = job.memory.get("task")
        if task:
            task["left"] = max(task["left"] - units, 0)
            if task["left"]:
                return self._at_place(job, said=said, tone="good")
            tasks_done(task_ids=[task["id"]])
            job.task_id = None
            job.memory.pop("task")
            job.memory.pop("place", None)
            return self._again(job, said=said, tone="good")
        if job.memory.get("place"):
            return self._at_place(job, said=said, tone="good")
        return self._again(job, said=said, tone="good")

    def _again(self, job: Job, *, said: str = "", tone: str = "plain") -> Step:
        kept: dict[str, Any] = {name: job.memory[name] for name in ("last", "task") if name in job.memory}
        job.memory.clear()
        job.memory.update(kept, state="from")
        return steps.source(job.memory, said=said, tone=tone)

    def _task(self, job: Job, task_id: int) -> Step:
        found = Task.objects.select_related("sku", "container", "from_location", "to_location")
        task = found.filter(id=task_id).first()
        # Only tasks of ``moves_ask``: nobody else's document would learn here that its work is done.
        if (
            task is None
            or task.kind != TaskKind.MOVE.value
            or task.subject_kind not in SUBJECTS
            or task.to_location is None
            or task.from_location is None
        ):
            raise Refusal(_("This task is no move. Open it where it belongs."), code="wrong_task")
        task_start(task_id=task_id)
        job.task_id = task.pk
        job.memory["task"] = {
            "id": task.pk,
            "stock_id": task.subject_id if task.subject_kind == "stock" else None,
            "sku": task.sku.code if task.sku else "",
            "container_id": task.container_id,
            "container": task.container.code if task.container else "",
            "from_id": task.from_location_id,
            "from": task.from_location.code,
            "to_id": task.to_location_id,
            "to": task.to_location.code,
            "left": int(task.quantity),
        }
        return self._again(job)

    def _require_target(self, job: Job, location_id: int) -> None:
        task = job.memory.get("task")
        if task and task["to_id"] != location_id:
            raise Refusal(
                _("The task goes to %(to)s, and this is %(place)s.")
                % {"to": task["to"], "place": location_code(location_id)},
                code="wrong_place",
            )


def _read(job: Job, text: str, *kinds: Any) -> Match:
    scanned = scan_read(text, warehouse_id=job.warehouse_id)
    match = scanned.first(*kinds)
    if match is None:
        raise Refusal(
            _("“%(code)s” is not what is asked for here. Scan again.") % {"code": scanned.text[:60]},
            code="wrong_code" if scanned.matches else "code_unknown",
        )
    return match
