"""The books of stock. The laws that these tables keep are ADR 0002 and ADR 0003.

``Movement`` is the ledger; ``Stock`` and ``Availability`` are its balances; ``Reservation`` and
``Allocation`` say what of the balances is promised, and to whom.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Condition(models.TextChoices):
    """What state the goods are in. Only good ones are sold."""

    GOOD = "good", _("Good")
    DAMAGED = "damaged", _("Damaged")
    QUARANTINE = "quarantine", _("Quarantine")
    RETURNED = "returned", _("Returned, not inspected")
    EXPIRED = "expired", _("Expired")


class Lot(models.Model):
    """Goods made together 批次."""

    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="lots")
    code = models.CharField(max_length=64)
    produced_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    #: Who delivered it first, where that is known.
    supplier = models.ForeignKey(
        "partners.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Set by the nightly expiry run, once; expired goods stop being sellable at that moment.
    is_expired = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "lot"
        constraints = [models.UniqueConstraint(fields=["sku", "code"], name="lot_sku_code")]
        indexes = [
            models.Index(fields=["expires_on"], name="lot_to_expire", condition=Q(is_expired=False)),
            models.Index(fields=["code"], name="lot_code"),
        ]


class Container(models.Model):
    """A tote, carton or pallet with a code of its own 容器. It and all in it lie at one place (ADR 0010)."""

    class Kind(models.TextChoices):
        TOTE = "tote", _("Tote")
        CARTON = "carton", _("Carton")
        PALLET = "pallet", _("Pallet")

    #: Our own number (``LP…``), one that is printed on it, or an SSCC of eighteen digits.
    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.TOTE)
    #: Null until goods or people put it somewhere. Of a nested one: where its outermost stands.
    location = models.ForeignKey("facility.Location", null=True, blank=True, on_delete=models.PROTECT)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    #: A hold stands over it or over one that it stands in. Kept by the services; compared by ``verify``.
    is_held = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now())
    #: Since when it is out of use; nothing goes into it any more.
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "container"
        constraints = [models.CheckConstraint(name="container_not_in_itself", condition=~Q(parent=F("id")))]


class Serial(models.Model):
    """One unit with a number of its own 序列号, unique for ever with its SKU (ADR 0010)."""

    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="serials")
    number = models.CharField(max_length=64)
    #: Where it stands; null while it is outside (shipped, lost, scrapped, on the way).
    stock = models.ForeignKey(
        "Stock", null=True, blank=True, on_delete=models.PROTECT, related_name="serials"
    )
    #: For whom somebody has scanned it (``parcel`` and its id): nothing else takes it along by presumption.
    claim_kind = models.CharField(max_length=32, blank=True, default="", db_default="")
    claim_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "serial"
        constraints = [models.UniqueConstraint(fields=["sku", "number"], name="serial_sku_number")]
        indexes = [
            models.Index(fields=["number"], name="serial_number"),
            models.Index(
                fields=["claim_kind", "claim_id"], name="serial_claim", condition=Q(claim_id__isnull=False)
            ),
        ]


class Stock(models.Model):
    """How much lies where: a balance of movements at a physical location (law 2)."""

    warehouse = models.ForeignKey("facility.Warehouse", on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey("facility.Location", on_delete=models.PROTECT, related_name="stock")
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="stock")
    lot = models.ForeignKey(Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="stock")
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+")
    condition = models.CharField(max_length=16, choices=Condition, default=Condition.GOOD)
    container = models.ForeignKey(
        Container, null=True, blank=True, on_delete=models.PROTECT, related_name="stock"
    )
    quantity = models.BigIntegerField(default=0)
    allocated = models.BigIntegerField(default=0)
    #: Good, at a sellable location, lot not expired, no hold over it. Kept by the services that change
    #: any of these; recomputed from the facts by ``verify``.
    is_sellable = models.BooleanField(default=False)
    #: When goods first came to this row, for FIFO and LIFO of goods without lots.
    received_at = models.DateTimeField()

    class Meta:
        db_table = "stock"
        constraints = [
            models.UniqueConstraint(
                fields=["location", "sku", "lot", "owner", "condition", "container"],
                name="stock_place",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="stock_allocated_within_quantity",
                condition=Q(allocated__gte=0, allocated__lte=F("quantity")),
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "sku", "owner"], name="stock_warehouse_sku_owner"),
            models.Index(fields=["lot"], name="stock_lot", condition=Q(lot__isnull=False)),
        ]


class Availability(models.Model):
    """What can be promised: the only row that an order must win (law 3).

    ``sellable`` is the sum of ``quantity - allocated`` over sellable stock.
    """

    warehouse = models.ForeignKey("facility.Warehouse", on_delete=models.PROTECT, related_name="+")
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+")
    sellable = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)

    class Meta:
        db_table = "availability"
        constraints = [
            models.UniqueConstraint(fields=["sku", "owner", "warehouse"], name="availability_key"),
            models.CheckConstraint(
                name="availability_reserved_within_sellable",
                condition=Q(reserved__gte=0, reserved__lte=F("sellable")),
            ),
        ]


class Movement(models.Model):
    """One entry of the ledger: units went from one place to another. Append-only (law 1).

    Condition and container may change on the way, so each has a from and a to. A change of lot or owner
    goes through the adjustment location as two entries.
    """

    class Reason(models.TextChoices):
        OPENING = "opening", _("Opening stock")
        RECEIPT = "receipt", _("Receipt")
        PUTAWAY = "putaway", _("Putaway")
        MOVE = "move", _("Move")
        PICK = "pick", _("Pick")
        PUTBACK = "putback", _("Putback")
        SHIP = "ship", _("Ship")
        ADJUSTMENT = "adjustment", _("Adjustment")
        COUNT = "count", _("Count")
        CONDITION = "condition", _("Change of condition")
        SCRAP = "scrap", _("Scrap")
        RETURN = "return", _("Return")
        TRANSFER = "transfer", _("Transfer")
        KIT = "kit", _("Kitting")
        #: Two units of one kind change places: the number that was presumed was another.
        EXCHANGE = "exchange", _("Exchange of serials")

    at = models.DateTimeField()
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    from_location = models.ForeignKey("facility.Location", on_delete=models.PROTECT, related_name="+")
    to_location = models.ForeignKey("facility.Location", on_delete=models.PROTECT, related_name="+")
    from_condition = models.CharField(max_length=16, choices=Condition, default=Condition.GOOD)
    to_condition = models.CharField(max_length=16, choices=Condition, default=Condition.GOOD)
    from_container = models.ForeignKey(
        Container, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    to_container = models.ForeignKey(
        Container, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=16, choices=Reason)
    #: The document behind it, such as ``pick_task`` and its id.
    source_kind = models.CharField(max_length=32, blank=True, default="")
    source_id = models.BigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True, default="")
    actor = models.CharField(max_length=100)
    request_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        db_table = "movement"
        constraints = [models.CheckConstraint(name="movement_quantity_positive", condition=Q(quantity__gt=0))]
        indexes = [
            models.Index(fields=["sku", "id"], name="movement_sku"),
            models.Index(fields=["from_location", "id"], name="movement_from_location"),
            models.Index(fields=["to_location", "id"], name="movement_to_location"),
            models.Index(fields=["source_kind", "source_id"], name="movement_source"),
        ]


class MovementSerial(models.Model):
    """Which numbered units an entry of the ledger carried. Append-only, as the ledger itself."""

    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="serials", db_index=False)
    serial = models.ForeignKey(Serial, on_delete=models.PROTECT, related_name="movements", db_index=False)
    #: Nobody named it: units left a row of numbered ones, and this one was taken for one of them.
    is_presumed = models.BooleanField(default=False)

    class Meta:
        db_table = "movement_serial"
        constraints = [
            models.UniqueConstraint(fields=["movement", "serial"], name="movement_serial_once"),
        ]
        indexes = [models.Index(fields=["serial", "-movement"], name="movement_serial_history")]


class Reservation(models.Model):
    """A soft promise per warehouse and SKU 预占: pending until consumed, released or expired.

    ``quantity`` is what is still promised while active, and what was promised when it was closed.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        CONSUMED = "consumed", _("Consumed")
        RELEASED = "released", _("Released")
        EXPIRED = "expired", _("Expired")

    warehouse = models.ForeignKey("facility.Warehouse", on_delete=models.PROTECT, related_name="+")
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    #: What it is for: ``sales_order_line`` or ``checkout`` and its id.
    source_kind = models.CharField(max_length=32)
    source_id = models.BigIntegerField()
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "reservation"
        constraints = [
            models.CheckConstraint(name="reservation_quantity_positive", condition=Q(quantity__gt=0))
        ]
        indexes = [
            models.Index(fields=["source_kind", "source_id"], name="reservation_source"),
            models.Index(
                fields=["sku", "owner", "warehouse"], name="reservation_active", condition=Q(state="active")
            ),
            models.Index(
                fields=["expires_at"],
                name="reservation_to_expire",
                condition=Q(state="active", expires_at__isnull=False),
            ),
        ]


class Allocation(models.Model):
    """A hard promise 分配: these units, at this location and of this lot, are for this demand.

    It follows the units: when they are picked it points at the stock row where they lie now.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        PICKED = "picked", _("Picked")
        SHIPPED = "shipped", _("Shipped")
        RELEASED = "released", _("Released")

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="allocations")
    quantity = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    #: What it is for: ``fulfilment_line`` and its id.
    source_kind = models.CharField(max_length=32)
    source_id = models.BigIntegerField()
    #: The source of the reservation that it consumed, so that it can be given back; blank and null
    #: where it was taken from free units.
    reserved_kind = models.CharField(max_length=32, blank=True, default="")
    reserved_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "allocation"
        constraints = [
            models.CheckConstraint(name="allocation_quantity_positive", condition=Q(quantity__gt=0))
        ]
        indexes = [
            models.Index(fields=["source_kind", "source_id"], name="allocation_source"),
            models.Index(
                fields=["stock"], name="allocation_standing", condition=Q(state__in=["open", "picked"])
            ),
        ]


class Checkout(models.Model):
    """A buyer at the till of a channel, whose units wait for the payment: a reservation with a time to live."""

    #: The channel's own name for it: asked again under it, the first answer is given (law 8).
    key = models.CharField(max_length=100, unique=True)
    #: Digest of what was asked, so that another request under the same key is refused.
    fingerprint = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "checkout"


class PostingKey(models.Model):
    """The name under which a caller posted something, so that its repetition changes nothing (law 8)."""

    key = models.CharField(max_length=200, unique=True)
    movement = models.ForeignKey(Movement, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "posting_key"


class StockHold(models.Model):
    """A stop on goods that are not to be sold until it is released.

    On a lot, a location, a container with all in it, all lots of a supplier, or one SKU in one warehouse.
    """

    class Kind(models.TextChoices):
        LOT = "lot", _("Lot")
        LOCATION = "location", _("Location")
        SKU = "sku", _("SKU in a warehouse")
        CONTAINER = "container", _("Container")
        SUPPLIER = "supplier", _("Lots of a supplier")

    kind = models.CharField(max_length=16, choices=Kind)
    lot = models.ForeignKey(Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="holds")
    location = models.ForeignKey(
        "facility.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    warehouse = models.ForeignKey("facility.Warehouse", null=True, blank=True, on_delete=models.PROTECT)
    sku = models.ForeignKey("catalog.Sku", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    container = models.ForeignKey(
        Container, null=True, blank=True, on_delete=models.PROTECT, related_name="holds"
    )
    supplier = models.ForeignKey(
        "partners.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=200)
    #: What it was placed for: ``recall``, ``stock_change``; blank where a person did.
    source_kind = models.CharField(max_length=32, blank=True, default="", db_default="")
    source_id = models.BigIntegerField(null=True, blank=True)
    placed_by = models.CharField(max_length=100)
    placed_at = models.DateTimeField()
    released_by = models.CharField(max_length=100, blank=True, default="")
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "stock_hold"
        constraints = [
            models.CheckConstraint(
                name="stock_hold_subject",
                condition=Q(kind="lot", lot__isnull=False)
                | Q(kind="location", location__isnull=False)
                | Q(kind="sku", sku__isnull=False, warehouse__isnull=False)
                | Q(kind="container", container__isnull=False)
                | Q(kind="supplier", supplier__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["kind"], name="stock_hold_standing", condition=Q(released_at__isnull=True))
        ]


class SupplySuggestion(models.Model):
    """Goods that customers wait for and that have to be brought: from another warehouse, or from a supplier.

    Written by whoever knows the demand; one open row for each SKU, owner and warehouse.
    """

    class Source(models.TextChoices):
        TRANSFER = "transfer", _("From another warehouse")
        PURCHASE = "purchase", _("From a supplier")

    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    #: Where they are wanted.
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    source = models.CharField(max_length=8, choices=Source)
    from_warehouse = models.ForeignKey(
        "facility.Warehouse",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    quantity = models.BigIntegerField(help_text="units that are short")
    order_count = models.PositiveIntegerField(default=0)
    waiting_since = models.DateTimeField()
    ticket_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "supply_suggestion"
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "owner", "warehouse"],
                name="supply_suggestion_open",
                condition=Q(settled_at__isnull=True),
            ),
            models.CheckConstraint(name="supply_suggestion_quantity", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="supply_suggestion_source",
                condition=Q(source="transfer", from_warehouse__isnull=False)
                | Q(source="purchase", from_warehouse__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["settled_at", "-id"], name="supply_suggestion_newest")]
