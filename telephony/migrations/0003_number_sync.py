from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0005_names"),
        ("telephony", "0002_number_directory"),
    ]

    operations = [
        migrations.AddField(
            model_name="phonenumbermapping",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="phonenumbermapping",
            name="confirmed_version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="phonenumbermapping",
            name="is_wanted",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="phonenumbermapping",
            name="source",
            field=models.CharField(
                choices=[
                    ("organization", "The organisation's account"),
                    ("agent", "An agent's own account"),
                    ("managed", "Ours"),
                ],
                default="managed",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="phonenumbermapping",
            name="source_agent_id",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="phonenumbermapping",
            name="sync_attempts",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="phonenumbermapping",
            name="sync_claim",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="phonenumbermapping",
            name="sync_claimed_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="phonenumbermapping",
            name="sync_due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="phonenumbermapping",
            name="sync_error",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="phonenumbermapping",
            name="sync_state",
            field=models.CharField(
                choices=[("syncing", "Syncing…"), ("connected", "Connected"), ("needs_attention", "Needs attention")],
                default="connected",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="phonenumbermapping",
            name="vapi_credential_id",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="phonenumbermapping",
            name="wanted_version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="phonenumbermapping",
            index=models.Index(fields=["org", "sync_due_at"], name="phone_number_mapping_due_idx"),
        ),
        migrations.AddConstraint(
            model_name="phonenumbermapping",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["organization", "agent", "managed"])),
                name="phone_number_mapping_source_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="phonenumbermapping",
            constraint=models.CheckConstraint(
                condition=models.Q(("sync_state__in", ["syncing", "connected", "needs_attention"])),
                name="phone_number_mapping_state_known",
            ),
        ),
    ]
