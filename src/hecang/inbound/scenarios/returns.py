"""Returns on the floor: scan what is written on the parcel, scan what is in it, grade, decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hecang.inbound.models import Disposition, Grade
from hecang.inbound.selectors.floor_goods import ReturnLineView, return_lines
from hecang.inbound.services.return_grading import (
    GradeIn,
    return_line_dispose,
    return_line_grade,
)
from hecang.inbound.services.returns import (
    ReturnedIn,
    ReturnIn,
    lot_known,
    return_open,
    return_open_by_scan,
    return_receive,
    return_receive_undo,
)
from hecang.inbound.states_quality import PROPOSED
from hecang.kernel.actor import current_actor
from hecang.kernel.db import fetch, fetch_one
from hecang.kernel.permissions import declare
from hecang.work.floor.protocol import Entry, Fact, Input, Job, Option, Refusal, Scenario, Step, Tone
from hecang.work.scanning import Scanned, scan_read

WORK = declare("inbound.goods_return.work")


class ReturnsScenario(Scenario):
    """One parcel after the other: receive what is in it, then say what it is worth and where it goes."""

    code = "returns"
    title = gettext_noop("Returns")
    permission = WORK
    icon = "returns"

    def begin(self, job: Job) -> Step:
        return self._idle(job)

    def take(self, job: Job, entry: Entry) -> Step:
        steps = {
            "parcel": lambda: self._parcel(job, entry.value),
            "unknown": lambda: self._unknown(job),
            "owner": lambda: self._open_unknown(job, int(entry.value)),
            "goods": lambda: self._goods(job, entry.value),
            "serial": lambda: self._serial(job, entry.value),
            "lot": lambda: self._lot(job, entry.value),
            "no_lot": lambda: self._lot(job, ""),
            "expires_on": lambda: self._receive(job, expires_on=entry.value),
            "no_date": lambda: self._receive(job, lot_code=""),
            "again": lambda: self._again(job),
            "part": lambda: self._part(job),
            "quantity": lambda: self._quantity(job, int(entry.value)),
            "done": lambda: self._grading(job),
            "grade": lambda: self._grade(job, entry.value),
            "units": lambda: self._units(job, int(entry.value)),
            "disposition": lambda: self._dispose(job, entry.value),
            "more": lambda: self._scanning(job),
        }
        step = steps.get(entry.name)
        if step is None:
            raise Refusal(_("This step does not take that entry."), code="input_unknown")
        return step()

    def undo(self, job: Job) -> Step:
        last = job.memory.pop("last", None)
        if last is None:
            raise Refusal(_("There is nothing to undo at this step."), code="nothing_to_undo")
        return_receive_undo(
            return_id=job.memory["return"],
            line_id=last["line"],
            quantity=last["quantity"],
            serials=tuple(last["serials"]),
        )
        return self._scanning(job, said=_("Taken back."))

    # ------------------------------------------------------------ whose it is

    def _idle(self, job: Job, said: str = "", tone: Tone = "plain") -> Step:
        job.memory.clear()
        return Step(
            state="scan_parcel",
            prompt=_("Scan the returned parcel"),
            inputs=(
                Input("scan", "parcel", _("Waybill, return, order or parcel number"), accepts=("document",)),
                Input("confirm", "unknown", _("Nothing is written on it")),
            ),
            said=said,
            tone=tone,
        )

    def _parcel(self, job: Job, text: str) -> Step:
        found = return_open_by_scan(warehouse_id=job.warehouse_id, code=text)
        if found is None:
            raise Refusal(
                _(
                    "Nobody knows the number “%(code)s”. Try another one on the parcel, or say that nothing is written on it."
                )
                % {"code": text[:40]},
                code="parcel_unknown",
            )
        job.memory["return"] = found
        return self._scanning(job)

    def _unknown(self, job: Job) -> Step:
        scope = current_actor().scope.owners
        rows = fetch(
            "SELECT id, code, name FROM owner WHERE is_active AND (%s::bigint[] IS NULL OR id = ANY(%s::bigint[]))"
            " ORDER BY code LIMIT 30",
            [None if scope is None else sorted(scope), None if scope is None else sorted(scope)],
        )
        if len(rows) == 1:
            return self._open_unknown(job, rows[0][0])
        return Step(
            state="say_owner",
            prompt=_("Whose goods are these?"),
            inputs=(
                Input(
                    "choice", "owner", _("Owner"), options=tuple(Option(str(r[0]), r[1], r[2]) for r in rows)
                ),
            ),
        )

    def _open_unknown(self, job: Job, owner_id: int) -> Step:
        job.memory["return"] = return_open(opened=ReturnIn(job.warehouse_id, owner_id=owner_id))
        return self._scanning(job)

    # ------------------------------------------------------------ what is in it

    def _scanning(self, job: Job, said: str = "", tone: Tone = "plain") -> Step:
        number, lines = self._lines(job)
        received = sum(line.received for line in lines)
        expected = sum(line.expected for line in lines)
        inputs = [Input("scan", "goods", _("Product or serial number"), accepts=("sku", "serial", "lot"))]
        if received:
            inputs.append(Input("confirm", "done", _("That is all: grade")))
        facts = [
            Fact(
                f"{line.sku_code} {line.sku_name}",
                f"{line.received} / {line.expected}" if line.expected else str(line.received),
                "warn"
                if line.received > line.expected
                else "good"
                if line.received == line.expected
                else "plain",
            )
            for line in lines
        ]
        return Step(
            state="scan_goods",
            prompt=_("%(number)s: scan what is in it") % {"number": number},
            inputs=tuple(inputs),
            facts=tuple(facts),
            said=said,
            tone=tone,
            progress=(received, expected) if expected else None,
            can_undo="last" in job.memory,
        )

    def _goods(self, job: Job, text: str) -> Step:
        scanned = scan_read(text, warehouse_id=job.warehouse_id)
        sku_id, quantity = self._sku_of(scanned)
        row = fetch_one(
            "SELECT code, name, is_serial_tracked, is_lot_tracked, base_unit, is_expiry_tracked FROM sku WHERE id = %s",
            [sku_id],
        )
        assert row is not None
        serial = scanned.elements.serial or next((m.code for m in scanned.matches if m.kind == "serial"), "")
        lot = scanned.elements.lot or next((m.code for m in scanned.matches if m.kind == "lot"), "")
        job.memory["goods"] = {
            "sku": sku_id,
            "code": row[0],
            "quantity": quantity,
            "unit": row[4],
            "serials": [],
            "lot": lot,
            "expires_on": scanned.elements.expires_on.isoformat() if scanned.elements.expires_on else "",
            "is_dated": row[3] and row[5],
        }
        if row[2]:
            if serial:
                job.memory["goods"] |= {"quantity": 1, "serials": [serial]}
            else:
                return self._asked(
                    "scan_serial", _("Scan the serial number of %(sku)s") % {"sku": row[0]},
                    Input("scan", "serial", _("Serial number"), accepts=("serial",)),
                )  # fmt: skip
        if row[3] and not lot:
            return self._asked(
                "scan_lot", _("Lot of %(sku)s?") % {"sku": row[0]},
                Input("text", "lot", _("Lot")), Input("confirm", "no_lot", _("It cannot be read")),
            )  # fmt: skip
        return self._lot(job, lot)

    def _sku_of(self, scanned: Scanned) -> tuple[int, int]:
        match = scanned.first("serial", "sku", "lot")
        if match is None:
            raise Refusal(
                _("“%(code)s” is no product here. Scan its barcode, or look it up at the desk.")
                % {"code": scanned.text[:40]},
                code="code_unknown",
            )
        sku = scanned.first("sku")
        return (match.sku_id or match.id), max(scanned.elements.count or (sku.quantity if sku else 1), 1)

    def _asked(self, state: str, prompt: str, *inputs: Input) -> Step:
        return Step(state=state, prompt=prompt, inputs=inputs)

    def _serial(self, job: Job, text: str) -> Step:
        serial = scan_read(text, warehouse_id=job.warehouse_id).elements.serial or text.strip()
        job.memory["goods"] |= {"quantity": 1, "serials": [serial[:64]]}
        return self._lot(job, job.memory["goods"]["lot"])

    def _lot(self, job: Job, text: str) -> Step:
        """The lot is named or cannot be read; the date is asked for where nothing says it."""
        goods = job.memory["goods"]
        goods["lot"] = text.strip()[:64]
        if not goods["is_dated"] or goods["expires_on"] or lot_known(goods["sku"], goods["lot"]):
            return self._receive(job)
        return self._asked(
            "say_date", _("Which date is on %(sku)s?") % {"sku": goods["code"]},
            Input("date", "expires_on", _("Expires on")), Input("confirm", "no_date", _("It cannot be read")),
        )  # fmt: skip

    def _receive(self, job: Job, *, lot_code: str | None = None, expires_on: str = "") -> Step:
        goods = job.memory.pop("goods")
        lot_code = goods["lot"] if lot_code is None else lot_code
        expires_on = expires_on or goods["expires_on"]
        line_id = return_receive(
            return_id=job.memory["return"],
            goods=ReturnedIn(
                goods["sku"],
                goods["quantity"],
                lot_code=lot_code,
                serials=tuple(goods["serials"]),
                expires_on=date.fromisoformat(expires_on) if expires_on else None,
            ),
        )
        job.memory["last"] = {"line": line_id, "quantity": goods["quantity"], "serials": goods["serials"]}
        step = self._scanning(
            job,
            said=_("%(units)s × %(sku)s") % {"units": goods["quantity"], "sku": goods["code"]},
            tone="good",
        )
        if goods["serials"]:
            return step
        # More of the same need not be scanned one by one.
        job.memory["again"] = goods | {"lot": lot_code, "expires_on": expires_on}
        more = Input("confirm", "again", _("More of the same"))
        return replace(step, inputs=(*step.inputs, more))

    def _again(self, job: Job) -> Step:
        again = job.memory.get("again")
        if again is None:
            raise Refusal(_("Scan the product first."), code="nothing_in_hand")
        return self._asked(
            "say_quantity", _("How many more of %(sku)s?") % {"sku": again["code"]},
            Input("quantity", "quantity", _("Units"), minimum=1, maximum=100_000, unit=again["unit"]),
        )  # fmt: skip

    def _quantity(self, job: Job, units: int) -> Step:
        again = job.memory.get("again")
        if again is None:
            raise Refusal(_("Scan the product first."), code="nothing_in_hand")
        job.memory["goods"] = again | {"quantity": units, "serials": []}
        return self._receive(job)

    # ------------------------------------------------------------ what it is worth

    def _grading(self, job: Job, said: str = "", tone: Tone = "plain") -> Step:
        for name in ("last", "again", "goods"):
            job.memory.pop(name, None)
        number, lines = self._lines(job)
        line = next((one for one in lines if one.received > one.disposed), None)
        if line is None:
            return self._idle(job, said=_("%(number)s is done.") % {"number": number}, tone="good")
        job.memory["line"] = line.id
        if line.grade:
            return self._ways(line, said, tone)
        units = min(job.memory.get("units", line.received), line.received)
        inputs = [
            Input("choice", "grade", _("Grade"), options=tuple(
                Option(one.value, str(one.label), str(Disposition(PROPOSED[one.value]).label)) for one in Grade
            )),
        ]  # fmt: skip
        if line.received > 1:
            inputs.append(Input("confirm", "part", _("Only a part")))
        inputs.append(Input("confirm", "more", _("Something else is in the parcel")))
        return Step(
            state="grade",
            prompt=_("%(units)s × %(sku)s: in which state?") % {"units": units, "sku": line.sku_code},
            inputs=tuple(inputs),
            facts=self._line_facts(line),
            said=said,
            tone=tone,
            progress=(sum(one.disposed for one in lines), sum(one.received for one in lines)),
        )

    def _part(self, job: Job) -> Step:
        _number, lines = self._lines(job)
        line = next(one for one in lines if one.id == job.memory["line"])
        return self._asked(
            "say_units", _("How many of %(units)s?") % {"units": line.received},
            Input("quantity", "units", _("Units"), minimum=1, maximum=line.received),
        )  # fmt: skip

    def _units(self, job: Job, units: int) -> Step:
        job.memory["units"] = units
        return self._grading(job)

    def _grade(self, job: Job, grade: str) -> Step:
        line_id = return_line_grade(
            line_id=job.memory["line"], graded=GradeIn(grade, job.memory.pop("units", None))
        )
        _number, lines = self._lines(job)
        line = next(one for one in lines if one.id == line_id)
        job.memory["line"] = line_id
        return self._ways(line, "", "plain")

    def _ways(self, line: ReturnLineView, said: str, tone: Tone) -> Step:
        first = PROPOSED[line.grade]
        if line.is_unreadable:  # nobody knows how long it may be sold
            first = Disposition.SCRAP.value
        is_saleable = line.grade != Grade.D and not line.is_unreadable
        ways = [one for one in Disposition if one != Disposition.RESTOCK or is_saleable]
        ways.sort(key=lambda one: one.value != first)
        options = tuple(
            Option(
                one.value,
                str(one.label),
                _("Proposed") if one.value == first else "",
                "good" if one.value == first else "plain",
            )
            for one in ways
        )
        return Step(
            state="dispose",
            prompt=_("%(units)s × %(sku)s, grade %(grade)s: where to?")
            % {"units": line.received, "sku": line.sku_code, "grade": line.grade},
            inputs=(Input("choice", "disposition", _("They go"), options=options),),
            facts=self._line_facts(line),
            said=said,
            tone=tone,
        )

    def _dispose(self, job: Job, disposition: str) -> Step:
        return_line_dispose(line_id=job.memory["line"], disposition=disposition)
        return self._grading(job, said=str(Disposition(disposition).label), tone="good")

    def _line_facts(self, line: ReturnLineView) -> tuple[Fact, ...]:
        return (Fact(_("Product"), f"{line.sku_code} {line.sku_name}"), Fact(_("Units"), str(line.received)))

    def _lines(self, job: Job) -> tuple[str, list[ReturnLineView]]:
        key = int(job.memory.get("return", 0))
        row = fetch_one("SELECT number FROM goods_return WHERE id = %s", [key])
        if row is None:
            raise Refusal(_("Scan the parcel first."), code="nothing_in_hand")
        return row[0], return_lines(key)
