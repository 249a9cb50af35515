import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import orgs.tenancy.fields
import voxanne.ids
from orgs.tenancy import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0010_health_terms"),
        ("telephony", "0012_subaccount_directory"),
    ]

    operations = [
        migrations.CreateModel(
            name="VerifiedCallerId",
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
                ("friendly_name", models.CharField(blank=True, max_length=64)),
                ("twilio_account_sid", models.CharField(blank=True, max_length=34)),
                ("twilio_caller_id_sid", models.CharField(blank=True, max_length=34)),
                ("twilio_call_sid", models.CharField(blank=True, max_length=34)),
                ("is_ours_at_twilio", models.BooleanField(default=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting for the code"),
                            ("verified", "Verified"),
                            ("failed", "Not verified"),
                            ("expired", "Code expired"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("verification_code_hash", models.CharField(blank=True, max_length=72)),
                ("verification_code_expires_at", models.DateTimeField(blank=True, null=True)),
                ("verification_attempts", models.PositiveSmallIntegerField(default=0)),
                ("locked_until", models.DateTimeField(blank=True, null=True)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("call_failed_at", models.DateTimeField(blank=True, null=True)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
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
                "db_table": "verified_caller_ids",
            },
        ),
        migrations.CreateModel(
            name="HybridForwardingConfig",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "sim_phone_number",
                    models.CharField(
                        max_length=16,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+[1-9]\\d{6,14}$", "Enter the number in E.164: + country code and number."
                            )
                        ],
                    ),
                ),
                (
                    "forwarding_type",
                    models.CharField(choices=[("total_ai", "Total AI"), ("safety_net", "Safety net")], max_length=10),
                ),
                (
                    "carrier",
                    models.CharField(
                        choices=[
                            ("att", "AT&T"),
                            ("tmobile", "T-Mobile"),
                            ("verizon", "Verizon"),
                            ("sprint", "Sprint"),
                            ("other_gsm", "Another GSM network"),
                            ("other_cdma", "Another CDMA network"),
                            ("international", "A network outside the United States"),
                        ],
                        max_length=13,
                    ),
                ),
                ("network", models.CharField(blank=True, max_length=40)),
                ("carrier_country_code", models.CharField(default="US", max_length=2)),
                (
                    "twilio_forwarding_number",
                    models.CharField(
                        max_length=16,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+[1-9]\\d{6,14}$", "Enter the number in E.164: + country code and number."
                            )
                        ],
                    ),
                ),
                ("ring_time_seconds", models.PositiveSmallIntegerField(default=25)),
                ("generated_activation_code", models.CharField(max_length=60)),
                ("generated_deactivation_code", models.CharField(max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending_setup", "Waiting for you to dial the code"),
                            ("active", "On"),
                            ("disabled", "Off"),
                        ],
                        default="pending_setup",
                        max_length=13,
                    ),
                ),
                ("user_confirmed_setup", models.BooleanField(default=False)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("test_started_at", models.DateTimeField(blank=True, null=True)),
                ("seen_working_at", models.DateTimeField(blank=True, null=True)),
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
                (
                    "verified_caller",
                    orgs.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="forwarding",
                        to="telephony.verifiedcallerid",
                    ),
                ),
            ],
            options={
                "db_table": "hybrid_forwarding_configs",
            },
        ),
        migrations.AddIndex(
            model_name="verifiedcallerid",
            index=models.Index(
                condition=models.Q(("status", "verified")), fields=["org", "status"], name="verified_caller_ids_org_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="verifiedcallerid",
            constraint=models.UniqueConstraint(
                fields=("org", "phone_number"), name="verified_caller_ids_org_number_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="verifiedcallerid",
            constraint=models.CheckConstraint(
                condition=models.Q(("phone_number__regex", "^\\+[1-9]\\d{6,14}$")), name="verified_caller_ids_e164"
            ),
        ),
        migrations.AddConstraint(
            model_name="verifiedcallerid",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["pending", "verified", "failed", "expired"])),
                name="verified_caller_ids_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="verifiedcallerid",
            constraint=models.CheckConstraint(
                condition=models.Q(("verification_attempts__lte", 5)), name="verified_caller_ids_attempts"
            ),
        ),
        migrations.AddConstraint(
            model_name="verifiedcallerid",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "verified"), _negated=True),
                    models.Q(("verified_at__isnull", False), models.Q(("twilio_caller_id_sid", ""), _negated=True)),
                    _connector="OR",
                ),
                name="verified_caller_ids_proved",
            ),
        ),
        migrations.AddIndex(
            model_name="hybridforwardingconfig",
            index=models.Index(
                condition=models.Q(("test_started_at__isnull", False)),
                fields=["org", "twilio_forwarding_number"],
                name="hybrid_forwarding_tested_idx",
            ),
        ),
        migrations.AddConstraint(
            model_name="hybridforwardingconfig",
            constraint=models.UniqueConstraint(
                fields=("org", "sim_phone_number"), name="hybrid_forwarding_org_sim_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="hybridforwardingconfig",
            constraint=models.CheckConstraint(
                condition=models.Q(("sim_phone_number__regex", "^\\+[1-9]\\d{6,14}$")),
                name="hybrid_forwarding_sim_e164",
            ),
        ),
        migrations.AddConstraint(
            model_name="hybridforwardingconfig",
            constraint=models.CheckConstraint(
                condition=models.Q(("twilio_forwarding_number__regex", "^\\+[1-9]\\d{6,14}$")),
                name="hybrid_forwarding_destination_e164",
            ),
        ),
        migrations.AddConstraint(
            model_name="hybridforwardingconfig",
            constraint=models.CheckConstraint(
                condition=models.Q(("twilio_forwarding_number", models.F("sim_phone_number")), _negated=True),
                name="hybrid_forwarding_no_loop",
            ),
        ),
        migrations.AddConstraint(
            model_name="hybridforwardingconfig",
            constraint=models.CheckConstraint(
                condition=models.Q(("ring_time_seconds__gte", 5), ("ring_time_seconds__lte", 60)),
                name="hybrid_forwarding_ring_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="hybridforwardingconfig",
            constraint=models.CheckConstraint(
                condition=models.Q(("forwarding_type__in", ["total_ai", "safety_net"])),
                name="hybrid_forwarding_type_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="hybridforwardingconfig",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("carrier__in", ["att", "tmobile", "verizon", "sprint", "other_gsm", "other_cdma", "international"])
                ),
                name="hybrid_forwarding_carrier_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="hybridforwardingconfig",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["pending_setup", "active", "disabled"])),
                name="hybrid_forwarding_status_known",
            ),
        ),
        IsolateTenant("VerifiedCallerId"),
        IsolateTenant("HybridForwardingConfig"),
    ]
