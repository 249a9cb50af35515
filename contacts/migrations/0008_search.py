import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0007_notes_and_merging")]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="last_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    django.db.models.functions.text.Lower("name"),
                    models.Value("^.*\\s"),
                    models.Value(""),
                    function="regexp_replace",
                    output_field=models.CharField(),
                ),
                output_field=models.CharField(max_length=240),
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="phone_backwards",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Reverse("phone"),
                output_field=models.CharField(max_length=16),
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                models.F("org"),
                django.db.models.functions.comparison.Collate(models.F("name_key"), "C"),
                name="contacts_search_name_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                models.F("org"),
                django.db.models.functions.comparison.Collate(models.F("last_key"), "C"),
                name="contacts_search_last_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                models.F("org"),
                django.db.models.functions.comparison.Collate(models.F("email_key"), "C"),
                name="contacts_search_email_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                models.F("org"),
                django.db.models.functions.comparison.Collate(models.F("phone_backwards"), "C"),
                name="contacts_search_phone_idx",
            ),
        ),
    ]
