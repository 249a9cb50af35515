"""Row-level security of the tables that organisations themselves are made of."""

from django.db import migrations

from orgs.tenancy import IsolateTenant

FUNCTIONS = """
CREATE FUNCTION refuse_org_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'org_id of % cannot change', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'voxanne_owner' THEN
        RETURN NULL;  -- the owner never serves; it empties test databases
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
"""

# The organisation itself: a tenant sees, makes and changes its own row; a person sees those of the own memberships.
ORGANIZATIONS = """
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
CREATE POLICY organizations_org_isolation ON organizations TO voxanne_tenant
    USING (id = (SELECT current_setting('app.org_id')::uuid))
    WITH CHECK (id = (SELECT current_setting('app.org_id')::uuid));
CREATE POLICY organizations_service_role ON organizations TO voxanne_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON organizations TO voxanne_tenant;
GRANT SELECT, INSERT, UPDATE, DELETE ON organizations TO voxanne_service;
CREATE POLICY profiles_own_memberships ON profiles FOR SELECT TO voxanne_tenant
    USING (user_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY organizations_own_memberships ON organizations FOR SELECT TO voxanne_tenant
    USING ((SELECT nullif(current_setting('app.user_id', true), '')) IS NOT NULL
           AND id IN (SELECT org_id FROM profiles
                      WHERE user_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid)));
"""

# Platform acts have no organisation, so the log is closed by hand: same policies, nothing but INSERT and SELECT.
AUDIT = """
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_log_org_isolation ON audit_log TO voxanne_tenant
    USING (org_id = (SELECT current_setting('app.org_id')::uuid))
    WITH CHECK (org_id = (SELECT current_setting('app.org_id')::uuid));
CREATE POLICY audit_log_service_role ON audit_log TO voxanne_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON audit_log TO voxanne_tenant, voxanne_service;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE audit_seals ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_seals FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_seals_org_isolation ON audit_seals TO voxanne_tenant
    USING (org_id = (SELECT current_setting('app.org_id')::uuid))
    WITH CHECK (org_id = (SELECT current_setting('app.org_id')::uuid));
CREATE POLICY audit_seals_service_role ON audit_seals TO voxanne_service USING (true) WITH CHECK (true);
GRANT SELECT ON audit_seals TO voxanne_tenant;
GRANT SELECT, INSERT ON audit_seals TO voxanne_service;
CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("orgs", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, "DROP FUNCTION refuse_org_change(); DROP FUNCTION refuse_change();"),
        IsolateTenant("Membership"),
        IsolateTenant("Invitation"),
        IsolateTenant("IntegrationSettings"),
        migrations.RunSQL(ORGANIZATIONS, migrations.RunSQL.noop),
        migrations.RunSQL(AUDIT, migrations.RunSQL.noop),
    ]
