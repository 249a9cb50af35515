"""How many calls go out: counted while nobody else of the organisation can claim one."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q

from calls.models import LIVE_STATUSES, UNSETTLED_STATES, OutboundCall, OutboundPurpose, OutboundState
from calls.outbound.errors import CallUnderWay, ContactCapReached, DailyCapReached, TooManyAtOnce
from calls.outbound.rules import day_began
from orgs.models import IntegrationSettings, Organization

# A call is over some time after the agent's longest one, also when its report never came.
GRACE = timedelta(minutes=15)
LONGEST_CALL = timedelta(hours=12)


def lock_outgoing(org: Organization) -> None:
    """Let one transaction of the organisation at a time decide about calls, until it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))", [f"outbound calls of {org.pk}"])


def check_limits(
    *, org: Organization, rules: IntegrationSettings, purpose: OutboundPurpose, phone: str, moment: datetime
) -> None:
    """Whether one more call may go out now. Behind `lock_outgoing`, in the transaction that claims it.

    What was never placed does not count. A test call counts for the organisation, not for the person.

    Raises:
        CallUnderWay, ContactCapReached, DailyCapReached, TooManyAtOnce.
    """
    going_out = list_going_out(moment=moment)
    if phone in going_out:
        raise CallUnderWay
    today = OutboundCall.objects.filter(created_at__gte=day_began(moment, zone=org.zone)).exclude(
        state=OutboundState.FAILED
    )
    if purpose != OutboundPurpose.TEST_CALL:
        to_person = today.filter(phone_number=phone).exclude(purpose=OutboundPurpose.TEST_CALL).count()
        if to_person >= rules.outbound_cap_per_contact:
            raise ContactCapReached(
                f"This number has been called {to_person} times today, as often as your clinic allows. "
                "Call again tomorrow."
            )
    if today.count() >= rules.outbound_cap_per_day:
        raise DailyCapReached
    if len(going_out) >= rules.outbound_concurrency:
        raise TooManyAtOnce


def list_going_out(*, moment: datetime) -> dict[str, UUID | None]:
    """The numbers that are being called at this moment, as far as is known, each with its call. One query."""
    rows = (
        OutboundCall.objects.filter(created_at__gte=moment - LONGEST_CALL - GRACE)
        .filter(Q(state__in=UNSETTLED_STATES) | Q(state=OutboundState.PLACED, call__status__in=LIVE_STATUSES))
        .values_list("phone_number", "call_id", "attempted_at", "agent__max_duration_seconds")
    )
    return {
        phone: call_id
        for phone, call_id, attempted_at, longest_s in rows
        if attempted_at + timedelta(seconds=longest_s or 0) + GRACE > moment
    }
