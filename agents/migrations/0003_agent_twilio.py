import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import orgs.tenancy.fields
import voxanne.ids
from orgs.tenancy import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0002_assistant_directory"),
        ("orgs", "0005_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgentTwilioSettings",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("account_sid", models.CharField(max_length=34)),
                ("auth_token_encrypted", models.TextField()),
                ("key_commitment", models.CharField(max_length=64)),
                ("key_fingerprint", models.CharField(max_length=16)),
                ("encryption_version", models.CharField(max_length=8)),
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
                (
                    "agent",
                    orgs.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agents.agent"
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
                "db_table": "agent_twilio_settings",
                "constraints": [
                    models.UniqueConstraint(fields=("org", "agent"), name="agent_twilio_settings_org_agent_key"),
                    models.UniqueConstraint(
                        fields=("org", "phone_number"), name="agent_twilio_settings_org_number_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("account_sid__regex", "^AC[0-9a-f]{32}$")), name="agent_twilio_settings_sid"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phone_number__regex", "^\\+[1-9]\\d{6,14}$")),
                        name="agent_twilio_settings_e164",
                    ),
                ],
            },
        ),
        IsolateTenant("AgentTwilioSettings"),
    ]
