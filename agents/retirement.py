"""What became of registrations at Vapi: those that somebody deleted there are forgotten, those nobody uses deleted.

Deleting the wrong one would silence calls (a missing tool makes a call fail), so a registration goes only when it has
been retired for a while, no assistant at Vapi refers to it, and no organisation is being brought in step with it.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import timedelta

import structlog
from django.db import connection
from django.db.models import Q

from agents.models import OrgTool, PlatformRegistration, RegistrationKind
from agents.structured_outputs import STRUCTURED_OUTPUTS
from agents.tool_registry import all_tools
from agents.webhook_credentials import PLATFORM_CREDENTIAL
from orgs import audit
from orgs.actors import Actor
from orgs.scope import service_tx
from providers.vapi.client import JsonObject, VapiClient
from voxanne.clock import now
from voxanne.errors import NotFoundAtProvider, Rejected

log = structlog.get_logger(__name__)

# Longer than any sync: whoever still links it by then does so at Vapi, where it is seen.
RETIRED_FOR = timedelta(hours=1)
CLAIM_S = 120
# Vapi is asked about the platform's registrations this often at most, however many agents are synced.
VERIFY_EVERY = timedelta(minutes=1)
PINNED = 409


def forget_missing(client: VapiClient, vapi_ids: Collection[str], *, seen_before: timedelta = VERIFY_EVERY) -> int:
    """Ask Vapi for these registrations and forget those that are gone; how many were.

    When something that all organisations share is gone, every agent is brought in step anew.

    Args:
        seen_before: what is shared and was seen at Vapi less long ago than this is not asked for.
    """
    own = Q(kind=RegistrationKind.CREDENTIAL) & ~Q(name=PLATFORM_CREDENTIAL)
    stale = own | Q(verified_at=None) | Q(verified_at__lte=now() - seen_before)
    with service_tx("check registrations at Vapi"):
        rows = list(PlatformRegistration.objects.filter(stale, account=client.account, vapi_id__in=vapi_ids))
    if not rows:
        return 0
    there = _ids_there(client, rows)
    missing = [row for row in rows if row.vapi_id not in there]
    with service_tx("note which registrations Vapi has"):
        PlatformRegistration.objects.filter(pk__in=[row.pk for row in rows]).update(verified_at=now())
        _forget(missing)
    return len(missing)


def forget_missing_shared(client: VapiClient) -> int:
    """As `forget_missing`, for everything that the organisations in this account share, asked now."""
    with service_tx("list shared registrations"):
        shared = PlatformRegistration.objects.filter(account=client.account).exclude(vapi_id="")
        shared = shared.filter(~Q(kind=RegistrationKind.CREDENTIAL) | Q(name=PLATFORM_CREDENTIAL))
        ids = list(shared.values_list("vapi_id", flat=True))
    return forget_missing(client, ids, seen_before=timedelta(0))


def retire(client: VapiClient) -> int:
    """Delete at Vapi what has been retired for a while and is used by nobody in this account; how many."""
    due = _claim_due(client.account)
    if not due:
        return 0
    try:
        used = _ids_in_use(client) | _ids_on_their_way()
        gone = [row for row in due if row.vapi_id not in used and _delete(client, row)]
        with service_tx("forget retired registrations"):
            OrgTool.across_orgs.filter(vapi_tool_id__in=[row.vapi_id for row in gone]).delete()
            for row in gone:
                _record("registration.retired", row)
            PlatformRegistration.objects.filter(pk__in=[row.pk for row in gone]).delete()
    finally:
        with service_tx("give claims on registrations back"):
            PlatformRegistration.objects.filter(pk__in=[row.pk for row in due]).update(claimed_until=None)
    log.info("registrations.retired", looked_at=len(due), deleted=len(gone))
    return len(gone)


def _ids_there(client: VapiClient, rows: Iterable[PlatformRegistration]) -> set[str]:
    lists: dict[str, Callable[[], Iterable[JsonObject]]] = {
        RegistrationKind.TOOL: client.iter_tools,
        RegistrationKind.STRUCTURED_OUTPUT: client.iter_structured_outputs,
    }
    rows = list(rows)
    there = {item["id"] for kind in {row.kind for row in rows} & lists.keys() for item in lists[kind]()}
    credentials = [row.vapi_id for row in rows if row.kind == RegistrationKind.CREDENTIAL]
    return there | {vapi_id for vapi_id in credentials if client.find_credential(vapi_id) is not None}


def _forget(missing: list[PlatformRegistration]) -> None:
    if not missing:
        return
    log.warning("registrations.missing", names=[row.name for row in missing])
    for row in missing:
        _record("registration.missing", row)
    PlatformRegistration.objects.filter(pk__in=[row.pk for row in missing]).delete()
    if any(row.kind != RegistrationKind.CREDENTIAL or row.name == PLATFORM_CREDENTIAL for row in missing):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE agents SET sync_due_at = now() WHERE vapi_assistant_id <> '' AND sync_due_at IS NULL"
            )


def _claim_due(account: str) -> list[PlatformRegistration]:
    """Retired rows that nobody has wanted for a while, claimed: who wants one now waits until it is gone."""
    moment = now()
    with service_tx("claim retired registrations"):
        tools, outputs = [spec.name for spec in all_tools()], list(STRUCTURED_OUTPUTS)
        unknown = Q(kind=RegistrationKind.TOOL) & ~Q(name__in=tools)
        unknown |= Q(kind=RegistrationKind.STRUCTURED_OUTPUT) & ~Q(name__in=outputs)
        mine = PlatformRegistration.objects.filter(account=account).exclude(vapi_id="")
        mine.filter(unknown, retired_at=None).update(retired_at=moment)
        free = Q(claimed_until=None) | Q(claimed_until__lte=moment)
        due = list(mine.select_for_update().filter(free, retired_at__lte=moment - RETIRED_FOR))
        mine.filter(pk__in=[row.pk for row in due]).update(claimed_until=moment + timedelta(seconds=CLAIM_S))
    return due


def _ids_in_use(client: VapiClient) -> set[str]:
    """Every tool, output and credential that something in the account refers to."""
    used: set[str] = set()
    for assistant in client.iter_assistants():
        used |= {*_listed(assistant, "model", "toolIds"), *_listed(assistant, "artifactPlan", "structuredOutputIds")}
        used.add(_credential_of(assistant))
    for other in (*client.iter_tools(), *client.list_phone_numbers()):
        used.add(_credential_of(other))
    return used


def _ids_on_their_way() -> set[str]:
    """Tools of organisations of which some agent is not in step, or is being synced: it may link them yet."""
    with service_tx("look for syncs in flight"), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT vapi_tool_id FROM org_tools WHERE org_id IN (
                SELECT org_id FROM agents
                WHERE vapi_assistant_id <> ''
                  AND (synced_hash <> config_hash OR tools_error <> '' OR sync_claimed_until > now()))
            """
        )
        return {row[0] for row in cursor.fetchall()}


def _delete(client: VapiClient, row: PlatformRegistration) -> bool:
    """Whether it is gone at Vapi now."""
    remove = {
        RegistrationKind.TOOL: client.delete_tool,
        RegistrationKind.STRUCTURED_OUTPUT: client.delete_structured_output,
        RegistrationKind.CREDENTIAL: client.delete_credential,
    }[RegistrationKind(row.kind)]
    try:
        remove(row.vapi_id)
    except NotFoundAtProvider:
        return True
    except Rejected as refused:
        # Pinned: somebody at Vapi holds on to it. It is tried again later.
        log.info("registration.kept", name=row.name, vapi_id=row.vapi_id, pinned=refused.status == PINNED)
        return False
    return True


def _record(action: str, row: PlatformRegistration) -> None:
    audit.record(Actor.system(), action, row, kind=row.kind, name=row.name, vapi_id=row.vapi_id)


def _listed(item: JsonObject, group: str, name: str) -> list[str]:
    return list((item.get(group) or {}).get(name) or [])


def _credential_of(item: JsonObject) -> str:
    return str((item.get("server") or {}).get("credentialId") or "")
