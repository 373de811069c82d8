"""What is stocked and sold: SKUs, their barcodes, packagings and kits."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _


class Category(models.Model):
    """A branch of the product tree. Imports name it by its path, which then is its code: ``食品/零食``."""

    code = models.CharField(max_length=128, unique=True)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )

    class Meta:
        db_table = "category"


class Sku(models.Model):
    """What is stocked and sold, counted in integers of its base unit."""

    class Kind(models.TextChoices):
        GOODS = "goods", _("Goods")
        KIT = "kit", _("Kit")
        MATERIAL = "material", _("Packing material")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        DISCONTINUED = "discontinued", _("Discontinued")

    class KitMode(models.TextChoices):
        EXPLODE = "explode", _("Sold as its components")
        KEEP = "keep", _("Kept as one piece")
        AUTO = "auto", _("Kept if stocked, else its components")

    class AbcClass(models.TextChoices):
        A = "A", "A"
        B = "B", "B"
        C = "C", "C"

    class Temperature(models.TextChoices):
        AMBIENT = "ambient", _("Ambient")
        CHILLED = "chilled", _("Chilled")
        FROZEN = "frozen", _("Frozen")

    class Hazard(models.TextChoices):
        NONE = "none", _("None")
        FLAMMABLE = "flammable", _("Flammable")
        BATTERY = "battery", _("Battery")
        AEROSOL = "aerosol", _("Aerosol")
        CORROSIVE = "corrosive", _("Corrosive")

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    name_en = models.CharField(max_length=255, blank=True, default="")
    #: First letters of the name's syllables, to be found by (see ``catalog.initials``).
    initials = models.CharField(max_length=64, blank=True, default="", db_default="")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.GOODS)
    #: What an order for a kit asks of the warehouse; a kit that may be kept can have stock of its own.
    kit_mode = models.CharField(
        max_length=8, choices=KitMode, default=KitMode.EXPLODE, db_default=KitMode.EXPLODE
    )
    status = models.CharField(max_length=16, choices=Status, default=Status.ACTIVE)
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.PROTECT, related_name="skus"
    )
    base_unit = models.CharField(max_length=16, default="pcs")
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    length_mm = models.PositiveIntegerField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveIntegerField(null=True, blank=True)
    #: Set where weight or size was guessed (by category, say) and not measured.
    is_estimated = models.BooleanField(default=False)
    abc_class = models.CharField(max_length=1, choices=AbcClass, default=AbcClass.C)
    temperature = models.CharField(max_length=16, choices=Temperature, default=Temperature.AMBIENT)
    hazard = models.CharField(max_length=16, choices=Hazard, default=Hazard.NONE)
    is_lot_tracked = models.BooleanField(default=False)
    is_serial_tracked = models.BooleanField(default=False)
    is_expiry_tracked = models.BooleanField(default=False)
    shelf_life_days = models.PositiveIntegerField(null=True, blank=True)
    #: Days of life that must remain when the goods leave the warehouse.
    min_remaining_days = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "sku"
        constraints = [
            models.CheckConstraint(
                name="sku_expiry_needs_lot", condition=Q(is_expiry_tracked=False) | Q(is_lot_tracked=True)
            ),
        ]
        indexes = [
            models.Index(fields=["status", "code"], name="sku_status_code"),
            models.Index(fields=["category", "code"], name="sku_category_code"),
            models.Index(fields=["updated_at"], name="sku_updated_at"),
            models.Index(fields=["name"], name="sku_name"),
            # A scanner or a person does not care about capitals; duplicates are looked for by name.
            models.Index(Upper("code"), name="sku_code_upper"),
            models.Index(Lower("name"), "id", name="sku_name_lower"),
            models.Index(fields=["initials"], name="sku_initials", opclasses=["text_pattern_ops"]),
        ]


class Packaging(models.Model):
    """How many base units lie in one inner, case or pallet, and how big that is."""

    class Level(models.TextChoices):
        EACH = "each", _("Each")
        INNER = "inner", _("Inner")
        CASE = "case", _("Case")
        PALLET = "pallet", _("Pallet")

    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="packagings")
    level = models.CharField(max_length=8, choices=Level)
    quantity = models.PositiveIntegerField()
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    length_mm = models.PositiveIntegerField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        db_table = "packaging"
        constraints = [
            models.UniqueConstraint(fields=["sku", "level"], name="packaging_sku_level"),
            models.CheckConstraint(name="packaging_quantity_positive", condition=Q(quantity__gte=1)),
        ]


class Barcode(models.Model):
    """A code on the goods. One barcode names one SKU and how many base units it stands for."""

    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="barcodes")
    code = models.CharField(max_length=64, unique=True)
    quantity = models.PositiveIntegerField(default=1)
    is_primary = models.BooleanField(default=False)

    class Meta:
        db_table = "barcode"
        constraints = [
            models.CheckConstraint(name="barcode_quantity_positive", condition=Q(quantity__gte=1)),
            models.UniqueConstraint(fields=["sku"], condition=Q(is_primary=True), name="barcode_one_primary"),
        ]


class KitComponent(models.Model):
    """What a kit is made of. It is sold as its components unless its ``kit_mode`` keeps it whole."""

    kit = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="components")
    component = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="kits")
    quantity = models.PositiveIntegerField()

    class Meta:
        db_table = "kit_component"
        constraints = [
            models.UniqueConstraint(fields=["kit", "component"], name="kit_component_unique"),
            models.CheckConstraint(name="kit_component_quantity_positive", condition=Q(quantity__gte=1)),
            models.CheckConstraint(name="kit_component_not_itself", condition=~Q(kit=F("component"))),
        ]


class SkuFinding(models.Model):
    """Something odd about a SKU's data, as the last check saw it (``catalog/quality.py`` has the rules).

    Kept so that lists can filter by it; replaced whenever the SKU changes and by ``findings_refresh``.
    """

    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="findings")
    code = models.CharField(max_length=32)
    field = models.CharField(max_length=32)
    #: Facts for the message, such as the value and what is usual.
    data = models.JSONField(default=dict)
    #: The other SKU, where two are the same.
    related = models.ForeignKey(Sku, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "sku_finding"
        indexes = [models.Index(fields=["code", "sku"], name="sku_finding_code")]


class CategoryNorm(models.Model):
    """What is usual in a category: median and spread of natural logarithms (weight in g, density in g/cm³).

    The spread is 1.4826 × the median absolute deviation, which one absurd value cannot move.
    """

    category = models.OneToOneField(Category, on_delete=models.CASCADE, related_name="norm")
    weight_count = models.PositiveIntegerField(default=0)
    weight_median = models.FloatField(default=0)
    weight_spread = models.FloatField(default=0)
    density_count = models.PositiveIntegerField(default=0)
    density_median = models.FloatField(default=0)
    density_spread = models.FloatField(default=0)
    computed_at = models.DateTimeField()

    class Meta:
        db_table = "category_norm"
