"""Check in: the truck at the gate, at its dock, gone."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hecang.inbound.models import Appointment, AppointmentState
from hecang.inbound.selectors.receiving_detail import appointment_detail
from hecang.inbound.selectors.receiving_floor import (
    appointment_by_plate,
    docks_free,
    queue_length,
)
from hecang.inbound.selectors.slots import zone_of
from hecang.inbound.services.appointments import (
    appointment_arrive,
    appointment_dock,
    appointment_leave,
    plate_clean,
    truck_arrive,
)
from hecang.kernel.actor import current_actor
from hecang.kernel.permissions import declare
from hecang.work.floor.protocol import Entry, Fact, Input, Job, Option, Refusal, Scenario, Step
from hecang.work.scanning import scan_read


class CheckInScenario(Scenario):
    """Scan the appointment, an announcement of it, or key the plate; then what comes next for that truck."""

    code = "check_in"
    title = gettext_noop("Check in")
    permission = declare("inbound.appointment.work")
    icon = "truck"

    def begin(self, job: Job) -> Step:
        """Ask for the truck; with ``appointment_id`` given, that one."""
        given = job.given.get("appointment_id", "")
        if given.isdigit():
            return self._truck(job, int(given))
        return self._ask(job)

    def take(self, job: Job, entry: Entry) -> Step:
        """What each entry does: find the truck, let it in, send it to a dock, let it go."""
        if entry.name == "truck":
            return self._find(job, entry.value)
        if entry.name == "walk_in":
            row = truck_arrive(warehouse_id=job.warehouse_id, plate=job.memory.get("plate", ""))
            return self._truck(job, row.pk, said=_("%(number)s waits at the gate") % {"number": row.number})
        if entry.name == "again":
            return self._ask(job)
        appointment_id = job.memory.get("appointment_id")
        if appointment_id is None:
            raise Refusal(_("Scan the truck first."), code="no_truck")
        if entry.name == "arrive":
            appointment_arrive(appointment_id=appointment_id)
            return self._truck(job, appointment_id, said=_("At the gate"))
        if entry.name == "dock":
            row = appointment_dock(appointment_id=appointment_id, dock_id=int(entry.value))
            said = _("At dock %(dock)s") % {"dock": row.dock.code if row.dock else ""}
            return self._truck(job, appointment_id, said=said)
        if entry.name == "leave_dock":
            row = appointment_leave(appointment_id=appointment_id)
            return self._ask(job, said=_("%(number)s has left") % {"number": row.number})
        raise Refusal(_("This does not fit here. Look at what the screen asks for."), code="wrong_input")

    # ------------------------------------------------------------ steps

    def _ask(self, job: Job, *, said: str = "") -> Step:
        job.memory.clear()
        waiting = queue_length(job.warehouse_id)
        return Step(
            state="truck",
            prompt=_("Scan the appointment or the announcement, or enter the plate"),
            inputs=(Input("scan", "truck", _("Appointment, announcement or plate"), accepts=("document",)),),
            facts=(Fact(_("Trucks waiting"), str(waiting), "warn" if waiting else "plain"),),
            said=said,
            tone="good" if said else "plain",
        )

    def _find(self, job: Job, text: str) -> Step:
        """The truck that was scanned; a plate that nobody has booked may come in without an appointment."""
        match = scan_read(text, warehouse_id=job.warehouse_id).first("document")
        appointment_id: int | None = None
        if match is not None and match.document == "appointment":
            appointment_id = match.id
        elif match is not None and match.document == "asn":
            row = Appointment.objects.filter(asns__id=match.id).values_list("pk", flat=True).first()
            if row is None:
                raise Refusal(
                    _("%(number)s has no appointment. Enter the plate to let the truck wait.")
                    % {"number": match.code},
                    code="no_appointment",
                )
            appointment_id = row
        else:
            appointment_id = appointment_by_plate(job.warehouse_id, plate_clean(text))
        if appointment_id is not None:
            return self._truck(job, appointment_id)
        plate = plate_clean(text)
        if len(plate) < 4:
            raise Refusal(
                _("“%(text)s” is no appointment and no plate. Scan again.") % {"text": text[:40]},
                code="code_unknown",
            )
        job.memory.update({"plate": plate})
        return Step(
            state="walk_in",
            prompt=_("No appointment for %(plate)s. Let it wait?") % {"plate": plate},
            inputs=(
                Input("confirm", "walk_in", _("Let it wait at the gate"), tone="good"),
                Input("confirm", "again", _("Another truck")),
            ),
            tone="warn",
            said=_("Not booked"),
        )

    def _truck(self, job: Job, appointment_id: int, *, said: str = "") -> Step:
        row = appointment_detail(current_actor(), appointment_id)
        if row["warehouse"]["id"] != job.warehouse_id:
            raise Refusal(
                _("%(number)s is for warehouse %(warehouse)s. Send the driver there.")
                % {"number": row["number"], "warehouse": row["warehouse"]["name"]},
                code="wrong_warehouse",
            )
        job.memory.clear()
        job.memory["appointment_id"] = appointment_id
        state = row["state"]
        prompts = {
            AppointmentState.BOOKED: _("Is the truck here?"),
            AppointmentState.NO_SHOW: _("It comes after its time. Let it wait?"),
            AppointmentState.ARRIVED: _("Send it to a dock"),
            AppointmentState.DOCKED: _("Unloading. Tell when it leaves"),
        }
        if state not in prompts:
            raise Refusal(
                _("%(number)s is over: %(state)s.")
                % {"number": row["number"], "state": AppointmentState(state).label},
                code="appointment_over",
            )
        return Step(
            state=state,
            prompt=prompts[AppointmentState(state)],
            inputs=(*self._inputs(job, row), Input("confirm", "again", _("Another truck"))),
            facts=self._facts(row),
            said=said,
            tone="good" if said else "plain",
        )

    def _inputs(self, job: Job, row: dict[str, Any]) -> tuple[Input, ...]:
        if row["state"] in {AppointmentState.BOOKED, AppointmentState.NO_SHOW}:
            return (Input("confirm", "arrive", _("Here, let it wait"), tone="good"),)
        if row["state"] == AppointmentState.DOCKED:
            return (Input("confirm", "leave_dock", _("It has left"), tone="good"),)
        own = row["dock"]["id"] if row["dock"] else None
        options = [
            Option(
                str(dock_id),
                code,
                _("taken by %(truck)s") % {"truck": truck}
                if truck
                else _("booked")
                if dock_id == own
                else "",
                "bad" if truck else "good" if dock_id == own else "plain",
            )
            for dock_id, code, truck in docks_free(job.warehouse_id)
        ]
        options.sort(key=lambda option: (option.tone != "good", option.tone == "bad"))
        return (Input("choice", "dock", _("Dock"), options=tuple(options[:12])),)

    def _facts(self, row: dict[str, Any]) -> tuple[Fact, ...]:
        zone = zone_of(row["warehouse"]["id"])
        planned = timezone.localtime(row["planned_at"], zone) if row["planned_at"] else None
        waited = row["waiting_seconds"]
        facts = [
            Fact(_("Truck"), row["plate"] or row["number"]),
            Fact(_("Appointment"), row["number"]) if row["plate"] else None,
            Fact(_("From"), row["supplier"]["name"] if row["supplier"] else row["carrier_name"]),
            Fact(_("Dock"), row["dock"]["code"]) if row["dock"] else None,
            Fact(_("Planned"), f"{planned:%m-%d %H:%M}") if planned else None,
            Fact(_("Pallets"), str(row["pallet_count"])) if row["pallet_count"] else None,
            Fact(_("Units"), str(row["unit_count"])) if row["unit_count"] else None,
            Fact(_("Waited (min)"), str(waited // 60), "warn" if waited > 3600 else "plain")
            if waited is not None
            else None,
        ]
        return tuple(fact for fact in facts if fact is not None and fact.value)
