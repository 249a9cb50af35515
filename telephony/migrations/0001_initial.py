import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import voxanne.ids
from orgs.tenancy import IsolateTenant


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("orgs", "0003_identity_grants"),
    ]

    operations = [
        migrations.CreateModel(
            name="PhoneNumberMapping",
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
                ("agent_id", models.UUIDField(blank=True, null=True)),
                ("vapi_phone_number_id", models.CharField(blank=True, max_length=64)),
                ("is_active", models.BooleanField(default=True)),
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
                "db_table": "phone_number_mapping",
                "indexes": [models.Index(fields=["org", "agent_id"], name="phone_number_mapping_agent_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("org", "phone_number"), name="phone_number_mapping_org_number_key"),
                    models.UniqueConstraint(
                        condition=models.Q(("vapi_phone_number_id", ""), _negated=True),
                        fields=("org", "vapi_phone_number_id"),
                        name="phone_number_mapping_org_vapi_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phone_number__regex", "^\\+[1-9]\\d{6,14}$")),
                        name="phone_number_mapping_e164",
                    ),
                ],
            },
        ),
        IsolateTenant("PhoneNumberMapping"),
    ]
