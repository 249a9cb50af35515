import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import orgs.tenancy.fields
import voxanne.ids
from orgs.tenancy import IsolateTenant


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("orgs", "0003_identity_grants"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agent",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.CharField(max_length=40)),
                (
                    "call_direction",
                    models.CharField(choices=[("inbound", "Inbound"), ("outbound", "Outbound")], max_length=10),
                ),
                ("is_default", models.BooleanField(default=False)),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("off", "Off"),
                            ("after_hours", "After hours only"),
                            ("approve", "Staff approves every booking"),
                            ("full", "Full"),
                        ],
                        default="full",
                        max_length=12,
                    ),
                ),
                ("voice_provider", models.CharField(default="11labs", max_length=30)),
                ("voice_id", models.CharField(default="sarah", max_length=80)),
                ("language", models.CharField(default="en-GB", max_length=10)),
                ("first_message", models.TextField(blank=True, max_length=600)),
                ("system_prompt", models.TextField(blank=True, max_length=20000)),
                (
                    "max_duration_seconds",
                    models.PositiveIntegerField(
                        default=900,
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(43200),
                        ],
                    ),
                ),
                (
                    "tools_enabled",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), blank=True, null=True, size=None
                    ),
                ),
                ("transfer_settings", models.JSONField(blank=True, default=dict)),
                ("vapi_assistant_id", models.CharField(blank=True, max_length=64)),
                ("vapi_phone_number_id", models.CharField(blank=True, max_length=64)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "sync_state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("syncing", "Syncing"),
                            ("synced", "Synced"),
                            ("failed", "Failed"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("sync_error", models.TextField(blank=True)),
                ("synced_at", models.DateTimeField(blank=True, null=True)),
                ("config_hash", models.CharField(blank=True, max_length=64)),
                ("synced_hash", models.CharField(blank=True, max_length=64)),
                ("sync_claim", models.UUIDField(blank=True, null=True)),
                ("sync_claimed_until", models.DateTimeField(blank=True, null=True)),
                ("sync_attempts", models.PositiveIntegerField(default=0)),
                ("sync_due_at", models.DateTimeField(blank=True, null=True)),
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
                "db_table": "agents",
            },
        ),
        migrations.CreateModel(
            name="AssistantMapping",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("vapi_assistant_id", models.CharField(max_length=64)),
                (
                    "assistant_role",
                    models.CharField(choices=[("inbound", "Inbound"), ("outbound", "Outbound")], max_length=10),
                ),
                ("assistant_name", models.CharField(max_length=40)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agent",
                    orgs.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mappings", to="agents.agent"
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
                "db_table": "assistant_org_mapping",
            },
        ),
        migrations.CreateModel(
            name="OrgTool",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("tool_name", models.CharField(max_length=64)),
                ("vapi_tool_id", models.CharField(max_length=64)),
                ("definition_hash", models.CharField(max_length=64)),
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
                "db_table": "org_tools",
            },
        ),
        migrations.CreateModel(
            name="PlatformRegistration",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("tool", "Tool"),
                            ("structured_output", "Structured output"),
                            ("credential", "Credential"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=64)),
                ("vapi_id", models.CharField(blank=True, max_length=64)),
                ("definition_hash", models.CharField(max_length=64)),
                ("definition", models.JSONField(default=dict)),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "db_table": "platform_registrations",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "name", "definition_hash"), name="platform_registrations_definition_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["tool", "structured_output", "credential"])),
                        name="platform_registrations_kind_known",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="agent",
            index=models.Index(fields=["org", "sync_due_at"], name="agents_org_sync_due_idx"),
        ),
        migrations.AddConstraint(
            model_name="agent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)),
                fields=("org", "call_direction"),
                name="agents_org_default_direction_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="agent",
            constraint=models.CheckConstraint(
                condition=models.Q(("call_direction__in", ["inbound", "outbound"])), name="agents_direction_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="agent",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["off", "after_hours", "approve", "full"])), name="agents_mode_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="agent",
            constraint=models.CheckConstraint(
                condition=models.Q(("sync_state__in", ["draft", "syncing", "synced", "failed"])),
                name="agents_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="agent",
            constraint=models.CheckConstraint(
                condition=models.Q(("max_duration_seconds__range", (10, 43200))), name="agents_duration_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="assistantmapping",
            constraint=models.UniqueConstraint(
                fields=("org", "vapi_assistant_id"), name="assistant_org_mapping_org_vapi_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="assistantmapping",
            constraint=models.CheckConstraint(
                condition=models.Q(("vapi_assistant_id", ""), _negated=True), name="assistant_org_mapping_id_given"
            ),
        ),
        migrations.AddConstraint(
            model_name="orgtool",
            constraint=models.UniqueConstraint(fields=("org", "tool_name"), name="org_tools_org_name_key"),
        ),
        IsolateTenant("Agent"),
        IsolateTenant("AssistantMapping"),
        IsolateTenant("OrgTool"),
        migrations.RunSQL(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON platform_registrations TO voxanne_service", migrations.RunSQL.noop
        ),
    ]
