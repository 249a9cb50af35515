"""What people answer to an offer: yes books, no passes it on, and everybody hears what came of it.

Runs in the transaction that stores their message: it is stored and acted upon, or neither.
"""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

import structlog
from django.db import transaction

from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from orgs.tasks import enqueue_on_commit
from scheduling.booking import book_appointment
from scheduling.errors import SlotRefused
from scheduling.models import (
    ON_THE_LIST,
    Appointment,
    AppointmentSource,
    OfferState,
    OpeningState,
    WaitlistEntry,
    WaitlistOffer,
    WaitlistOpening,
    WaitlistState,
)
from scheduling.policies import bookings_need_approval
from scheduling.selectors import STANDING
from scheduling.types import BookingRequest
from scheduling.waitlist import tasks, words
from scheduling.waitlist.offering import OFFER_PURPOSE, OFFERS, let_pass
from telephony.messaging import send_message
from telephony.models import Direction, Message, MessageStatus
from voxanne.clock import now
from voxanne.failpoints import failpoint
from voxanne.live import publish_on_commit

log = structlog.get_logger(__name__)

REPLY_PURPOSE = "waitlist_reply"
# Questions that a short answer may be meant for; the newest one asked.
_QUESTIONS = (OFFER_PURPOSE, "reminder")
# An answer that comes later than this is about something else.
ANSWERS_WITHIN = timedelta(days=2)
_NOT_SENT = (MessageStatus.FAILED, MessageStatus.UNDELIVERED)


class Answer(StrEnum):
    """What a text says about an offer."""

    YES = "yes"
    NO = "no"
    LEAVE = "leave"


_WORDS = {
    **dict.fromkeys(("yes", "y", "yeah", "yep", "yup", "ok", "okay", "sure", "yes please", "yes thanks"), Answer.YES),
    **dict.fromkeys(("yes thank you", "ok thanks", "yes i will take it", "ill take it", "book it"), Answer.YES),
    **dict.fromkeys(("no", "n", "nope", "nah", "no thanks", "no thank you", "pass"), Answer.NO),
    "leave": Answer.LEAVE,
}


def read_answer(text: str) -> Answer | None:
    """What a text says, whatever its case and marks; None for anything that a person has to read."""
    plain = "".join(char for char in text.casefold() if char.isalnum() or char.isspace())
    return _WORDS.get(" ".join(plain.split()))


def take_answer(org: Organization, message: Message) -> bool:
    """Act on a text from somebody who has, or lately had, an offer; whether it was meant for us."""
    answer = read_answer(message.content)
    if answer is None or message.contact_id is None:
        return False
    offer = _find_offer(org, message, contact_id=message.contact_id)
    if offer is None:
        return False
    if answer is Answer.LEAVE:
        reply = _leave(org, offer)
    elif answer is Answer.YES:
        reply = _accept(org, offer)
    else:
        reply = _decline(org, offer)
    send_message(
        org=org,
        channel=message.method,
        to=message.recipient,
        body=reply,
        idempotency_key=f"waitlist-reply:{message.pk}",
        contact_id=message.contact_id,
        in_reply_to=message,
        purpose=REPLY_PURPOSE,
        actor=Actor.system(org.pk),
    )
    return True


def note_not_sent(org: Organization, message: Message) -> None:
    """The text did not reach them: the next person is asked."""
    if message.purpose != OFFER_PURPOSE or message.status not in _NOT_SENT:
        return
    found = WaitlistOffer.objects.for_org(org.pk).filter(message_id=message.pk, state=OfferState.OPEN).first()
    if found is None:
        return
    opening, offer = _lock(found)
    if offer.state == OfferState.OPEN:
        let_pass(org, offer, OfferState.FAILED, problem=message.error or "The text did not reach them.")
        _ask_next_soon(org, opening)


def _find_offer(org: Organization, message: Message, *, contact_id: UUID) -> WaitlistOffer | None:
    """The open offer to that person; else the newest, if it was the last thing that they were asked."""
    offers = WaitlistOffer.objects.for_org(org.pk).filter(contact_id=contact_id, message__isnull=False)
    standing = offers.filter(state=OfferState.OPEN).first()
    if standing is not None:
        return standing
    asked = (
        Message.objects.for_org(org.pk)
        .filter(recipient=message.recipient, direction=Direction.OUTBOUND, purpose__in=_QUESTIONS)
        .filter(created_at__gt=now() - ANSWERS_WITHIN)
        .order_by("-created_at", "-id")
        .first()
    )
    if asked is None or asked.purpose != OFFER_PURPOSE:
        return None
    return offers.filter(message_id=asked.pk).first()


def _accept(org: Organization, found: WaitlistOffer) -> str:
    """Book it, if nobody else was faster; what they are told."""
    opening, offer = _lock(found)
    entry = _entry_of(offer)
    if offer.state == OfferState.TAKEN:
        taken = offer.appointment
        if taken is None or taken.status not in STANDING:
            return words.OVER
        return words.say_booked(org=org, appointment=taken)
    if not entry.is_on_the_list:
        return words.OVER
    try:
        with org_tx():
            appointment = book_appointment(org=org, request=_request(org, entry, offer), actor=Actor.system(org.pk))
    except SlotRefused as refused:
        log.info("waitlist.lost", offer=str(offer.pk), code=refused.code)
        let_pass(org, offer, OfferState.LOST)
        _ask_next_soon(org, opening)
        return words.GONE
    failpoint("waitlist.booked")
    _settle(org, opening, offer, entry, appointment)
    return words.say_booked(org=org, appointment=appointment)


def _request(org: Organization, entry: WaitlistEntry, offer: WaitlistOffer) -> BookingRequest:
    return BookingRequest(
        starts_at=offer.starts_at,
        service=entry.service,
        patient_name=entry.patient_name or entry.contact.name,
        phone=entry.contact.phone,
        notes=entry.notes,
        practitioner=offer.practitioner,
        source=AppointmentSource.AI_CALL,
        idempotency_key=f"waitlist:{offer.pk}",
        needs_approval=bookings_need_approval(org),
    )


def _settle(
    org: Organization, opening: WaitlistOpening, offer: WaitlistOffer, entry: WaitlistEntry, appointment: Appointment
) -> None:
    """Write down that it was taken, and what it is worth."""
    others = opening.offers.select_for_update().filter(state=OfferState.OPEN).exclude(pk=offer.pk)
    for other in others:  # somebody who answered late was faster than whoever was asked since
        let_pass(org, other, OfferState.LOST)
    offer.state, offer.answered_at, offer.appointment = OfferState.TAKEN, now(), appointment
    offer.value_minor = entry.service.price_minor if entry.service else None
    offer.currency = entry.service.currency if entry.service else ""
    offer.save(update_fields=["state", "answered_at", "appointment", "value_minor", "currency", "updated_at"])
    WaitlistEntry.objects.filter(pk=entry.pk).update(state=WaitlistState.BOOKED, updated_at=now())
    opening.state, opening.end_reason, opening.due_at = OpeningState.FILLED, "", None
    opening.save(update_fields=["state", "end_reason", "due_at", "updated_at"])
    transaction.on_commit(OFFERS.labels("taken").inc)
    audit.record(Actor.system(org.pk), "waitlist.taken", offer, appointment=str(appointment.pk))
    publish_on_commit(org.pk, "appointment", id=appointment.pk)


def _decline(org: Organization, found: WaitlistOffer) -> str:
    opening, offer = _lock(found)
    if offer.state == OfferState.OPEN:
        let_pass(org, offer, OfferState.DECLINED)
        _ask_next_soon(org, opening)
    return words.STAYS


def _leave(org: Organization, found: WaitlistOffer) -> str:
    """Come off the list, with everything that the person waits for."""
    opening, offer = _lock(found)
    if offer.state == OfferState.OPEN:
        let_pass(org, offer, OfferState.DECLINED)
        _ask_next_soon(org, opening)
    waiting = WaitlistEntry.objects.filter(contact_id=offer.contact_id, state__in=ON_THE_LIST)
    waiting.update(state=WaitlistState.LEFT, updated_at=now())
    audit.record(Actor.system(org.pk), "waitlist.left", offer)
    return words.LEFT


def _lock(found: WaitlistOffer) -> tuple[WaitlistOpening, WaitlistOffer]:
    """The opening, then the offer, as they are now."""
    opening: WaitlistOpening = WaitlistOpening.objects.select_for_update().get(pk=found.opening_id)
    query = WaitlistOffer.objects.select_for_update(of=("self",)).select_related("practitioner", "appointment__service")
    offer: WaitlistOffer = query.get(pk=found.pk)
    return opening, offer


def _entry_of(offer: WaitlistOffer) -> WaitlistEntry:
    query = WaitlistEntry.objects.select_for_update(of=("self",)).select_related("contact", "service")
    entry: WaitlistEntry = query.get(pk=offer.entry_id)
    return entry


def _ask_next_soon(org: Organization, opening: WaitlistOpening) -> None:
    if opening.state == OpeningState.OPEN:
        opening.due_at = now()
        opening.save(update_fields=["due_at", "updated_at"])
        enqueue_on_commit(tasks.offer_next, str(org.pk), str(opening.pk))
