"""The key from appointments to the call that they were made in, within one organisation."""

from django.db import migrations

# Under FORCE the owner sees no rows and would call a violated constraint valid: it is lifted for the check.
FORWARDS = """
ALTER TABLE appointments NO FORCE ROW LEVEL SECURITY;
ALTER TABLE call_logs NO FORCE ROW LEVEL SECURITY;
ALTER TABLE appointments ADD CONSTRAINT appointments_call_id_org_fk FOREIGN KEY (org_id, call_id)
    REFERENCES call_logs (org_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE call_logs FORCE ROW LEVEL SECURITY;
ALTER TABLE appointments FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0002_isolation"), ("scheduling", "0001_initial")]

    operations = [
        migrations.RunSQL(FORWARDS, "ALTER TABLE appointments DROP CONSTRAINT appointments_call_id_org_fk"),
    ]
