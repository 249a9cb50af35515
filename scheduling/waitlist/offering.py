"""Asking about a freed time, one after the other: a text, fifteen minutes, the next.

Each step is one transaction that also writes the text: a worker that dies leaves the step done or not begun, and the
sweeper finds the opening by its `due_at`. Locks are taken in one order: opening, offer, entry.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from credentials.errors import CredentialError
from orgs import audit
from orgs.actors import Actor
from orgs.models import IntegrationSettings, Organization
from orgs.scope import org_tx
from scheduling.models import (
    Appointment,
    OfferState,
    OpeningEnd,
    OpeningState,
    WaitlistEntry,
    WaitlistOffer,
    WaitlistOpening,
    WaitlistState,
)
from scheduling.quiet_hours import quiet_until
from scheduling.selectors import STANDING
from scheduling.types import Slot, VisitRules
from scheduling.waitlist import words
from scheduling.waitlist.errors import NotOfferable, NotWaiting
from scheduling.waitlist.matching import OFFER_STANDS, Match, can_be_asked_about, find_matches
from scheduling.waitlist.reach import why_unreachable
from telephony.messaging import send_message
from telephony.messaging.errors import TwilioNotConfigured
from voxanne.clock import now
from voxanne.errors import DomainError
from voxanne.failpoints import failpoint
from voxanne.live import publish_on_commit
from voxanne.metrics import counter

log = structlog.get_logger(__name__)

OFFERS = counter(
    "waitlist_offers",
    "Offers to people on the waiting list, by what came of them.",
    labels=("outcome",),
    from_zero=("offered", "taken", "declined", "passed", "lost", "failed"),
)
OFFER_PURPOSE = "waitlist_offer"


class Step(StrEnum):
    """What one look at an opening came to."""

    OFFERED = "offered"
    WAITS = "waits"
    CLOSED = "closed"
    BUSY = "busy"


def work_on(*, org: Organization, opening_id: UUID | str) -> Step:
    """Bring an opening one step further, if it is due: the next person is asked, or it is closed. Safe to run twice."""
    with org_tx():
        open_ones = WaitlistOpening.objects.select_for_update(of=("self",), skip_locked=True)
        opening = (
            open_ones.select_related("appointment", "practitioner")
            .filter(pk=opening_id, state=OpeningState.OPEN)
            .first()
        )
        step = _advance(org, opening) if opening is not None else Step.BUSY
        failpoint("waitlist.deciding")
    failpoint("waitlist.decided")
    return step


def offer_by_hand(*, org: Organization, entry_id: UUID, slot: Slot, actor: Actor) -> WaitlistOffer:
    """Ask one person about a free time that a colleague chose. Nobody else is asked about it.

    Raises:
        NotWaiting: they are not on the list, or have an open offer. NotOfferable: the time is gone, too near, or
            offered to somebody else. OptedOut, BadRecipient, TwilioNotConfigured: they cannot be texted.
    """
    with org_tx():
        query = WaitlistEntry.objects.select_related("contact", "service", "practitioner")
        entry: WaitlistEntry | None = query.filter(pk=entry_id, state=WaitlistState.WAITING).first()
        if entry is None:
            raise NotWaiting
        if not can_be_asked_about(slot.starts_at, VisitRules.of(entry.service)):
            raise NotOfferable
        try:
            with org_tx():
                opening = WaitlistOpening.objects.create(
                    practitioner_id=slot.practitioner_id,
                    service=entry.service,
                    starts_at=slot.starts_at,
                    ends_at=slot.ends_at,
                    is_by_hand=True,
                )
        except IntegrityError as error:
            raise NotOfferable("That time is being offered to somebody else at the moment.") from error
        offer = _ask(org, opening, Match(entry, slot), actor=actor, by_person=True)
        if offer is None:
            raise NotWaiting
        return offer


def let_pass(org: Organization, offer: WaitlistOffer, state: OfferState, *, problem: str = "") -> None:
    """End an open offer in some other way than a yes; its person waits again. The opening and the offer are locked."""
    offer.state, offer.problem = state, problem[:200]
    if state == OfferState.DECLINED:
        offer.answered_at = now()
    offer.save(update_fields=["state", "problem", "answered_at", "updated_at"])
    WaitlistEntry.objects.filter(pk=offer.entry_id, state=WaitlistState.OFFERED).update(
        state=WaitlistState.WAITING, updated_at=now()
    )
    transaction.on_commit(OFFERS.labels(state.value).inc)
    _tell(org, offer.opening_id)


def close_opening(org: Organization, opening: WaitlistOpening, reason: OpeningEnd) -> None:
    """Offer it to nobody any more. The opening is locked."""
    opening.state, opening.end_reason, opening.due_at = OpeningState.CLOSED, reason, None
    opening.save(update_fields=["state", "end_reason", "due_at", "updated_at"])
    log.info("waitlist.closed", opening=str(opening.pk), reason=reason.value)
    _tell(org, opening.pk)


def look_again(opening: WaitlistOpening, at: datetime) -> None:
    """Note when somebody has to look at an opening."""
    opening.due_at = at
    opening.save(update_fields=["due_at", "updated_at"])


def _advance(org: Organization, opening: WaitlistOpening) -> Step:
    offer = opening.offers.select_for_update().filter(state=OfferState.OPEN).first()
    if offer is not None and offer.expires_at > now():
        look_again(opening, offer.expires_at)
        return Step.WAITS
    if offer is not None:
        let_pass(org, offer, OfferState.PASSED)
    if opening.is_by_hand:
        close_opening(org, opening, OpeningEnd.NOBODY)
        return Step.CLOSED
    if not can_be_asked_about(opening.ends_at, VisitRules(notice_s=0)):
        close_opening(org, opening, OpeningEnd.TOO_NEAR)
        return Step.CLOSED
    if (until := _quiet_until(org)) is not None:
        look_again(opening, until)
        return Step.WAITS
    return _ask_next(org, opening)


def _ask_next(org: Organization, opening: WaitlistOpening) -> Step:
    for match in find_matches(org=org, opening=opening):
        problem = why_unreachable(match.entry.contact)
        if problem:
            _note_skipped(org, opening, match, problem)
            continue
        try:
            offer = _ask(org, opening, match, actor=Actor.system(org.pk))
        except (TwilioNotConfigured, CredentialError):
            close_opening(org, opening, OpeningEnd.NOT_CONNECTED)
            return Step.CLOSED
        except DomainError as refused:
            _note_skipped(org, opening, match, refused.message)
            continue
        if offer is not None:
            return Step.OFFERED
    close_opening(org, opening, _why_nobody(org, opening))
    return Step.CLOSED


def _ask(
    org: Organization, opening: WaitlistOpening, match: Match, *, actor: Actor, by_person: bool = False
) -> WaitlistOffer | None:
    """Write the offer and its text, or nothing; None when they are being asked about something else.

    Raises:
        DomainError: they cannot be texted.
    """
    entry, slot = match.entry, match.slot
    expires_at = now() + OFFER_STANDS
    with org_tx():
        waiting = WaitlistEntry.objects.filter(pk=entry.pk, state=WaitlistState.WAITING)
        if not waiting.update(state=WaitlistState.OFFERED, updated_at=now()):
            return None
        offer = _open_offer(opening, match, expires_at)
        if offer is None:
            waiting = WaitlistEntry.objects.filter(pk=entry.pk, state=WaitlistState.OFFERED)
            waiting.update(state=WaitlistState.WAITING, updated_at=now())
            return None
        minutes = int(OFFER_STANDS.total_seconds() // 60)
        offer.message = send_message(
            org=org,
            channel="sms",
            to=entry.contact.phone,
            body=words.say_offer(org=org, entry=entry, offer=offer, minutes=minutes),
            idempotency_key=f"waitlist-offer:{offer.pk}",
            contact_id=entry.contact_id,
            expires_at=expires_at,
            purpose=OFFER_PURPOSE,
            by_person=by_person,
            actor=actor,
        )
        offer.save(update_fields=["message", "updated_at"])
        look_again(opening, expires_at)
        audit.record(actor, "waitlist.offered", offer, entry=str(entry.pk), starts_at=slot.starts_at.isoformat())
    transaction.on_commit(OFFERS.labels("offered").inc)
    _tell(org, opening.pk)
    return offer


def _open_offer(opening: WaitlistOpening, match: Match, expires_at: datetime) -> WaitlistOffer | None:
    """The offer's row; None when that person, under another wish, is being asked about another time."""
    slot = match.slot
    try:
        with org_tx():
            offer: WaitlistOffer = WaitlistOffer.objects.create(
                opening=opening,
                entry=match.entry,
                contact_id=match.entry.contact_id,
                practitioner_id=slot.practitioner_id,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                expires_at=expires_at,
            )
    except IntegrityError:
        return None
    return offer


def _note_skipped(org: Organization, opening: WaitlistOpening, match: Match, problem: str) -> None:
    """Leave in the trail why somebody was not asked; nothing else changes for them."""
    WaitlistOffer.objects.create(
        opening=opening,
        entry=match.entry,
        contact_id=match.entry.contact_id,
        practitioner_id=match.slot.practitioner_id,
        starts_at=match.slot.starts_at,
        ends_at=match.slot.ends_at,
        state=OfferState.FAILED,
        problem=problem[:200],
        expires_at=now(),
    )
    transaction.on_commit(OFFERS.labels("failed").inc)


def _why_nobody(org: Organization, opening: WaitlistOpening) -> OpeningEnd:
    standing = Appointment.objects.for_org(org.pk).filter(
        practitioner_id=opening.practitioner_id,
        status__in=STANDING,
        starts_at__lt=opening.ends_at,
        ends_at__gt=opening.starts_at,
    )
    return OpeningEnd.TAKEN if standing.exists() else OpeningEnd.NOBODY


def _quiet_until(org: Organization) -> datetime | None:
    rules = IntegrationSettings.objects.for_org(org.pk).first() or IntegrationSettings(org_id=org.pk)
    return quiet_until(now(), start=rules.quiet_hours_start, end=rules.quiet_hours_end, zone=org.zone)


def _tell(org: Organization, opening_id: UUID) -> None:
    publish_on_commit(org.pk, "appointment", id=opening_id)
