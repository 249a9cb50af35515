"""When Vapi is asked about a call that stays silent, and how far each account's calls were read.

The default comes after the column, so that calls which are there already are not asked about.
"""

import datetime as dt

from django.db import migrations, models
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

import voxanne.ids

# The platform's own table, like `unresolved_webhooks`.
GRANT = "GRANT SELECT, INSERT, UPDATE, DELETE ON vapi_account_readings TO voxanne_service"


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0014_recordings"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountReading",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("account", models.CharField(blank=True, max_length=16, unique=True)),
                ("read_until", models.DateTimeField()),
                ("claim", models.UUIDField(null=True)),
                ("claimed_until", models.DateTimeField(null=True)),
            ],
            options={"db_table": "vapi_account_readings"},
        ),
        migrations.RunSQL(GRANT, migrations.RunSQL.noop),
        migrations.AddField(model_name="call", name="report_due_at", field=models.DateTimeField(null=True)),
        migrations.AlterField(
            model_name="call",
            name="report_due_at",
            field=models.DateTimeField(
                null=True, db_default=CombinedExpression(Now(), "+", models.Value(dt.timedelta(seconds=600)))
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("report_due_at__isnull", False)),
                fields=["report_due_at"],
                name="call_logs_report_due_idx",
            ),
        ),
    ]
