import django.db.models.deletion
from django.db import migrations, models

import voxanne.ids
from orgs.tenancy import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0001_initial"),
        ("orgs", "0005_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="orgcredential",
            name="alerted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="orgcredential",
            name="failed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="orgcredential",
            name="refresh_claim",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="orgcredential",
            name="refresh_claimed_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="OAuthAttempt",
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
                ("state_hash", models.CharField(max_length=64)),
                ("browser_hash", models.CharField(max_length=64)),
                ("user_id", models.UUIDField()),
                ("sealed_verifier", models.TextField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
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
                "db_table": "oauth_attempts",
                "indexes": [models.Index(fields=["org", "expires_at"], name="oauth_attempts_org_expires_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("org", "state_hash"), name="oauth_attempts_org_state_key")
                ],
            },
        ),
        IsolateTenant("OAuthAttempt"),
    ]
