"""A credential and the key that opens it, as one statement that takes the tenant role: for what a caller waits for.

Like the inbox's front door (calls 0004) it runs with its caller's rights, so row-level security holds inside. A read by
transaction, role, two rows and commit takes five round trips.
"""

from django.db import migrations

READ = """
CREATE FUNCTION read_credential(for_org uuid, wanted text)
RETURNS TABLE (is_active boolean, encrypted_config text, key_commitment text, key_fingerprint text,
               encryption_version text, key_row uuid, wrapped_key text, wrapping_commitment text,
               wrapping_version text, master_key_id text)
LANGUAGE plpgsql AS $$
DECLARE
    role_before text := current_setting('role');
    org_before text := coalesce(current_setting('app.org_id', true), '');
BEGIN
    IF org_before NOT IN ('', for_org::text) THEN
        RAISE 'a credential of one organisation was read inside work for another';
    END IF;
    PERFORM set_config('role', 'voxanne_tenant', true), set_config('app.org_id', for_org::text, true);
    RETURN QUERY
        SELECT c.is_active, c.encrypted_config, c.key_commitment::text, c.key_fingerprint::text,
               c.encryption_version::text, k.id, k.wrapped_key, k.key_commitment::text, k.encryption_version::text,
               k.master_key_id::text
        FROM org_credentials c LEFT JOIN org_keys k ON k.org_id = c.org_id
        WHERE c.org_id = for_org AND c.provider = wanted;
    PERFORM set_config('role', role_before, true), set_config('app.org_id', org_before, true);
END
$$;
REVOKE ALL ON FUNCTION read_credential FROM PUBLIC;
GRANT EXECUTE ON FUNCTION read_credential TO voxanne_web, voxanne_worker, voxanne_admin, voxanne_service, voxanne_tenant;
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0003_alert_claims")]

    operations = [migrations.RunSQL(READ, "DROP FUNCTION read_credential")]
