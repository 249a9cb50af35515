"""What a patient would read: shown beside the form, or sent to whoever asks."""

from dataclasses import dataclass

from contacts.models import Service
from orgs.actors import Actor
from orgs.models import Organization
from scheduling.models import ReminderChannel
from scheduling.reminders.choices import read_choices
from scheduling.reminders.forms import TEXTS, ReminderSettingsForm
from scheduling.reminders.texts import fill, sample_facts
from telephony.messaging import send_message
from telephony.messaging.segments import count_segments

PURPOSE_SAMPLE = "sample"


@dataclass(frozen=True)
class Preview:
    """The filled texts, what a text message takes, and what is wrong with them."""

    sms: str
    sms_segments: int
    confirmation: str
    subject: str
    email: str
    problems: list[str]


def preview_of(org: Organization, form: ReminderSettingsForm) -> Preview:
    """The texts as they stand in the form, for a visit that could be. One query, inside org_tx."""
    facts = sample_facts(org, service=_a_service())
    sms, confirmation, subject, email = (fill(form[name].value() or "", facts) for name in TEXTS)
    problems = [str(problem) for name in TEXTS for problem in form[name].errors]
    return Preview(sms, count_segments(sms), confirmation, subject, email, problems)


def send_sample(*, org: Organization, channel: ReminderChannel, to: str, idempotency_key: str, actor: Actor) -> None:
    """Send the saved reminder to somebody of the clinic.

    Raises:
        DomainError: of `telephony.messaging.errors`.
    """
    choices, facts = read_choices(org), sample_facts(org, service=_a_service())
    is_sms = channel is ReminderChannel.SMS
    send_message(
        org=org,
        channel=channel.value,
        to=to,
        body=fill(choices.sms_text if is_sms else choices.email_text, facts),
        subject="" if is_sms else fill(choices.email_subject, facts),
        idempotency_key=f"reminder-sample:{channel.value}:{idempotency_key}",
        by_person=True,
        purpose=PURPOSE_SAMPLE,
        actor=actor,
    )


def _a_service() -> str:
    name: str | None = (
        Service.objects.filter(is_active=True).order_by("created_at").values_list("name", flat=True).first()
    )
    return name or ""
