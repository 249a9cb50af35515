"""What happens to contacts and services."""

import re
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from contacts.default_services import DEFAULT_SERVICES
from contacts.errors import UnusablePhone
from contacts.models import FIRST_SCORE, Contact, LeadStatus, Service
from contacts.naming import find_by_part, mentions_in
from contacts.phones import find_e164
from orgs.models import E164_PATTERN, Organization
from voxanne.clock import now
from voxanne.ids import uuid7
from voxanne.money import to_minor

# One statement, so that two calls from one number at once make one contact. What is known is never overwritten.
_REMEMBER = """
    INSERT INTO contacts AS known (
        id, org_id, name, first_name, last_name, phone, email, source, lead_status, lead_score, service_interests,
        notes, memory_enabled, custom_fields, last_contacted_at, created_at, updated_at)
    SELECT %s::uuid, %s::uuid, %s, %s, %s, %s, %s, %s, %s, %s::smallint, '[]'::jsonb, '', true, '{}'::jsonb,
        %s::timestamptz, %s::timestamptz, %s::timestamptz
    WHERE NOT EXISTS (SELECT FROM contact_aliases WHERE org_id = %s::uuid AND phone = %s AND phone > '')
    ON CONFLICT (org_id, phone) WHERE phone > '' DO UPDATE SET
        first_name = CASE WHEN known.name = '' THEN EXCLUDED.first_name ELSE known.first_name END,
        last_name = CASE WHEN known.name = '' THEN EXCLUDED.last_name ELSE known.last_name END,
        name = CASE WHEN known.name = '' THEN EXCLUDED.name ELSE known.name END,
        email = CASE WHEN known.email = '' THEN EXCLUDED.email ELSE known.email END,
        last_contacted_at = greatest(known.last_contacted_at, EXCLUDED.last_contacted_at),
        updated_at = EXCLUDED.updated_at
    RETURNING known.*
"""


def remember_caller(
    *,
    org: Organization,
    phone: str,
    name: str = "",
    email: str = "",
    source: str,
    spoke_at: datetime | None = None,
) -> Contact:
    """Find or make the contact with that number; what was unknown about them is filled in.

    The number may be written as people in the clinic's country do; E.164 from a carrier is taken as it is. Without one
    (withheld) a new contact is made each time. An email address that cannot be one is left out: speech recognition
    must not cost a patient the booking. They were last in touch at `spoke_at`, or now. Inside org_tx, to whose end the
    contact is locked.

    Raises:
        UnusablePhone: there is a number, and nobody could dial it.
    """
    number = phone if re.fullmatch(E164_PATTERN, phone) else find_e164(phone, country=org.country)
    if phone and not number:
        raise UnusablePhone
    full_name, moment = clean_name(name), now()
    first, _, last = full_name.partition(" ")
    values = [
        uuid7(), org.pk, full_name, first[:60], last[:60], number, _usable_email(email), source[:20],
        LeadStatus.NEW.value, FIRST_SCORE, spoke_at or moment, moment, moment, org.pk, number,
    ]  # fmt: skip
    for contact in Contact.objects.raw(_REMEMBER, values):
        return contact
    return _remember_merged(number, name=full_name, email=_usable_email(email), spoke_at=spoke_at or moment)


def _remember_merged(number: str, *, name: str, email: str, spoke_at: datetime) -> Contact:
    """The contact that this number came to with a merge, filled in like any other."""
    contact: Contact = Contact.objects.select_for_update(of=("self",)).get(aliases__phone=number)
    if not contact.name:
        first, _, last = name.partition(" ")
        contact.name, contact.first_name, contact.last_name = name, first[:60], last[:60]
    contact.email = contact.email or email
    contact.last_contacted_at = max(filter(None, (contact.last_contacted_at, spoke_at)))
    contact.save(update_fields=["name", "first_name", "last_name", "email", "last_contacted_at", "updated_at"])
    return contact


def mark_booked(*, org: Organization, contact_id: UUID) -> None:
    """Note that a contact has an appointment now, and have it scored anew soon. Inside org_tx."""
    moment = now()
    contacts = Contact.objects.for_org(org.pk).filter(pk=contact_id)
    contacts.update(lead_status=LeadStatus.BOOKED, rescore_at=moment, updated_at=moment)


def find_service(*, org: Organization, words: str) -> Service | None:
    """The active service that these words name, by name or keyword, or None; of several the most exact. In org_tx."""
    services = list(Service.objects.for_org(org.pk).filter(is_active=True).order_by("name"))
    mentions = mentions_in(words, services=services)
    return mentions[0].service if mentions else find_by_part(words, services=services)


def seed_services(org: Organization) -> None:
    """Give a new clinic the services that most start with, priced in its currency. In the transaction that makes it."""
    Service.objects.bulk_create(
        [
            Service(
                name=default.name,
                price_minor=to_minor(default.price, org.currency),
                currency=org.currency,
                keywords=list(default.keywords),
                duration_minutes=default.duration_minutes,
                buffer_after_minutes=default.buffer_after_minutes,
            )
            for default in DEFAULT_SERVICES
        ]
    )


def clean_name(name: str) -> str:
    """A name as it is stored: single spaces, nothing unprintable, at most 120 characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:120].rstrip()


def _usable_email(email: str) -> str:
    address = email.strip()
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address if len(address) <= 254 else ""
