"""Rights on the tables that belong to people and sessions rather than to an organisation.

There are no default privileges: a table that no migration grants stays closed to every runtime login.
"""

from django.db import migrations

LOGINS = "voxanne_web, voxanne_worker, voxanne_admin"

GRANTS = f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON users, django_session, account_emailaddress, account_emailconfirmation,
    mfa_authenticator, usersessions_usersession, token_blacklist_outstandingtoken, token_blacklist_blacklistedtoken
    TO {LOGINS};
GRANT SELECT ON django_content_type, django_migrations, auth_permission, auth_group, auth_group_permissions,
    users_groups, users_user_permissions TO {LOGINS};
GRANT SELECT (id, email, full_name, is_active) ON users TO voxanne_tenant;
GRANT SELECT, UPDATE ON users TO voxanne_service;
GRANT SELECT ON django_content_type, auth_permission, auth_group, account_emailaddress TO voxanne_service;
GRANT SELECT, INSERT ON django_admin_log TO voxanne_service, voxanne_admin;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0002_isolation"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
        ("token_blacklist", "0013_alter_blacklistedtoken_options_and_more"),
        ("usersessions", "0001_initial"),
    ]

    operations = [migrations.RunSQL(GRANTS, migrations.RunSQL.noop)]
