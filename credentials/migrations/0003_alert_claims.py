from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0002_calendars_and_alerts")]

    operations = [
        migrations.AddField(
            model_name="orgcredential", name="alert_claim", field=models.UUIDField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="orgcredential", name="alert_claimed_until", field=models.DateTimeField(blank=True, null=True)
        ),
    ]
