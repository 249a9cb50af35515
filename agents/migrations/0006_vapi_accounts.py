import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import voxanne.ids
from orgs.tenancy import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0005_registrations"),
        ("orgs", "0007_what_vapi_is_told"),
    ]

    operations = [
        migrations.CreateModel(
            name="VapiAccount",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("account", models.CharField(blank=True, max_length=16)),
                ("key_encrypted", models.TextField(blank=True)),
                ("key_commitment", models.CharField(blank=True, max_length=64)),
                ("key_fingerprint", models.CharField(blank=True, max_length=16)),
                ("encryption_version", models.CharField(blank=True, max_length=8)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                (
                    "names",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("emptied_at", models.DateTimeField(blank=True, null=True)),
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
                "db_table": "vapi_accounts",
                "indexes": [models.Index(fields=["org", "due_at"], name="vapi_accounts_org_due_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("org", "account"), name="vapi_accounts_org_account_key"),
                    models.UniqueConstraint(
                        condition=models.Q(("left_at", None)), fields=("org",), name="vapi_accounts_org_current_key"
                    ),
                ],
            },
        ),
        IsolateTenant("VapiAccount"),
    ]
