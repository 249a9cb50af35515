"""Who works here: organisations, people, roles, isolation between tenants, the audit log."""
