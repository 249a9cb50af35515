from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0007_what_vapi_is_told"),
        ("telephony", "0006_twilio_directory"),
    ]

    operations = [
        migrations.AddField(
            model_name="twilioaccount",
            name="replies",
            field=models.CharField(
                choices=[
                    ("waiting", "Being set up"),
                    ("reach_us", "Replies reach you here"),
                    ("elsewhere", "Replies go somewhere else"),
                    ("failed", "Could not be set up"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="twilioaccount",
            name="replies_due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="twilioaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("replies__in", ["waiting", "reach_us", "elsewhere", "failed"])),
                name="twilio_accounts_replies_known",
            ),
        ),
    ]
