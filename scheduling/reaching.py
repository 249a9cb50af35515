"""Whether a moment can be booked at all: it exists, lies ahead, and neither too near nor too far."""

from datetime import datetime, timedelta

from contacts.models import Service
from orgs.models import Organization
from scheduling.errors import InThePast, SlotNotOffered, TooFarAhead, TooSoon
from scheduling.speech import say_full_day, say_length
from scheduling.types import VisitRules
from scheduling.wall_clock import find_moment
from voxanne.clock import now

STAFF_HORIZON_DAYS = 730


def check_reachable(org: Organization, starts_at: datetime, service: Service | None, *, by_staff: bool) -> datetime:
    """The moment that is asked for, in UTC, when an appointment could be then.

    Args:
        starts_at: aware, or naive for the clinic's own clock.
        by_staff: the team books at any notice, up to two years ahead.

    Raises:
        SlotNotOffered: the clocks skip it. InThePast, TooSoon, TooFarAhead.
    """
    start, moment, rules = find_moment(starts_at, org.zone), now(), VisitRules.of(service)
    if start is None:
        raise SlotNotOffered("The clocks go forward that night, so that time does not exist.")
    today = moment.astimezone(org.zone).date()
    if start < moment:
        raise InThePast(f"That is in the past. Today is {say_full_day(today)}.")
    if not by_staff and start < moment + timedelta(seconds=rules.notice_s):
        raise TooSoon(f"We need at least {say_length(rules.notice_s)} notice.")
    horizon_days = STAFF_HORIZON_DAYS if by_staff else rules.horizon_days
    last_day = today + timedelta(days=horizon_days)
    if start > moment + timedelta(days=horizon_days + 2) or start.astimezone(org.zone).date() > last_day:
        raise TooFarAhead(f"We take bookings until {say_full_day(last_day)}.")
    return start
