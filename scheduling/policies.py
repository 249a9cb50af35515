"""What callers may do with an appointment by themselves."""

from datetime import timedelta

from orgs.models import Organization
from scheduling.errors import AskTheTeam
from scheduling.models import Appointment, SchedulingSettings
from scheduling.speech import say_length
from voxanne.clock import now


def settings_of(org: Organization) -> SchedulingSettings:
    """An organisation's rules; the usual ones where it has set none. One query, inside org_tx."""
    stored: SchedulingSettings | None = SchedulingSettings.objects.for_org(org.pk).first()
    return stored or SchedulingSettings(org_id=org.pk)


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
