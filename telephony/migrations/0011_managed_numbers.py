import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import voxanne.ids
from orgs.tenancy import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0010_health_terms"),
        ("telephony", "0010_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="twilioaccount",
            name="is_managed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="ManagedPhoneNumber",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "phone_number",
                    models.CharField(
                        max_length=16,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+[1-9]\\d{6,14}$", "Enter the number in E.164: + country code and number."
                            )
                        ],
                    ),
                ),
                ("country", models.CharField(max_length=2)),
                (
                    "number_type",
                    models.CharField(
                        choices=[("local", "Local"), ("mobile", "Mobile"), ("toll_free", "Toll-free")], max_length=10
                    ),
                ),
                ("locality", models.CharField(blank=True, max_length=80)),
                (
                    "capabilities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8), default=list, size=None
                    ),
                ),
                ("agent_id", models.UUIDField(blank=True, null=True)),
                ("twilio_sid", models.CharField(blank=True, max_length=34)),
                ("twilio_subaccount_sid", models.CharField(blank=True, max_length=34)),
                ("vapi_phone_number_id", models.CharField(blank=True, max_length=64)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("buying", "Being bought"),
                            ("bought", "Bought, being set up"),
                            ("importing", "Being connected"),
                            ("active", "In use"),
                            ("releasing", "Being given back"),
                            ("released", "Given back"),
                            ("failed", "Could not be had"),
                        ],
                        default="buying",
                        max_length=10,
                    ),
                ),
                ("is_wanted", models.BooleanField(default=True)),
                ("monthly_cost_minor", models.PositiveIntegerField()),
                ("cost_currency", models.CharField(max_length=3)),
                ("problem_code", models.CharField(blank=True, max_length=32)),
                ("problem", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("bought_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("claim", models.UUIDField(blank=True, null=True)),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                (
                    "org",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "db_table": "managed_phone_numbers",
                "indexes": [models.Index(fields=["org", "due_at"], name="managed_numbers_due_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["released", "failed"]), _negated=True),
                        fields=("org", "phone_number"),
                        name="managed_phone_numbers_org_open_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phone_number__regex", "^\\+[1-9]\\d{6,14}$")),
                        name="managed_phone_numbers_e164",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["buying", "bought", "importing", "active", "releasing", "released", "failed"],
                            )
                        ),
                        name="managed_phone_numbers_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number_type__in", ["local", "mobile", "toll_free"])),
                        name="managed_phone_numbers_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("twilio_sid__regex", "^(PN[0-9a-f]{32})?$")),
                        name="managed_phone_numbers_sid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "active"), _negated=True),
                            models.Q(
                                models.Q(("twilio_sid", ""), _negated=True),
                                models.Q(("twilio_subaccount_sid", ""), _negated=True),
                                models.Q(("vapi_phone_number_id", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="managed_phone_numbers_active_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["released", "failed"]), _negated=True),
                            models.Q(("is_wanted", False), ("twilio_sid", ""), ("vapi_phone_number_id", "")),
                            _connector="OR",
                        ),
                        name="managed_phone_numbers_ended_empty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TwilioSubaccount",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("account_sid", models.CharField(blank=True, max_length=34)),
                ("auth_token_encrypted", models.TextField(blank=True)),
                ("key_commitment", models.CharField(blank=True, max_length=64)),
                ("key_fingerprint", models.CharField(blank=True, max_length=16)),
                ("encryption_version", models.CharField(blank=True, max_length=8)),
                ("claim", models.UUIDField(blank=True, null=True)),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                (
                    "org",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "db_table": "twilio_subaccounts",
                "constraints": [
                    models.UniqueConstraint(fields=("org",), name="twilio_subaccounts_org_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("account_sid", ""), ("account_sid__regex", "^AC[0-9a-f]{32}$"), _connector="OR"
                        ),
                        name="twilio_subaccounts_sid",
                    ),
                ],
            },
        ),
        IsolateTenant("ManagedPhoneNumber"),
        IsolateTenant("TwilioSubaccount"),
    ]
