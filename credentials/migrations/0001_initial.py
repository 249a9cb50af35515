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
            name="EncryptionKeyCheck",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key_id", models.CharField(max_length=16)),
                ("check_value", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "encryption_key_checks",
            },
        ),
        migrations.CreateModel(
            name="OrgCredential",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "provider",
                    models.CharField(
                        choices=[
                            ("vapi", "Vapi"),
                            ("twilio", "Twilio"),
                            ("google_calendar", "Google Calendar"),
                            ("outlook_calendar", "Outlook Calendar"),
                            ("resend", "Resend"),
                            ("elevenlabs", "ElevenLabs"),
                        ],
                        max_length=20,
                    ),
                ),
                ("encrypted_config", models.TextField()),
                ("key_commitment", models.CharField(max_length=64)),
                ("encryption_version", models.CharField(default="v1", max_length=8)),
                ("key_fingerprint", models.CharField(max_length=16)),
                ("is_active", models.BooleanField(default=True)),
                ("last_verified_at", models.DateTimeField(blank=True, null=True)),
                ("verification_error", models.TextField(blank=True)),
                ("metadata", models.JSONField(blank=True, default=dict)),
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
                "db_table": "org_credentials",
                "constraints": [
                    models.UniqueConstraint(fields=("org", "provider"), name="org_credentials_org_provider_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "provider__in",
                                ["vapi", "twilio", "google_calendar", "outlook_calendar", "resend", "elevenlabs"],
                            )
                        ),
                        name="org_credentials_provider_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrgKey",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("wrapped_key", models.TextField()),
                ("key_commitment", models.CharField(max_length=64)),
                ("encryption_version", models.CharField(default="v1", max_length=8)),
                ("master_key_id", models.CharField(max_length=16)),
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
                "db_table": "org_keys",
                "indexes": [models.Index(fields=["org", "master_key_id"], name="org_keys_org_master_idx")],
                "constraints": [models.UniqueConstraint(fields=("org",), name="org_keys_org_key")],
            },
        ),
        IsolateTenant("OrgKey"),
        IsolateTenant("OrgCredential"),
        migrations.RunSQL(
            "GRANT SELECT, INSERT ON encryption_key_checks TO voxanne_web, voxanne_worker, voxanne_admin",
            migrations.RunSQL.noop,
        ),
    ]
