"""What becomes of visits and wishes when a contact is deleted, or made one with another."""

from contacts.errors import CannotMerge, StillExpected
from contacts.models import Contact
from orgs.models import Organization
from scheduling.models import ON_THE_LIST, Appointment, OfferState, WaitlistEntry, WaitlistOffer, WaitlistState
from scheduling.selectors import STANDING
from voxanne.clock import now


def let_go(org: Organization, contact: Contact) -> None:
    """Keep the visits of somebody who is deleted, as nobody's. In the transaction that deletes them.

    Raises:
        StillExpected: they have an appointment to come.
    """
    visits = Appointment.objects.for_org(org.pk).filter(contact=contact)
    if visits.filter(status__in=STANDING, ends_at__gt=now()).exists():
        raise StillExpected
    visits.update(contact=None)


def move_entries(kept: Contact, merged: Contact) -> None:
    """Wishes of the waiting list; where both wait for the same, they wait once."""
    waiting = list(WaitlistEntry.objects.select_for_update().filter(contact__in=(kept, merged), state__in=ON_THE_LIST))
    of_kept = {_wish(entry): entry for entry in waiting if entry.contact_id == kept.pk}
    for entry in waiting:
        twin = of_kept.get(_wish(entry))
        if entry.contact_id == merged.pk and twin is not None:
            # An offer is open to one of them at most: that one stays on the list.
            leaves = entry if entry.state == WaitlistState.WAITING else twin
            WaitlistEntry.objects.filter(pk=leaves.pk).update(state=WaitlistState.LEFT, updated_at=now())
    WaitlistEntry.objects.filter(contact=merged).update(contact=kept)


def move_offers(kept: Contact, merged: Contact) -> None:
    """Offers of the waiting list.

    Raises:
        CannotMerge: both have one that waits for an answer, and nobody has two.
    """
    if WaitlistOffer.objects.filter(contact__in=(kept, merged), state=OfferState.OPEN).count() > 1:
        raise CannotMerge(
            "Both have an offer from the waiting list that waits for an answer. Merge them when one has answered."
        )
    WaitlistOffer.objects.filter(contact=merged).update(contact=kept)


def _wish(entry: WaitlistEntry) -> tuple[object, ...]:
    """What makes two wishes the same, as the constraint has it."""
    return (
        entry.patient_name, entry.service_id, entry.practitioner_id, entry.first_day, entry.last_day, entry.part_of_day,
    )  # fmt: skip
