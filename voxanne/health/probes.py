"""What the product stands on, tried out: one probe a thing. `/health/ready` and `manage.py validate_env` ask here.

A probe returns what is wrong in words that hold no secret, or "" when all is well. It may raise: that counts as wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from voxanne import sealed_text
from voxanne.errors import ProviderError, Rejected, Unauthorized
from voxanne.health.tasks import HEARTBEAT_KEY

log = structlog.get_logger(__name__)
Probe = Callable[[], str]
MIN_POSTGRES = 160_000
# Logins, and what each may become.
MAY_BECOME = {
    "voxanne_web": {"voxanne_tenant"},
    "voxanne_worker": {"voxanne_tenant", "voxanne_service"},
    "voxanne_admin": {"voxanne_tenant", "voxanne_service"},
}


@dataclass(frozen=True)
class Outcome:
    """One probe's answer."""

    name: str
    problem: str = ""

    @property
    def is_well(self) -> bool:
        return not self.problem


_extra: dict[str, Probe] = {}
_online: dict[str, Probe] = {}


def register_probe(name: str, probe: Probe, *, online: bool = False) -> None:
    """Have `validate_env` try this too; one that asks a provider only with `--online`. Called from `ready()`."""
    (_online if online else _extra)[name] = probe


def run(probes: dict[str, Probe]) -> list[Outcome]:
    """Try them all; one that raises has failed, and its cause goes to the log rather than to the reader."""
    return [Outcome(name, _try(name, probe)) for name, probe in probes.items()]


def _try(name: str, probe: Probe) -> str:
    try:
        return probe()
    except Exception as error:  # noqa: BLE001 - any failure of a dependency is the answer
        log.warning("probe.failed", probe=name, error=type(error).__name__)
        return f"failed ({type(error).__name__})"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_user::text")
        version, login = cursor.fetchone()
    return "" if version >= MIN_POSTGRES else f"{login} reached PostgreSQL {version // 10_000}; 16 or newer is needed"


def _roles() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.rolname::text, r.rolsuper OR r.rolbypassrls, "
            "ARRAY(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid "
            "WHERE m.member = r.oid) "
            "FROM pg_roles r WHERE r.rolname = ANY (%s)",
            [list(MAY_BECOME)],
        )
        found = {name: (above, set(groups)) for name, above, groups in cursor.fetchall()}
    missing = sorted(MAY_BECOME.keys() - found.keys())
    if missing:
        return f"logins missing: {', '.join(missing)}; run `manage.py setup_database`"
    wrong = sorted(name for name, (above, groups) in found.items() if above or groups != MAY_BECOME[name])
    return f"logins with other rights than they should have: {', '.join(wrong)}" if wrong else ""


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return f"{pending} pending; run `manage.py migrate`" if pending else ""


def _redis() -> str:
    cache.set("probe", "here", 10)
    return "" if cache.get("probe") == "here" else "does not keep what it is given"


def _worker() -> str:
    return "" if cache.get(HEARTBEAT_KEY) else "no worker has reported in the last minute"


def _encryption() -> str:
    sealed = sealed_text.seal("round trip", purpose="probe", row="")
    return "" if sealed_text.unseal(sealed, purpose="probe", row="") == "round trip" else "does not open what it sealed"


def _retired_keys() -> str:
    from voxanne.master_key import KeyRefused, derive_master_key

    for place, key in enumerate(settings.ENCRYPTION_KEYS_RETIRED, start=1):
        try:
            derive_master_key(key)
        except KeyRefused as refused:
            return f"number {place} {refused}"
    return ""


def ask_provider(question: Callable[[], str], *, refused: str, address: str) -> str:
    """Ask a provider about a key of ours: what `question` returns is wrong, or what its error means, with the way out.

    Args:
        refused: what to say when the key is not accepted.
        address: where the provider was asked.
    """
    try:
        return question()
    except Unauthorized as error:
        log.warning("probe.refused", error=str(error))
        return refused
    except ProviderError as error:
        log.warning("probe.unanswered", error=str(error))
        what = "did not answer usefully" if isinstance(error, Rejected) else "could not be asked"
        return f"{what} at {address}. Check that address and this machine's way to it, then try again"


READY: dict[str, Probe] = {"database": _database, "migrations": _migrations, "redis": _redis, "worker": _worker}
VALIDATE: dict[str, Probe] = {
    "database": _database,
    "database roles": _roles,
    "migrations": _migrations,
    "redis": _redis,
    "encryption": _encryption,
    "retired encryption keys": _retired_keys,
}


def offline_probes() -> dict[str, Probe]:
    """All that `validate_env` tries without asking a provider."""
    return {**VALIDATE, **_extra}


def online_probes() -> dict[str, Probe]:
    """What `validate_env --online` adds."""
    return dict(_online)
