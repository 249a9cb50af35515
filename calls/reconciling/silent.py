"""Calls that began and never reported: Vapi is asked for each of them until it has told, or has forgotten it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from uuid import UUID

import structlog

from agents.accounts.home import open_left_client
from agents.models import VapiAccount
from calls.ingress.inbox import accept_report
from calls.ingress.recording import is_told
from calls.models import SILENT_FOR, Call, CallStatus, CallType
from calls.outbound.records import PROVISIONAL
from calls.reconciling.found import Entry, gone_report, is_settled, report_of, status_of
from calls.reconciling.measures import RECONCILED
from credentials.errors import SealedTextUnreadable
from credentials.vapi_accounts import vapi_client_for
from orgs.due_rows import take_due
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.vapi.client import VapiClient
from voxanne.clock import now
from voxanne.errors import DomainError, ProviderError, Unauthorized
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)

SWEEP_BATCH = 2000
CALLS_PER_TASK = 50
# Vapi keeps a call for two weeks. What it does not know after an hour, it does not know.
GIVE_UP_AFTER = timedelta(days=14)
GONE_AFTER = timedelta(hours=1)
RAREST = timedelta(hours=6)


class Asked(StrEnum):
    """What came of asking about one call."""

    TOLD = "told"
    REPORT = "report"
    GOES_ON = "goes_on"
    GONE = "gone"
    GIVEN_UP = "given_up"


def take_silent() -> Iterator[tuple[UUID, list[UUID]]]:
    """The calls to ask about now, in portions of one organisation; their next look is moved on."""
    due = sorted(take_due(Call, due="report_due_at", again_in=SILENT_FOR, limit=SWEEP_BATCH))
    for org_id, rows in groupby(due, key=lambda row: row[0]):
        ids = [call_id for _, call_id in rows]
        for start in range(0, len(ids), CALLS_PER_TASK):
            yield org_id, ids[start : start + CALLS_PER_TASK]


def ask_about(*, org: Organization, call_ids: Iterable[UUID | str]) -> list[Asked]:
    """Ask Vapi what became of these calls, and put what it says into the inbox. Safe to run twice, or at once.

    Call it with no transaction open. Never raises for what Vapi does: the calls that are left stay due.
    """
    asked: list[Asked] = []
    with org_scope(org):
        try:
            clients = list(_clients(org))
            asked.extend(_ask(org, UUID(str(call_id)), clients) for call_id in call_ids)
        except (ProviderError, DomainError) as error:
            log.warning("call.not_asked_about", error=type(error).__name__, asked=len(asked))
    return asked


def _ask(org: Organization, call_id: UUID, clients: Sequence[VapiClient]) -> Asked:
    with org_tx():
        call = Call.objects.filter(pk=call_id).first()
    if call is None or is_told(call.facts):
        return _stop(call_id, Asked.TOLD)
    if call.vapi_call_id.startswith(PROVISIONAL):
        return _leave_to_the_wish(call)
    entry = _find(clients, call.vapi_call_id)
    failpoint("reconciling.asked")
    if entry is None:
        return _vapi_knows_nothing(org, call)
    if not is_settled(entry):
        return _goes_on(org, call, entry)
    report = report_of(entry)
    if report.is_stub and call.facts.get("stub"):
        return _stop(call_id, Asked.TOLD)  # Vapi has no more than what it told already
    if accept_report(org_id=org.pk, message=report):
        RECONCILED.labels("report").inc()
        log.info("call.report_found", call=str(call_id))
    failpoint("reconciling.told")
    _look_again(call)
    return Asked.REPORT


def _clients(org: Organization) -> Iterator[VapiClient]:
    """The account in which the organisation's calls are now, then those that it has left."""
    yield vapi_client_for(org.pk)
    with org_tx():
        left = list(VapiAccount.objects.exclude(left_at=None).order_by("-left_at"))
    for row in left:
        try:
            yield open_left_client(row)
        except SealedTextUnreadable:
            log.warning("vapi_account.unreadable", account=row.account)


def _find(clients: Sequence[VapiClient], vapi_call_id: str) -> Entry | None:
    home, *left = clients
    if (entry := home.find_call(vapi_call_id)) is not None:
        return entry
    for client in left:
        try:
            if (entry := client.find_call(vapi_call_id)) is not None:
                return entry
        except Unauthorized:
            continue  # the clinic has taken its key away with the account
    return None


def _goes_on(org: Organization, call: Call, entry: Entry) -> Asked:
    """People are on the line, or were a moment ago: what we know may still be older than what Vapi does."""
    status = status_of(entry)
    if status.body["status"] != call.status and call.is_live:
        accept_report(org_id=org.pk, message=status)
    RECONCILED.labels("goes_on").inc()
    _look_again(call)
    return Asked.GOES_ON


def _vapi_knows_nothing(org: Organization, call: Call) -> Asked:
    """A call that was erased there. What we have of it stays; one that looks alive is over."""
    if now() < call.created_at + GONE_AFTER:
        _look_again(call)
        return Asked.GOES_ON
    if call.is_live:
        report = gone_report(
            vapi_call_id=call.vapi_call_id,
            last_heard=call.updated_at,
            is_outbound=call.call_type == CallType.OUTBOUND,
        )
        accept_report(org_id=org.pk, message=report)
    RECONCILED.labels("gone").inc()
    log.warning("call.unknown_to_vapi", call=str(call.pk))
    return _stop(call.pk, Asked.GONE)


def _leave_to_the_wish(call: Call) -> Asked:
    """Nobody knows yet whether Vapi has this one: `calls.outbound.reconciler` finds out."""
    if call.status == CallStatus.FAILED:
        return _stop(call.pk, Asked.TOLD)
    _look_again(call)
    return Asked.GOES_ON


def _look_again(call: Call) -> None:
    """The longer a call is silent, the more rarely it is asked about, and in the end no more."""
    age = now() - call.created_at
    if age > GIVE_UP_AFTER:
        log.warning("call.never_reported", call=str(call.pk))
        _set_due(call.pk, None)
    else:
        _set_due(call.pk, now() + min(max(SILENT_FOR, age / 4), RAREST))


def _stop(call_id: UUID, outcome: Asked) -> Asked:
    _set_due(call_id, None)
    return outcome


def _set_due(call_id: UUID, moment: datetime | None) -> None:
    with org_tx():
        Call.objects.filter(pk=call_id, report_due_at__isnull=False).update(report_due_at=moment)
