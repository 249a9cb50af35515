"""Calls that nobody told us of: each account at Vapi is looked through, one stretch of time after the other."""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db.models import Q

from agents.accounts.home import open_left_client
from agents.models import VapiAccount
from agents.resolution import find_org_for_assistant
from calls.ingress.inbox import accept_report
from calls.ingress.messages import Message
from calls.models import AccountReading, Call
from calls.reconciling.found import Entry, is_settled, report_of, status_of
from calls.reconciling.measures import RECONCILED
from orgs.scope import org_scope, org_tx, service_tx
from providers.vapi.client import PAGE_LIMIT, VapiClient, platform_client
from telephony.models import PhoneNumberMapping
from telephony.resolution import find_org_for_number
from voxanne.clock import now
from voxanne.errors import DomainError, ProviderError
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)

FIRST_LOOK_BACK = timedelta(days=1)
STRETCH = timedelta(hours=1)
# A call this young may be on its way to us; Vapi's clock and its lists need not agree with ours.
TOO_YOUNG = timedelta(minutes=2)
CLOCK_MARGIN = timedelta(minutes=5)
# Somebody who left an account may have been on the line.
LEFT_FOR = timedelta(days=1)
LEASE = timedelta(minutes=5)
LOOK_AT_MOST_S = 240.0


@dataclass(frozen=True)
class _Reading:
    """The right to look through one account, for a while."""

    id: UUID
    account: str
    token: UUID

    def move_on(self, read_until: datetime) -> bool:
        """Note how far it has come; False when another worker has taken over."""
        return self._write(read_until=read_until, claimed_until=now() + LEASE)

    def release(self) -> None:
        self._write(claim=None, claimed_until=None)

    def _write(self, **values: object) -> bool:
        with service_tx("note how far an account's calls were read"):
            return bool(AccountReading.objects.filter(pk=self.id, claim=self.token).update(**values))


def accounts_to_read() -> list[UUID]:
    """Every account that calls may be in. One seen for the first time is read from a day ago on."""
    since = now() - FIRST_LOOK_BACK
    in_use = Q(left_at=None) | Q(left_at__gt=now() - LEFT_FOR)
    with service_tx("find the accounts whose calls are read"):
        own = VapiAccount.across_orgs.filter(in_use).values_list("account", flat=True).distinct()
        platforms = [""] if settings.VAPI_PRIVATE_KEY else []
        accounts = {*platforms, *(name for name in own if name)}
        fresh = [AccountReading(account=name, read_until=since) for name in sorted(accounts)]
        AccountReading.objects.bulk_create(fresh, ignore_conflicts=True)
        return list(
            AccountReading.objects.filter(account__in=accounts).order_by("account").values_list("pk", flat=True)
        )


def read_account(reading_id: UUID | str) -> int:
    """Look an account's calls through from where the last look ended; how many were put into the inbox.

    Call it with no transaction open. Safe to run twice, at once, or after a crash at any point. Never raises for what
    Vapi does: the next look begins where this one stopped.
    """
    taken = _take(UUID(str(reading_id)))
    if taken is None:
        return 0
    reading, read_until = taken
    failpoint("reconciling.taken")
    found = 0
    try:
        client, owners = _open(reading.account)
        started, until = time.monotonic(), now() - TOO_YOUNG
        while read_until < until and time.monotonic() - started < LOOK_AT_MOST_S:
            end = min(read_until + STRETCH, until)
            found += _read(client, owners, start=read_until - CLOCK_MARGIN, end=end)
            failpoint("reconciling.read")
            if not reading.move_on(end):
                break
            read_until = end
    except (ProviderError, DomainError) as error:
        log.warning("vapi_account.not_read", account=reading.account, error=type(error).__name__)
    finally:
        reading.release()
    return found


def _take(reading_id: UUID) -> tuple[_Reading, datetime] | None:
    moment = now()
    with service_tx("take an account whose calls are read"):
        free = Q(claimed_until=None) | Q(claimed_until__lte=moment)
        row = AccountReading.objects.select_for_update(skip_locked=True).filter(free, pk=reading_id).first()
        if row is None:
            return None
        row.claim, row.claimed_until = uuid4(), moment + LEASE
        row.save(update_fields=["claim", "claimed_until"])
        return _Reading(row.pk, row.account, row.claim), row.read_until


def _open(account: str) -> tuple[VapiClient, frozenset[UUID] | None]:
    """The account's client, and whose calls may be in it; None for the platform's, in which they may be anybody's.

    A clinic writes into its own account what it likes: nothing there is ever put into another clinic's inbox.
    """
    if not account:
        return platform_client(), None
    with service_tx("find who uses an account"):
        rows = list(VapiAccount.across_orgs.filter(account=account).order_by("-left_at"))
    current = [row for row in rows if row.left_at is None] or rows
    if not current:
        raise NobodyUsesIt
    with org_scope(current[0].org_id):
        client = open_left_client(current[0])
    return client, frozenset(row.org_id for row in rows)


class NobodyUsesIt(DomainError):
    """The last organisation left the account and has tidied up there."""

    code = "account_unused"
    message = "No organisation uses this account at Vapi any more."


def _read(client: VapiClient, owners: frozenset[UUID] | None, *, start: datetime, end: datetime) -> int:
    listed = iter(client.iter_calls(created_from=start.isoformat(), created_before=end.isoformat()))
    found = 0
    while page := list(islice(listed, PAGE_LIMIT)):
        found += sum(_take_in(org_id, entries) for org_id, entries in _by_org(page, owners).items())
    return found


def _by_org(entries: Iterable[Entry], owners: frozenset[UUID] | None) -> dict[UUID, list[Entry]]:
    """Whose calls these are, by their assistant or their number. Others' (another installation's) are left alone."""
    found: dict[UUID, list[Entry]] = defaultdict(list)
    for entry in entries:
        call = Message({"call": entry})
        org_id = find_org_for_assistant(call.assistant_id) or find_org_for_number(call.phone_number_id)
        if org_id is not None and call.call_id and (owners is None or org_id in owners):
            found[org_id].append(entry)
    return found


def _take_in(org_id: UUID, entries: Sequence[Entry]) -> int:
    ids = [str(entry["id"]) for entry in entries]
    with org_scope(org_id):
        with org_tx():
            known = set(Call.objects.filter(vapi_call_id__in=ids).values_list("vapi_call_id", flat=True))
            numbers = dict(
                PhoneNumberMapping.objects.exclude(vapi_phone_number_id="").values_list(
                    "vapi_phone_number_id", "phone_number"
                )
            )
        unheard = [entry for entry in entries if str(entry["id"]) not in known]
        for entry in unheard:
            number = numbers.get(str(entry.get("phoneNumberId")), "")
            # What goes on, or ended a moment ago, is asked about again: its row is silent (calls.reconciling.silent).
            tell = report_of if is_settled(entry) else status_of
            accept_report(org_id=org_id, message=tell(entry, clinic_number=number))
            RECONCILED.labels("unheard").inc()
            log.warning("call.unheard_found")
    return len(unheard)
