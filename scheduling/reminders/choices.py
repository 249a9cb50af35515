"""What a clinic chose for its reminders: reading it, and storing it so that planned reminders follow."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from orgs.tasks import enqueue_on_commit
from scheduling.models import ReminderChannel, ReminderSettings
from scheduling.reminders.quiet_hours import QuietHours
from voxanne.clock import now

CHOICES = (
    "leads",
    "confirmation",
    "sms_text",
    "email_subject",
    "email_text",
    "confirmation_text",
    "quiet_from",
    "quiet_until",
)
_OF_PLANS = {"leads", "quiet_from", "quiet_until"}
# Hours before a visit at which a clinic may remind; the page offers these.
OFFERED_MINUTES = (7 * 24 * 60, 3 * 24 * 60, 24 * 60, 4 * 60, 2 * 60)


@dataclass(frozen=True)
class Lead:
    """A reminder before each visit."""

    minutes: int
    channel: ReminderChannel

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)


def say_lead(minutes: int) -> str:
    """Say "7 days", "24 hours" or "30 minutes"."""
    for unit, length in (("day", 24 * 60), ("hour", 60)):
        if minutes % length == 0 and (minutes > length or unit == "hour"):
            return f"{minutes // length} {unit}{'' if minutes == length else 's'}"
    return f"{minutes} minutes"


def read_choices(org: Organization) -> ReminderSettings:
    """The clinic's choices; the usual ones where it has made none. One query, inside the open transaction."""
    found: ReminderSettings | None = ReminderSettings.objects.for_org(org.pk).first()
    return found or ReminderSettings(org=org)


def leads_of(choices: ReminderSettings) -> list[Lead]:
    """The chosen leads, the longest first."""
    return sorted(_leads(choices), key=lambda lead: -lead.minutes)


def quiet_hours_of(choices: ReminderSettings, org: Organization) -> QuietHours:
    return QuietHours(since=choices.quiet_from, until=choices.quiet_until, zone=org.zone)


def save_choices(*, org: Organization, chosen: ReminderSettings, actor: Actor) -> list[str]:
    """Store checked choices; the names of those that changed. What is planned follows within a minute."""
    from scheduling.reminders.tasks import replan_reminders

    with org_tx():
        stored = ReminderSettings.objects.select_for_update().filter(pk=chosen.pk).first()
        before = stored or ReminderSettings(org=org)
        changed = [name for name in CHOICES if getattr(before, name) != getattr(chosen, name)]
        if not changed:
            return []
        chosen.replan_at, chosen.chosen_at = before.replan_at, before.chosen_at
        if _OF_PLANS & set(changed):
            chosen.chosen_at = chosen.replan_at = now()
            enqueue_on_commit(replan_reminders, str(org.pk))
        chosen.save(force_insert=stored is None)
        audit.record(actor, "settings.reminders_changed", chosen, changed=changed)
    return changed


def _leads(choices: ReminderSettings) -> Iterator[Lead]:
    for entry in choices.leads:
        yield Lead(minutes=int(entry["minutes"]), channel=ReminderChannel(entry["channel"]))
