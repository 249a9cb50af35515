import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import orgs.tenancy.fields
import voxanne.ids
from orgs.tenancy import IsolateTenant

# Under FORCE the owner sees no agents: it is lifted while their first versions are written down.
FIRST_VERSIONS = """
ALTER TABLE agents NO FORCE ROW LEVEL SECURITY;
INSERT INTO agent_versions (id, created_at, updated_at, org_id, agent_id, number, config, changes, published_at)
SELECT gen_random_uuid(), created_at, now(), org_id, id, version,
       jsonb_build_object(
           'name', name, 'voice_provider', voice_provider, 'voice_id', voice_id, 'language', language,
           'first_message', first_message, 'system_prompt', system_prompt,
           'max_duration_seconds', max_duration_seconds, 'tools_enabled', to_jsonb(tools_enabled),
           'transfer_settings', transfer_settings, 'closed_behaviour', closed_behaviour,
           'after_hours_message', after_hours_message),
       '{}', now()
FROM agents;
UPDATE agents SET published_version = version;
ALTER TABLE agents FORCE ROW LEVEL SECURITY;
"""


def _owned():
    return [
        ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
        ("created_at", models.DateTimeField(auto_now_add=True)),
        ("updated_at", models.DateTimeField(auto_now=True)),
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
            "agent",
            orgs.tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agents.agent"
            ),
        ),
    ]


def _person():
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.SET_NULL,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0003_agent_twilio"),
        ("orgs", "0006_routing_and_outreach"),
    ]

    operations = [
        migrations.AddField(
            model_name="agent",
            name="after_hours_message",
            field=models.TextField(blank=True, max_length=600),
        ),
        migrations.AddField(
            model_name="agent",
            name="closed_behaviour",
            field=models.CharField(
                choices=[
                    ("answer", "Answers as during opening hours"),
                    ("message", "Greets with the after-hours message, then helps"),
                    ("goodbye", "Says the after-hours message and ends the call"),
                ],
                default="answer",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="agent",
            name="published_version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddConstraint(
            model_name="agent",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed_behaviour__in", ["answer", "message", "goodbye"])),
                name="agents_closed_behaviour_known",
            ),
        ),
        migrations.CreateModel(
            name="AgentVersion",
            fields=[
                *_owned(),
                ("number", models.PositiveIntegerField()),
                ("config", models.JSONField()),
                ("changes", models.JSONField(default=dict)),
                ("author", _person()),
                ("restored_from", models.PositiveIntegerField(null=True)),
                ("published_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "agent_versions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org", "agent", "number"), name="agent_versions_org_agent_number_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="agent_versions_number_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgentPublication",
            fields=[
                *_owned(),
                ("version", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("rehearsing", "Rehearsing"),
                            ("refused", "Not published"),
                            ("published", "Published"),
                            ("failed", "Could not be rehearsed"),
                        ],
                        default="rehearsing",
                        max_length=10,
                    ),
                ),
                ("results", models.JSONField(default=list)),
                ("message", models.TextField(blank=True)),
                ("requested_by", _person()),
                ("override_reason", models.TextField(blank=True, max_length=500)),
                ("claim", models.UUIDField(null=True)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("due_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "agent_publications",
                "indexes": [
                    models.Index(fields=["org", "agent", "-created_at"], name="agent_publications_latest_idx"),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["org", "due_at"],
                        name="agent_publications_due_idx",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "rehearsing")),
                        fields=("org", "agent"),
                        name="agent_publications_org_open_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["rehearsing", "refused", "published", "failed"])),
                        name="agent_publications_state_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FIRST_VERSIONS, migrations.RunSQL.noop),
        IsolateTenant("AgentVersion"),
        IsolateTenant("AgentPublication"),
    ]
