import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0004_kit_mode"),
        ("orders", "0003_sourcing_and_promises"),
        ("partners", "0002_load_regions"),
        ("shipping", "0002_lead_times"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderMerge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "line_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                (
                    "source_state",
                    models.CharField(
                        choices=[
                            ("pending", "To audit"),
                            ("approved", "Approved"),
                            ("fulfilling", "In the warehouse"),
                            ("partially_shipped", "Partially shipped"),
                            ("shipped", "Shipped"),
                            ("cancelled", "Cancelled"),
                            ("merged", "Merged"),
                        ],
                        max_length=20,
                    ),
                ),
                ("taken_over", models.JSONField(default=dict)),
                ("merged_by", models.CharField(max_length=100)),
                ("merged_at", models.DateTimeField()),
                ("undone_by", models.CharField(blank=True, default="", max_length=100)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "order_merge",
            },
        ),
        migrations.CreateModel(
            name="PresaleCampaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=32, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("quantity_limit", models.BigIntegerField()),
                ("claimed", models.BigIntegerField(default=0)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("ship_after", models.DateTimeField()),
                ("deposit", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "db_table": "presale_campaign",
            },
        ),
        migrations.CreateModel(
            name="PresaleClaim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("claimed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "presale_claim",
            },
        ),
        migrations.CreateModel(
            name="SkuSubstitute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ratio", models.PositiveIntegerField(default=1)),
                ("priority", models.PositiveSmallIntegerField(default=100, help_text="smaller is earlier")),
                ("needs_consent", models.BooleanField(default=True)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "db_table": "sku_substitute",
            },
        ),
        migrations.AddField(
            model_name="salesorder",
            name="awaits_release",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="salesorder",
            name="balance_due",
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=14),
        ),
        migrations.AddField(
            model_name="salesorder",
            name="balance_paid_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="salesorder",
            name="deposit_amount",
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=14),
        ),
        migrations.AddField(
            model_name="salesorder",
            name="recipient_digest",
            field=models.CharField(blank=True, db_default="", default="", max_length=32),
        ),
        migrations.AddField(
            model_name="salesorderline",
            name="reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="shop",
            name="gifts_wait",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="shop",
            name="merge_hours",
            field=models.PositiveSmallIntegerField(db_default=24, default=24),
        ),
        migrations.AddField(
            model_name="shop",
            name="merge_policy",
            field=models.CharField(
                choices=[("off", "Never"), ("ask", "By hand"), ("auto", "By itself")],
                db_default="ask",
                default="ask",
                max_length=4,
            ),
        ),
        migrations.AddField(
            model_name="shop",
            name="split_by",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=16), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="shop",
            name="split_volume_mm3",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="shop",
            name="split_weight_g",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="shop",
            name="substitute_policy",
            field=models.CharField(
                choices=[("off", "Never"), ("ask", "By hand"), ("auto", "By itself")],
                db_default="ask",
                default="ask",
                max_length=4,
            ),
        ),
        migrations.AlterField(
            model_name="orderhold",
            name="code",
            field=models.CharField(
                choices=[
                    ("stock_short", "Not enough stock"),
                    ("amount_limit", "Amount above the limit"),
                    ("address_incomplete", "Address incomplete"),
                    ("blocked_customer", "Customer on the black list"),
                    ("duplicate_suspected", "Possible duplicate"),
                    ("remark", "Remark needs a person"),
                    ("manual", "Held by hand"),
                    ("damaged", "Damaged in the warehouse"),
                    ("presale_limit", "Beyond the limit of the pre-sale"),
                ],
                max_length=32,
            ),
        ),
        migrations.AlterField(
            model_name="salesorder",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "To audit"),
                    ("approved", "Approved"),
                    ("fulfilling", "In the warehouse"),
                    ("partially_shipped", "Partially shipped"),
                    ("shipped", "Shipped"),
                    ("cancelled", "Cancelled"),
                    ("merged", "Merged"),
                ],
                default="pending",
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["pending", "approved"]), models.Q(("recipient_digest", ""), _negated=True)
                ),
                fields=["recipient_digest", "owner"],
                name="sales_order_mergeable",
            ),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(
                condition=models.Q(("awaits_release", True)),
                fields=["ship_after", "id"],
                name="sales_order_presale",
            ),
        ),
        migrations.AddField(
            model_name="ordermerge",
            name="source",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orders.salesorder",
            ),
        ),
        migrations.AddField(
            model_name="ordermerge",
            name="target",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orders.salesorder",
            ),
        ),
        migrations.AddField(
            model_name="presalecampaign",
            name="shop",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="presales",
                to="orders.shop",
            ),
        ),
        migrations.AddField(
            model_name="presalecampaign",
            name="sku",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.sku",
            ),
        ),
        migrations.AddField(
            model_name="presaleclaim",
            name="campaign",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="claims",
                to="orders.presalecampaign",
            ),
        ),
        migrations.AddField(
            model_name="presaleclaim",
            name="line",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="orders.salesorderline"
            ),
        ),
        migrations.AddField(
            model_name="skusubstitute",
            name="shop",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="orders.shop",
            ),
        ),
        migrations.AddField(
            model_name="skusubstitute",
            name="sku",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="catalog.sku",
            ),
        ),
        migrations.AddField(
            model_name="skusubstitute",
            name="substitute",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.sku",
            ),
        ),
        migrations.AddIndex(
            model_name="ordermerge",
            index=models.Index(fields=["target"], name="order_merge_target"),
        ),
        migrations.AddConstraint(
            model_name="ordermerge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)),
                fields=("source",),
                name="order_merge_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="ordermerge",
            constraint=models.CheckConstraint(
                condition=models.Q(("target", models.F("source")), _negated=True),
                name="order_merge_not_itself",
            ),
        ),
        migrations.AddIndex(
            model_name="presalecampaign",
            index=models.Index(
                condition=models.Q(("is_active", True)),
                fields=["shop", "sku", "starts_at"],
                name="presale_campaign_shop",
            ),
        ),
        migrations.AddConstraint(
            model_name="presalecampaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity_limit__gt", 0)), name="presale_campaign_limit_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="presalecampaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("claimed__gte", 0), ("claimed__lte", models.F("quantity_limit"))),
                name="presale_campaign_not_oversold",
            ),
        ),
        migrations.AddConstraint(
            model_name="presalecampaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="presale_campaign_window"
            ),
        ),
        migrations.AddIndex(
            model_name="presaleclaim",
            index=models.Index(fields=["campaign", "line"], name="presale_claim_campaign"),
        ),
        migrations.AddConstraint(
            model_name="skusubstitute",
            constraint=models.UniqueConstraint(
                fields=("sku", "substitute", "shop"), name="sku_substitute_unique", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="skusubstitute",
            constraint=models.CheckConstraint(
                condition=models.Q(("sku", models.F("substitute")), _negated=True),
                name="sku_substitute_not_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="skusubstitute",
            constraint=models.CheckConstraint(
                condition=models.Q(("ratio__gte", 1)), name="sku_substitute_ratio_positive"
            ),
        ),
    ]
