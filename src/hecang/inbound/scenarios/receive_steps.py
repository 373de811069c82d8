"""What a receiver's handheld shows. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from hecang.inbound.models import DiscrepancyKind
from hecang.inbound.selectors.receiving_floor import ReceiptAtHand, SkuAtHand
from hecang.inbound.services.receiving_answers import ReceiveResult
from hecang.inventory.models import Condition
from hecang.work.floor.protocol import Fact, Input, Option, Step, Tone

#: Announced numbers that a step names.
_SHOWN: Final = 5


def document(*, said: str = "") -> Step:
    """What is to be received?"""
    return Step(
        state="document",
        prompt=_("Scan the announcement, order, truck or a pallet"),
        inputs=(
            Input("scan", "document", _("Document or SSCC"), accepts=("document", "container")),
            Input("confirm", "blind", _("Without a document")),
        ),
        said=said,
        tone="good" if said else "plain",
    )


def choose(state: str, prompt: str, options: Sequence[tuple[str, str, str]]) -> Step:
    """One of several documents or owners."""
    shown = tuple(Option(value, label, hint) for value, label, hint in options)
    return Step(state=state, prompt=prompt, inputs=(Input("choice", state, prompt, options=shown),))


def goods(
    receipt: ReceiptAtHand,
    *,
    container: str = "",
    said: str = "",
    tone: Tone = "plain",
    can_undo: bool = False,
) -> Step:
    """The next scan."""
    facts = [
        Fact(_("Receipt"), receipt.number),
        Fact(_("Supplier"), receipt.supplier) if receipt.supplier else None,
        Fact(_("Document"), receipt.document) if receipt.document else None,
        Fact(_("Container"), container) if container else None,
        Fact(_("Booked to"), receipt.place),
    ]
    inputs = [
        Input("scan", "goods", _("Product, pallet or carton"), accepts=("sku", "container")),
        Input("confirm", "close", _("All received")),
    ]
    if container:
        inputs.append(Input("confirm", "no_container", _("Not in %(code)s any more") % {"code": container}))
    progress = None
    if receipt.expected and not receipt.is_blind:
        progress = (min(receipt.received, receipt.expected), receipt.expected)
    return Step(
        state="goods",
        prompt=_("Scan the goods"),
        inputs=tuple(inputs),
        facts=tuple(fact for fact in facts if fact is not None),
        said=said,
        tone=tone,
        progress=progress,
        can_undo=can_undo,
    )


def unknown(code: str) -> Step:
    """Nobody knows what was scanned."""
    return Step(
        state="unknown",
        prompt=_("Nobody knows this code. What now?"),
        inputs=(
            Input(
                "quantity", "wrong_item", _("Wrong item: how many?"), value="1", minimum=1, maximum=1_000_000
            ),
            Input("confirm", "back", _("Scan again")),
        ),
        facts=(Fact(_("Code"), code[:60], "bad"),),
        said=_("Unknown code"),
        tone="bad",
    )


def lot(sku: SkuAtHand, *, said: str = "") -> Step:
    inputs = [Input("scan", "lot", _("Lot"), accepts=("lot",))]
    if sku.is_expiry_tracked or sku.shelf_life_days:
        inputs.append(Input("confirm", "no_lot", _("No lot on it, only a date")))
    return Step(
        state="lot",
        prompt=_("Scan or enter the lot"),
        inputs=tuple(inputs),
        facts=_sku(sku),
        said=said,
        can_undo=True,
    )


def expiry(sku: SkuAtHand, lot_code: str) -> Step:
    inputs = [Input("date", "expires_on", _("Expires on"))]
    if sku.shelf_life_days:
        inputs.append(Input("date", "produced_on", _("or produced on")))
    facts = (*_sku(sku), Fact(_("Lot"), lot_code)) if lot_code else _sku(sku)
    return Step(
        state="expiry", prompt=_("Enter the expiry date"), inputs=tuple(inputs), facts=facts, can_undo=True
    )


def serials(
    sku: SkuAtHand,
    numbers: Sequence[str],
    *,
    expected: int = 0,
    announced: Sequence[tuple[str, bool]] = (),
) -> Step:
    """One number after the other; what was announced and has not come is named, what was not is said at once.

    :param announced: (number, whether it is in the house).
    """
    to_come = [number for number, is_in in announced if not is_in and number not in numbers]
    facts = [*_sku(sku), Fact(_("Scanned"), str(len(numbers)))]
    if to_come:
        more = f" … (+{len(to_come) - _SHOWN})" if len(to_come) > _SHOWN else ""
        facts.append(Fact(_("Announced numbers"), ", ".join(to_come[:_SHOWN]) + more))
    said: tuple[str, Tone] = (numbers[-1], "good") if numbers else ("", "plain")
    if numbers and announced and numbers[-1] not in dict(announced):
        said = _("Serial %(number)s was not announced") % {"number": numbers[-1]}, "warn"
    inputs = [Input("scan", "serial", _("Serial number"), accepts=("serial",))]
    if numbers:
        inputs.append(
            Input("confirm", "enough", _("That is all: %(count)s") % {"count": len(numbers)}, tone="good")
        )
        inputs.append(Input("confirm", "damaged", _("These are damaged"), tone="bad"))
    return Step(
        state="serials",
        prompt=_("Scan each serial number"),
        inputs=tuple(inputs),
        facts=tuple(facts),
        said=said[0],
        tone=said[1],
        progress=(len(numbers), expected) if expected else None,
        can_undo=True,
    )


def quantity(sku: SkuAtHand, pending: dict[str, Any], *, expected: tuple[int, int] | None = None) -> Step:
    """How many, in units or in packages."""
    per = int(pending.get("per") or 1)
    suggested = int(pending.get("count") or per)
    # The number pad takes most of the screen: what decides comes first, what only confirms last.
    product, name = _sku(sku)
    facts = [product]
    if expected is not None and expected[0]:
        facts.append(
            Fact(
                _("Still expected"),
                str(max(expected[0] - expected[1], 0)),
                "plain" if expected[1] < expected[0] else "warn",
            )
        )
    if pending.get("lot"):
        facts.append(Fact(_("Lot"), str(pending["lot"])))
    if pending.get("expires_on"):
        facts.append(Fact(_("Expires"), str(pending["expires_on"])))
    damaged = pending.get("condition") == "damaged"
    if damaged:
        facts.append(Fact(_("Condition"), str(Condition.DAMAGED.label), "bad"))
    facts.append(name)
    inputs = [
        Input(
            "quantity",
            "quantity",
            _("Units"),
            value=str(suggested),
            minimum=1,
            maximum=10_000_000,
            unit=sku.unit,
        )
    ]
    if per > 1:
        inputs.append(
            Input(
                "quantity",
                "packages",
                _("or packages of %(per)s") % {"per": per},
                minimum=1,
                maximum=1_000_000,
            )
        )
    inputs.append(
        Input("confirm", "good", _("Not damaged"))
        if damaged
        else Input("confirm", "damaged", _("These are damaged"), tone="bad")
    )
    return Step(
        state="quantity", prompt=_("How many?"), inputs=tuple(inputs), facts=tuple(facts), can_undo=True
    )


def photo(sku: SkuAtHand, units: int) -> Step:
    return Step(
        state="photo",
        prompt=_("Take a picture of the damage"),
        inputs=(Input("photo", "photo", _("Photo")), Input("confirm", "no_photo", _("Without a picture"))),
        facts=(*_sku(sku), Fact(_("Damaged"), str(units), "bad")),
        can_undo=True,
    )


def summary(receipt: ReceiptAtHand, rows: Sequence[dict[str, Any]], found: dict[str, int]) -> Step:
    """What differs, before the receipt is closed."""
    facts = [Fact(_("Received units"), str(sum(row["received"] for row in rows)), "good")]
    if receipt.document:
        short = [row for row in rows if row["received"] + row["refused"] < row["expected"]]
        facts += [
            Fact(
                _("Short %(sku)s") % {"sku": row["sku"]["code"]},
                f"{row['received']} / {row['expected']}",
                "warn",
            )
            for row in short[:8]
        ]
        if len(short) > 8:
            facts.append(Fact(_("Short, other products"), str(len(short) - 8), "warn"))
    facts += [
        Fact(str(DiscrepancyKind(kind).label), str(count), "warn") for kind, count in sorted(found.items())
    ]
    inputs = [Input("confirm", "yes", _("Close the receipt"), tone="good")]
    if receipt.document:
        inputs.append(Input("confirm", "more_comes", _("The rest comes later")))
    inputs.append(Input("confirm", "back", _("Go on receiving")))
    return Step(state="summary", prompt=_("Is everything in?"), inputs=tuple(inputs), facts=tuple(facts))


def over(said: str) -> Step:
    return Step(state="over", prompt=said, said=said, tone="good", is_over=True)


def told(sku: SkuAtHand, result: ReceiveResult) -> tuple[str, Tone]:
    """What a scan did, and how it sounds."""
    if result.message and not result.booked:
        return result.message, "bad"
    text = _("%(quantity)s %(unit)s of %(sku)s received") % {
        "quantity": result.booked,
        "unit": sku.unit,
        "sku": sku.code,
    }
    if result.message:
        return f"{text}. {result.message}", "warn"
    quarantine = result.conditions.get("quarantine")
    if quarantine:
        return _("%(text)s, to be inspected") % {"text": text}, "good"
    return text, "warn" if result.found else "good"


def _sku(sku: SkuAtHand) -> tuple[Fact, ...]:
    return (Fact(_("Product"), sku.code), Fact(_("Name"), sku.name[:60]))
