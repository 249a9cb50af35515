"""Saying which numbers an organisation answers."""

from uuid import UUID

from django.db import IntegrityError

from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.errors import NumberTaken
from telephony.models import PhoneNumberMapping


def map_number(
    *, org: Organization, phone_number: str, actor: Actor, agent_id: UUID | None = None, vapi_phone_number_id: str = ""
) -> PhoneNumberMapping:
    """Let an organisation answer a number (E.164), or change what is known about one it has.

    Raises:
        NumberTaken: another organisation has it; the database decides, so two at once end with one.
    """
    try:
        with org_scope(org), org_tx():
            mapping: PhoneNumberMapping
            mapping, made = PhoneNumberMapping.objects.update_or_create(
                phone_number=phone_number,
                defaults={"agent_id": agent_id, "vapi_phone_number_id": vapi_phone_number_id, "is_active": True},
            )
            audit.record(actor, "number.mapped" if made else "number.changed", mapping)
    except IntegrityError as error:
        if "number_directory" in str(error):
            raise NumberTaken from error
        raise
    return mapping
