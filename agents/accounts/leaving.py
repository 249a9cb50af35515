"""Tidying up in an account at Vapi that an organisation has left, once all of it answers from elsewhere."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import structlog
from django.db.models import Max

from agents.accounts.emptying import Ours, answers_here, empty, find_ours, retire_registrations
from agents.accounts.home import bring_in_step, open_client, open_left_client
from agents.accounts.leases import AccountLease, take_account_lease
from agents.errors import LeaseLost
from agents.models import Agent, SyncState, VapiAccount
from agents.numbers.wanted import follow_vapi_account
from agents.retirement import RETIRED_FOR, retire
from credentials.errors import SealedTextUnreadable
from credentials.types import Provider
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.vapi.client import VapiClient
from telephony.models import NumberSource, NumberState, PhoneNumberMapping
from voxanne.clock import now
from voxanne.errors import DomainError, ProviderError, Unauthorized
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)

LOOK_AGAIN = timedelta(minutes=5)
# Beyond a call's longest time: its report, and Vapi's repeats of it.
AFTER_A_CALL = timedelta(minutes=5)
# A key that its clinic has revoked opens nothing any more; until then it may be a fault.
GIVE_UP_AFTER = timedelta(days=7)


class Leaving(StrEnum):
    """How far it has come."""

    WAITING = "waiting"
    EMPTIED = "emptied"
    DONE = "done"
    ABANDONED = "abandoned"
    BUSY = "busy"
    LOST = "lost"
    FAILED = "failed"


def leave_account(*, org: Organization, row_id: UUID | str) -> Leaving:
    """Go as far as is possible now. Safe to run twice, at once, or after a crash at any point.

    Call it with no transaction open. Never raises for what Vapi does: the sweeper comes back.
    """
    with org_scope(org):
        try:
            open_client(org)  # notices that the organisation has come back, or has to leave
        except DomainError as error:
            log.info("vapi_account.home_unknown", reason=error.code)
            return Leaving.FAILED
        lease = take_account_lease(UUID(str(row_id)))
        if lease is None:
            return Leaving.BUSY
        try:
            return _leave(org, lease)
        except LeaseLost:
            with org_tx():
                bring_in_step(org)  # it may have come back to something that was just deleted
            return Leaving.LOST
        except (ProviderError, DomainError) as error:
            return _fail(org, lease, error)
        finally:
            lease.release()


def _leave(org: Organization, lease: AccountLease) -> Leaving:
    client = open_left_client(lease.row)
    if lease.row.emptied_at is not None:
        while retire(client):  # a credential goes after the tools that refer to it
            lease.renew()
        return _end(org, lease)
    with org_tx():
        ours, answers = find_ours(org, names=lease.row.names), _answers_elsewhere(lease.row)
        longest_s = Agent.objects.aggregate(longest=Max("max_duration_seconds"))["longest"] or 0
    if not answers:
        lease.note(due_at=now() + LOOK_AGAIN, answered_at=None)
        return Leaving.WAITING
    since = lease.row.answered_at or now()
    calls_end = since + timedelta(seconds=longest_s) + AFTER_A_CALL
    if now() < calls_end:
        lease.note(due_at=calls_end, answered_at=since)
        return Leaving.WAITING
    return _empty(client, org, lease, ours, since)


def _answers_elsewhere(row: VapiAccount) -> bool:
    """Whether every agent and number was brought in step after the account was left. Inside the open transaction."""
    agents = Agent.objects.exclude(vapi_assistant_id="")
    numbers = PhoneNumberMapping.objects.filter(is_wanted=True)
    bought, own = numbers.filter(source=NumberSource.MANAGED), numbers.exclude(source=NumberSource.MANAGED)
    late = (
        agents.exclude(sync_state=SyncState.SYNCED, synced_at__gt=row.left_at),
        own.exclude(sync_state=NumberState.CONNECTED, confirmed_at__gt=row.left_at),
        # Numbers that we bought stay in our account, and so does what answers them.
        bought.none() if row.account else bought,
    )
    return not any(rows.exists() for rows in late)


def _empty(client: VapiClient, org: Organization, lease: AccountLease, ours: Ours, since: datetime) -> Leaving:
    is_same = answers_here(client, ours)
    if not is_same:
        emptied = empty(client, lease, ours)
        log.info("vapi_account.emptied", account=lease.row.account, **vars(emptied))
        with org_tx():
            # Forgetting a number in one account may take its webhook at Twilio from the other: set it again.
            follow_vapi_account(org, Provider.VAPI)
    failpoint("accounts.emptied")
    retire_registrations(org, lease.row.account)
    if not lease.row.account:
        return _end(org, lease)
    lease.note(due_at=now() + RETIRED_FOR + LOOK_AGAIN, answered_at=since, emptied_at=now())
    return Leaving.EMPTIED


def _end(org: Organization, lease: AccountLease) -> Leaving:
    with org_tx():
        lease.end()
        audit.record(Actor.system(org.pk), "vapi_account.tidied", own=bool(lease.row.account))
    return Leaving.DONE


def _fail(org: Organization, lease: AccountLease, error: ProviderError | DomainError) -> Leaving:
    """The sweeper comes back, unless the clinic has taken its key away for good: then what is there is the clinic's."""
    log.warning("vapi_account.not_tidied", account=lease.row.account, error=type(error).__name__)
    locked_out = bool(lease.row.account) and isinstance(error, Unauthorized | SealedTextUnreadable)
    if not locked_out or lease.row.left_at is None or now() < lease.row.left_at + GIVE_UP_AFTER:
        return Leaving.FAILED
    with org_tx():
        lease.end()
        audit.record(Actor.system(org.pk), "vapi_account.abandoned", own=True)
    return Leaving.ABANDONED
