"""The folders of suppliers with EDI: what they lay there is taken, acknowledged and put away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import structlog
from django.db import DatabaseError

from hecang.integrations.channels.base import FileOutcome, FileProblem
from hecang.integrations.channels.edi import acknowledgement_place
from hecang.integrations.channels.edi_documents import acknowledgement
from hecang.integrations.channels.edi_envelope import interchange_write
from hecang.integrations.channels.folder_channel import unreadable
from hecang.integrations.channels.folders import Claimed, DropBox
from hecang.integrations.services.supplier_answers import AnswersTaken, answers_take
from hecang.integrations.supplier_edi import folder_of, partner_of
from hecang.kernel import clock
from hecang.kernel.actor import Actor, Scope, acting
from hecang.kernel.connectors import AlreadyDone, OutsideError
from hecang.partners.selectors import suppliers_by_id
from hecang.purchasing.services.links import link_settings, suppliers_linked

#: Files of one supplier in one run; the others have the next.
MOST_FILES: Final = 200
#: Files that were written to more recently are left alone.
SETTLE: Final = timedelta(seconds=10)

logger = structlog.get_logger("hecang.purchasing")


def answers_pull() -> int:
    """Take what suppliers have laid into their folders; how many files. Holds no lock while it reaches out.

    A file is moved aside first; whoever dies leaves it there, and it is taken again: known by its number.
    """
    taken = 0
    refs = suppliers_by_id(suppliers_linked("edi"))
    for supplier_id, supplier in refs.items():
        settings = link_settings(supplier_id, "edi")
        if settings is None:
            continue
        with acting(Actor(kind="supplier", name=f"supplier {supplier.name}"[:100], scope=Scope())):
            try:
                taken += _of(supplier_id, settings)
            except OutsideError as error:  # one folder that cannot be reached must not keep the others
                logger.warning("supplier_folder", supplier=supplier_id, error=str(error)[:200])
    return taken


def _of(supplier_id: int, settings: Any) -> int:
    folder = folder_of(settings)
    try:
        box = DropBox(folder, clock.now, suffixes=(), settle=SETTLE)
        for count in range(MOST_FILES):
            claimed = box.claim()
            if claimed is None:
                return count
            _file(supplier_id, settings, box, claimed)
        return MOST_FILES
    finally:
        folder.close()


def _file(supplier_id: int, settings: Any, box: DropBox, claimed: Claimed) -> None:
    try:
        content = box.content(claimed)
    except FileNotFoundError:  # another worker was here
        return
    try:
        if content is None:
            taken = None
            problems = [FileProblem("too_large", "the file is larger than 50 MB")]
        else:
            taken = answers_take(supplier_id=supplier_id, content=content, name=claimed.name)
            problems = taken.problems
    except DatabaseError:
        raise
    except Exception as error:  # whatever a stranger's file does to a reader: it must not stop the others
        logger.exception("supplier_file_unreadable", supplier=supplier_id)
        taken, problems = None, [unreadable(error)]
    if taken is not None and not taken.is_failed:
        _acknowledge(settings, box, taken)
    outcome = FileOutcome.FAILED if taken is None or taken.is_failed else FileOutcome.TAKEN
    try:
        box.put_away(claimed.name, outcome, problems)
    except FileNotFoundError:
        return


def _acknowledge(settings: Any, box: DropBox, taken: AnswersTaken) -> None:
    """A 997 for every group but acknowledgements."""
    for position, group in enumerate(taken.interchange.groups):
        if group.kind == "FA":
            continue
        name, control = acknowledgement_place(taken.interchange, position)
        numbers = {one.number for one in group.transactions}
        rejected = {number: wrong for number, wrong in taken.rejected.items() if number in numbers}
        body = acknowledgement(group, rejected)
        try:
            box.write_once(name, interchange_write(partner_of(settings), "997", control, clock.now(), body))
        except AlreadyDone:
            continue
