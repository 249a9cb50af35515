"""Row-level security of the calls room."""

from django.db import migrations

from orgs.tenancy import IsolateTenant

# The platform keeps genuine messages of nobody here: the web login may add them, only the service may see them.
UNRESOLVED = """
GRANT INSERT ON unresolved_webhooks TO voxanne_web, voxanne_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON unresolved_webhooks TO voxanne_service;
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial")]

    operations = [
        IsolateTenant("Call"),
        IsolateTenant("TranscriptLine"),
        IsolateTenant("ToolInvocation"),
        IsolateTenant("WebhookEvent"),
        migrations.RunSQL(UNRESOLVED, migrations.RunSQL.noop),
    ]
