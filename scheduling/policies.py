"""What callers may do by themselves, and what waits for the team."""

from datetime import timedelta

from orgs.models import Organization
from scheduling.calendars.health import calendar_health
from scheduling.errors import AskTheTeam
from scheduling.models import Appointment, SchedulingSettings
from scheduling.speech import say_length
from voxanne.clock import now


def settings_of(org: Organization) -> SchedulingSettings:
    """An organisation's rules; the usual ones where it has set none. One query, inside org_tx."""
    stored: SchedulingSettings | None = SchedulingSettings.objects.for_org(org.pk).first()
    return stored or SchedulingSettings(org_id=org.pk)


def bookings_need_approval(org: Organization) -> bool:
    """Whether what callers and other systems book waits for the team: by the clinic's rule, or because a calendar of
    its own has not answered for so long that nobody knows what is free. Two queries, inside org_tx.
    """
    return settings_of(org).needs_approval or calendar_health(org).is_stale


def check_caller_may_change(org: Organization, appointment: Appointment) -> None:
    """Whether a caller may move or cancel an appointment without the team. Inside org_tx.

    Raises:
        AskTheTeam: it is too near, or the clinic wants to be asked; the message can be said to the caller.
    """
    rules = settings_of(org)
    if not rules.callers_may_change:
        raise AskTheTeam
    notice = timedelta(minutes=rules.change_notice_minutes)
    if appointment.starts_at < now() + notice:
        length = say_length(int(notice.total_seconds()))
        raise AskTheTeam(f"We need {length} notice to change an appointment, so the team has to do it.")


def check_calendars_known(org: Organization) -> None:
    """Whether a caller may take another time without the team: not while a calendar does not answer. One query.

    Raises:
        AskTheTeam: the message can be said to the caller.
    """
    if calendar_health(org).is_stale:
        raise AskTheTeam("I cannot see the clinic's calendar at the moment, so the team has to make that change.")
