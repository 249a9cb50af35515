from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("telephony", "0008_emails_reported")]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("status__in", ["failed", "undelivered"])),
                fields=["org", "-created_at", "-id"],
                name="messages_org_failed_idx",
            ),
        ),
    ]
