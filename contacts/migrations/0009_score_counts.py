from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0008_search"),
        ("orgs", "0010_health_terms"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["org", "lead_score"], name="contacts_org_score_idx"),
        ),
    ]
