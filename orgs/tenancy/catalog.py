"""What PostgreSQL's own catalogue says about the isolation of every tenant table.

A tenant table is one with an `org_id` column (and `organizations` itself). One that no runtime role may touch at all,
because only SECURITY DEFINER functions read it, counts as closed.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

RUNTIME_GROUPS = {"voxanne_tenant", "voxanne_service"}
LOGINS = ("voxanne_web", "voxanne_worker", "voxanne_admin")
ROW_RIGHTS = {"SELECT", "INSERT", "UPDATE", "DELETE"}
# Policies beside the two that every table has; each opens something and was thought about.
EXTRA_POLICIES = {("profiles", "profiles_own_memberships"), ("organizations", "organizations_own_memberships")}
# Functions that run with their owner's rights; each answers one question and nothing else.
DEFINER_FUNCTIONS = {
    "org_of_phone_number",
    "org_of_assistant",
    "keep_number_directory",
    "keep_assistant_directory",
    "org_of_twilio",
    "keep_subaccount_directory",
    "keep_twilio_directory",
    "count_verification_call",
    "forget_verification_call",
}


@dataclass
class TableReport:
    """One table: how it is protected, and what is wrong with that."""

    name: str
    rls: bool = False
    forced: bool = False
    policies: list[str] = field(default_factory=list)
    immutable_org: bool = False
    append_only: bool = False
    unreachable: bool = False
    problems: list[str] = field(default_factory=list)


def inspect_tables() -> list[TableReport]:
    """Every tenant table with its flags and problems."""
    grants = _grants()
    triggers = _triggers()
    reports = []
    for name, rls, forced in _rows(_TABLES):
        report = TableReport(name=name, rls=rls, forced=forced)
        granted = grants.get(name, {})
        report.unreachable = not granted
        if not report.unreachable:
            _check_flags(report, triggers.get(name, set()))
            _check_policies(report)
            _check_grants(report, granted)
            _check_indexes(report)
            _check_foreign_keys(report)
        reports.append(report)
    return reports


def inspect_database() -> list[str]:
    """What is open beside tables: views, functions, roles."""
    problems = [f"view {name} runs with its owner's rights: set security_invoker" for (name,) in _rows(_OPEN_VIEWS)]
    problems += [f"materialised view {name}: row-level security does not reach it" for (name,) in _rows(_MATVIEWS)]
    problems += [
        f"function {name} is SECURITY DEFINER and not on the list"
        for (name,) in _rows(_DEFINERS)
        if name not in DEFINER_FUNCTIONS
    ]
    for name, superuser, bypass, inherits in _rows(_ROLES):
        if superuser or bypass:
            problems.append(f"role {name} is above row-level security")
        if inherits:
            problems.append(f"login {name} inherits the rights of what it may become")
    problems += [
        "login voxanne_web may become voxanne_service"
        for _ in _rows("SELECT 1 WHERE pg_has_role('voxanne_web', 'voxanne_service', 'SET')")
    ]
    return problems


def _check_flags(report: TableReport, triggers: set[str]) -> None:
    report.immutable_org = f"{report.name}_org_immutable" in triggers
    report.append_only = f"{report.name}_append_only" in triggers
    if not report.rls:
        report.problems.append("row-level security is off")
    if not report.forced:
        report.problems.append("row-level security is not forced on the owner")
    if not (report.immutable_org or report.append_only or report.name == "organizations"):
        report.problems.append("nothing refuses a change of org_id")


def _check_policies(report: TableReport) -> None:
    rows = _rows(_POLICIES, [report.name])
    report.policies = [name for name, *_ in rows]
    column = "id" if report.name == "organizations" else "org_id"
    wanted = {f"{report.name}_org_isolation": "voxanne_tenant", f"{report.name}_service_role": "voxanne_service"}
    for name, role in wanted.items():
        policy = next((row for row in rows if row[0] == name), None)
        report.problems += _policy_problems(name, role, column, policy)
    for name in report.policies:
        if name not in wanted and (report.name, name) not in EXTRA_POLICIES:
            report.problems.append(f"policy {name} is not on the list")


def _policy_problems(name: str, role: str, column: str, policy: tuple[Any, ...] | None) -> list[str]:
    if policy is None:
        return [f"policy {name} is missing"]
    _, roles, command, using, check = policy
    problems = []
    if roles != [role] or command != "ALL":
        problems.append(f"policy {name} should be for all commands of {role} alone")
    if role == "voxanne_tenant" and not all(_compares_owner(clause or "", column) for clause in (using, check)):
        problems.append(f"policy {name} does not compare {column} with the organisation")
    return problems


def _compares_owner(clause: str, column: str) -> bool:
    plain = "".join(clause.split()).replace("(", "").replace(")", "")
    return plain == f"{column}=SELECTcurrent_setting'app.org_id'::text::uuidAScurrent_setting"


def _check_grants(report: TableReport, granted: dict[str, set[str]]) -> None:
    for grantee, rights in sorted(granted.items()):
        if grantee not in RUNTIME_GROUPS:
            report.problems.append(f"{grantee} has rights of its own: {', '.join(sorted(rights))}")
        elif rights - ROW_RIGHTS:
            report.problems.append(f"{grantee} has more than row rights: {', '.join(sorted(rights - ROW_RIGHTS))}")
        elif report.append_only and rights & {"UPDATE", "DELETE"}:
            report.problems.append(f"{grantee} may change what is append-only")


def _check_indexes(report: TableReport) -> None:
    if report.name == "organizations":
        return
    for name, first in _rows(_UNIQUES, [report.name]):
        if first != "org_id":
            report.problems.append(f"unique index {name} does not start with org_id: it tells one clinic about another")
    if not _rows(_LED_BY_ORG, [report.name]):
        report.problems.append("no index leads with org_id")


def _check_foreign_keys(report: TableReport) -> None:
    for name, columns, parent, parent_columns in _rows(_FOREIGN_KEYS, [report.name]):
        pairs = set(zip(columns, parent_columns, strict=True))
        if parent == "organizations":
            if pairs != {("org_id", "id")}:
                report.problems.append(f"foreign key {name} does not go from org_id")
        elif ("org_id", "org_id") not in pairs:
            report.problems.append(f"foreign key {name} to {parent} does not include org_id")


def _grants() -> dict[str, dict[str, set[str]]]:
    """table → grantee → rights, of the table and of its columns, without its owner's."""
    found: dict[str, dict[str, set[str]]] = {}
    for table, grantee, right in _rows(_GRANTS):
        found.setdefault(table, {}).setdefault(grantee, set()).add(right)
    return found


def _triggers() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, trigger in _rows(_TRIGGERS):
        found.setdefault(table, set()).add(trigger)
    return found


def _rows(sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


_TABLES = """
SELECT c.relname::text, c.relrowsecurity, c.relforcerowsecurity
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND (c.relname = 'organizations' OR EXISTS (
    SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped))
ORDER BY 1
"""
_POLICIES = """
SELECT p.polname::text, ARRAY(SELECT rolname::text FROM pg_roles WHERE oid = ANY (p.polroles)),
       CASE p.polcmd WHEN '*' THEN 'ALL' ELSE p.polcmd::text END,
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
FROM pg_policy p WHERE p.polrelid = %s::text::regclass ORDER BY 1
"""
_TRIGGERS = """
SELECT tgrelid::regclass::text, tgname::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')
"""
_GRANTS = """
WITH acl AS (
    SELECT c.relname, c.relowner, (aclexplode(c.relacl)).* FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
    UNION ALL
    SELECT c.relname, c.relowner, (aclexplode(a.attacl)).* FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND a.attacl IS NOT NULL)
SELECT relname::text, COALESCE(NULLIF(grantee::regrole::text, '-'), 'PUBLIC'), privilege_type
FROM acl WHERE grantee <> relowner
"""
_UNIQUES = """
SELECT i.indexrelid::regclass::text, COALESCE(a.attname::text, '(expression)')
FROM pg_index i LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] AND i.indkey[0] <> 0
WHERE i.indrelid = %s::text::regclass AND i.indisunique AND NOT i.indisprimary
"""
_LED_BY_ORG = """
SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indrelid = %s::text::regclass AND a.attname = 'org_id' AND i.indpred IS NULL LIMIT 1
"""
_FOREIGN_KEYS = """
SELECT con.conname::text,
       ARRAY(SELECT a.attname::text FROM unnest(con.conkey) WITH ORDINALITY k(n, o)
             JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.n ORDER BY k.o),
       con.confrelid::regclass::text,
       ARRAY(SELECT a.attname::text FROM unnest(con.confkey) WITH ORDINALITY k(n, o)
             JOIN pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.n ORDER BY k.o)
FROM pg_constraint con
WHERE con.contype = 'f' AND con.conrelid = %s::text::regclass AND (
    con.confrelid = 'organizations'::regclass OR EXISTS (
        SELECT 1 FROM pg_attribute p WHERE p.attrelid = con.confrelid AND p.attname = 'org_id' AND NOT p.attisdropped))
"""
_OPEN_VIEWS = """
SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'v'
  AND NOT COALESCE('security_invoker=true' = ANY (c.reloptions) OR 'security_invoker=on' = ANY (c.reloptions), false)
"""
_MATVIEWS = """
SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'm'
"""
_DEFINERS = """
SELECT p.proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'public' AND p.prosecdef ORDER BY 1
"""
_ROLES = r"""
SELECT rolname::text, rolsuper, rolbypassrls, rolcanlogin AND rolinherit FROM pg_roles
WHERE rolname LIKE 'voxanne\_%' AND rolname NOT IN ('voxanne_backup', 'voxanne_test')
"""
