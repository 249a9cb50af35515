import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calls", "0015_reconciling")]

    operations = [
        migrations.RemoveIndex(
            model_name="call",
            name="call_logs_org_status_idx",
        ),
        migrations.AddField(
            model_name="call",
            name="caller_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Lower("caller_name"),
                output_field=models.CharField(max_length=240),
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="caller_last",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    django.db.models.functions.text.Lower("caller_name"),
                    models.Value("^.*\\s"),
                    models.Value(""),
                    function="regexp_replace",
                    output_field=models.CharField(),
                ),
                output_field=models.CharField(max_length=240),
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="phone_backwards",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Reverse("phone_number"),
                output_field=models.CharField(max_length=40),
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["org", "outcome", "-created_at", "-id"], name="call_logs_org_outcome_idx"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                models.F("org"),
                django.db.models.functions.comparison.Collate(models.F("caller_key"), "C"),
                condition=models.Q(("caller_name", "Unknown Caller"), _negated=True),
                name="call_logs_search_name_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                models.F("org"),
                django.db.models.functions.comparison.Collate(models.F("caller_last"), "C"),
                condition=models.Q(("caller_name", "Unknown Caller"), _negated=True),
                name="call_logs_search_last_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                models.F("org"),
                django.db.models.functions.comparison.Collate(models.F("phone_backwards"), "C"),
                name="call_logs_search_phone_idx",
            ),
        ),
    ]
