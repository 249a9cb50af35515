import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import orgs.tenancy.fields
import voxanne.clock
import voxanne.ids
from orgs.tenancy import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0004_versions"),
        ("calls", "0005_who_is_calling"),
        ("contacts", "0002_preferences"),
        ("orgs", "0006_routing_and_outreach"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutboundCall",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("idempotency_key", models.CharField(max_length=200)),
                (
                    "purpose",
                    models.CharField(
                        choices=[("call_back", "Call back"), ("test_call", "Test call"), ("campaign", "Campaign")],
                        max_length=10,
                    ),
                ),
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
                ("vapi_assistant_id", models.CharField(max_length=64)),
                ("vapi_phone_number_id", models.CharField(max_length=64)),
                ("vapi_call_id", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("claimed", "Being placed"),
                            ("unknown", "Not confirmed"),
                            ("placed", "Placed"),
                            ("failed", "Not placed"),
                        ],
                        default="claimed",
                        max_length=8,
                    ),
                ),
                ("problem_code", models.CharField(blank=True, max_length=40)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                ("attempted_at", models.DateTimeField(default=voxanne.clock.now)),
                ("claim", models.UUIDField(null=True)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("placed_at", models.DateTimeField(null=True)),
                (
                    "agent",
                    orgs.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="agents.agent"
                    ),
                ),
                (
                    "call",
                    orgs.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="outbound_calls",
                        to="calls.call",
                    ),
                ),
                (
                    "contact",
                    orgs.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="contacts.contact"
                    ),
                ),
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
                "db_table": "outbound_calls",
                "indexes": [
                    models.Index(fields=["org", "-created_at"], name="outbound_calls_org_recent_idx"),
                    models.Index(fields=["org", "phone_number", "-created_at"], name="outbound_calls_org_phone_idx"),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="outbound_calls_due_idx"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("org", "idempotency_key"), name="outbound_calls_org_key"),
                    models.UniqueConstraint(
                        condition=models.Q(("vapi_call_id__gt", "")),
                        fields=("org", "vapi_call_id"),
                        name="outbound_calls_org_vapi_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["call_back", "test_call", "campaign"])),
                        name="outbound_calls_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["claimed", "unknown", "placed", "failed"])),
                        name="outbound_calls_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phone_number__regex", "^\\+[1-9]\\d{6,14}$")), name="outbound_calls_e164"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "placed"), _negated=True), ("vapi_call_id__gt", ""), _connector="OR"
                        ),
                        name="outbound_calls_placed_has_id",
                    ),
                ],
            },
        ),
        IsolateTenant("OutboundCall"),
    ]
