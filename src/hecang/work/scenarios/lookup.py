"""Look up anything by scan: what it is, where it lies, how much of it, in which state."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hecang.kernel.actor import current_actor
from hecang.work.floor.protocol import Entry, Input, Job, Option, Refusal, Scenario, Step
from hecang.work.scanning import Match, Scanned, scan_read
from hecang.work.scenarios import showing

#: Kinds to choose among where one code means several things.
MAX_OPTIONS = 9


class Lookup(Scenario):
    """Scan after scan; each shows what it found and takes the next one."""

    code = "lookup"
    title = gettext_noop("Look up")
    permission = "work.floor.use"
    icon = "search"

    def begin(self, _job: Job) -> Step:
        return Step(
            state="scan",
            prompt=_("Scan a product, place, container, lot, serial or document"),
            inputs=(self._scan(),),
        )

    def take(self, job: Job, entry: Entry) -> Step:
        """Show what was scanned, or the other meaning that was chosen. Remembers nothing but the last code."""
        if entry.name == "meaning":
            scanned = scan_read(job.memory["code"], warehouse_id=job.warehouse_id)
            match = scanned.matches[min(int(entry.value), len(scanned.matches) - 1)]
        else:
            scanned = scan_read(entry.value, warehouse_id=job.warehouse_id)
            if not scanned.matches:
                raise unknown(scanned)
            match = scanned.matches[0]
        job.memory["code"] = scanned.text
        step = showing.shown(current_actor(), job.warehouse_id, match, scanned.elements)
        return replace(step, inputs=(self._scan(), *self._others(scanned, match)))

    def _scan(self) -> Input:
        return Input(
            "scan",
            "code",
            _("Any code"),
            accepts=("sku", "location", "container", "lot", "serial", "document"),
        )

    def _others(self, scanned: Scanned, shown: Match) -> tuple[Input, ...]:
        options = tuple(
            Option(str(number), showing.title(match), showing.kind_name(match))
            for number, match in enumerate(scanned.matches[:MAX_OPTIONS])
            if match != shown
        )
        return (Input("choice", "meaning", _("It can also mean"), options=options),) if options else ()


def unknown(scanned: Scanned) -> Refusal:
    """Nobody here knows the code: say what stands in it, if anything does."""
    inside = scanned.elements.gtin or scanned.elements.sscc
    if inside:
        return Refusal(
            _(
                "Nothing here has the number %(number)s. Check the label, or enter the product or container first."
            )
            % {"number": inside},
            code="code_unknown",
        )
    return Refusal(
        _("Nothing here has the code “%(code)s”. Check that it is of this warehouse, and scan again.")
        % {"code": scanned.text[:60]},
        code="code_unknown",
    )
