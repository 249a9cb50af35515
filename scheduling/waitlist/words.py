"""What those who wait are texted."""

from orgs.models import Organization
from scheduling.models import Appointment, AppointmentStatus, WaitlistEntry, WaitlistOffer
from scheduling.speech import say_moment

GONE = (
    "Sorry, that time has just gone. You are still on our waiting list, and we will text you when another one "
    "becomes free."
)
OVER = "Sorry, that offer no longer stands. Please call us and we will find you another time."
STAYS = "No problem. You stay on our waiting list. Reply LEAVE to come off it."
LEFT = "Done, you are off our waiting list."


def say_offer(*, org: Organization, entry: WaitlistEntry, offer: WaitlistOffer, minutes: int) -> str:
    """The question, with who asks, what, when, and how to answer."""
    what = entry.service.name if entry.service else "An appointment"
    who = f" with {offer.practitioner.name}" if entry.practitioner_id is not None else ""
    when = say_moment(offer.starts_at, org.zone)
    return (
        f"{org.name}: {what}{who} on {when} has become free. "
        f"Reply YES within {minutes} minutes to take it, or NO to pass."
    )


def say_booked(*, org: Organization, appointment: Appointment) -> str:
    """The answer to a yes that was in time."""
    when, reference = say_moment(appointment.starts_at, org.zone), appointment.reference
    if appointment.status == AppointmentStatus.PENDING:
        return (
            f"Thank you. {appointment.what} on {when} is kept for you; the team will confirm it. Reference {reference}."
        )
    return f"You are booked: {appointment.what} on {when}. Your reference is {reference}. See you then."
