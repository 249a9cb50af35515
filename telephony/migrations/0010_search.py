import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("telephony", "0009_failed_messages")]

    operations = [
        migrations.RemoveIndex(
            model_name="message",
            name="messages_org_failed_idx",
        ),
        migrations.AddField(
            model_name="message",
            name="recipient_backwards",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Reverse("recipient"),
                output_field=models.CharField(max_length=254),
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="recipient_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Lower("recipient"),
                output_field=models.CharField(max_length=508),
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ["queued", "sending", "failed", "undelivered", "complained", "unknown"])
                ),
                fields=["org", "-created_at", "-id"],
                name="messages_org_unsettled_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("org"),
                django.db.models.functions.comparison.Collate(models.F("recipient_key"), "C"),
                condition=models.Q(("method", "email")),
                name="messages_search_email_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("org"),
                django.db.models.functions.comparison.Collate(models.F("recipient_backwards"), "C"),
                name="messages_search_phone_idx",
            ),
        ),
    ]
