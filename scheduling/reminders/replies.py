"""Acting on what a patient texts back to a reminder."""

from contacts.models import TaskKind
from contacts.staff_tasks import NewTask, add_task
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from scheduling.models import Appointment, AppointmentStatus, Reminder, ReminderChannel
from scheduling.reminders.answers import Answer, read_answer
from scheduling.reminders.change_requests import change_cause
from scheduling.reminders.measures import ANSWERS
from scheduling.speech import say_moment
from telephony.messaging import send_message
from telephony.models import Direction, Message
from voxanne.clock import now
from voxanne.errors import DomainError
from voxanne.live import publish_on_commit
from voxanne.ui.templatetags.say import phone as say_phone

# Messages that ask something; of these the last one sent to a number is the one that an answer is about.
QUESTIONS = ("reminder", "waitlist_offer")
PURPOSE_REPLY = "reply"
_STANDING = (AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED)


def take_reply(org: Organization, message: Message) -> bool:
    """Confirm the visit, or tell the team that it is to be moved. A handler of inbound messages, in their transaction.

    Only the last reminder to that number counts, while its visit lies ahead. Everything else is left to people.
    """
    answer = read_answer(message.content)
    reminder = _find_asked(org, message.recipient) if answer else None
    if answer is None or reminder is None:
        return False
    visit = _lock(reminder)
    if visit is None or visit.starts_at != reminder.starts_at or visit.starts_at <= now():
        return False
    if visit.status not in _STANDING:
        words = f"Your appointment on {say_moment(visit.starts_at, org.zone)} was cancelled.{_call_us(org)}"
    else:
        words = _note_coming(org, visit) if answer is Answer.COMES else _note_change(org, visit)
        audit.record(Actor.system(org.pk), f"appointment.patient_{answer.value}", visit, message=str(message.pk))
        publish_on_commit(org.pk, "appointment", id=visit.pk)
        ANSWERS.labels(answer.value).inc()
    _reply(org, visit, message, words)
    return True


def _find_asked(org: Organization, number: str) -> Reminder | None:
    """The reminder that was the last question to a number, if it was one. Two queries."""
    asked = Message.objects.for_org(org.pk).filter(
        recipient=number, direction=Direction.OUTBOUND, purpose__in=QUESTIONS, method=ReminderChannel.SMS.value
    )
    last = asked.order_by("-created_at", "-id").first()
    if last is None:
        return None
    reminder: Reminder | None = Reminder.objects.filter(message_id=last.pk).first()
    return reminder


def _lock(reminder: Reminder) -> Appointment | None:
    visits = Appointment.objects.select_for_update(of=("self",), no_key=True)
    visit: Appointment | None = visits.filter(pk=reminder.appointment_id).first()
    return visit


def _note_coming(org: Organization, visit: Appointment) -> str:
    """The patient comes. That is no approval: a visit that waits for the team still does."""
    visit.attendance_confirmed_at, visit.change_requested_at = visit.attendance_confirmed_at or now(), None
    visit.save(update_fields=["attendance_confirmed_at", "change_requested_at", "updated_at"])
    return f"Thank you. {org.name} expects you on {say_moment(visit.starts_at, org.zone)}."


def _note_change(org: Organization, visit: Appointment) -> str:
    """The patient wants another time: staff see it on the visit and among their tasks."""
    visit.change_requested_at, visit.attendance_confirmed_at = visit.change_requested_at or now(), None
    visit.save(update_fields=["attendance_confirmed_at", "change_requested_at", "updated_at"])
    add_task(
        org=org,
        task=NewTask(
            kind=TaskKind.CHANGE_REQUEST,
            cause=change_cause(visit),
            reason="The patient answered a reminder: they would like another time.",
            contact_id=visit.contact_id,
            appointment_id=visit.pk,
        ),
    )
    return f"Thank you. {org.name} will be in touch to find another time.{_call_us(org)}"


def _call_us(org: Organization) -> str:
    return f" Or call us on {say_phone(org.phone)}." if org.phone else ""


def _reply(org: Organization, visit: Appointment, message: Message, words: str) -> None:
    """Answer, if that may be: a patient who cannot be texted has been heard all the same."""
    try:
        send_message(
            org=org,
            channel=ReminderChannel.SMS.value,
            to=message.recipient,
            body=words,
            idempotency_key=f"reply:{message.pk}",
            contact_id=visit.contact_id,
            appointment_id=visit.pk,
            in_reply_to=message,
            purpose=PURPOSE_REPLY,
            actor=Actor.system(org.pk),
        )
    except DomainError:
        return
