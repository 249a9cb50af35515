"""Offers a freed time, or hears an answer to an offer, in a process of its own, which may die.

`offer ORG OPENING` does what the task does; `answer ORG NUMBER TEXT KEY` what Twilio's webhook does with a text.
"""

import sys
from uuid import UUID

import django

django.setup()

from contacts.models import Contact  # noqa: E402
from orgs.models import Organization  # noqa: E402
from orgs.scope import org_scope, org_tx  # noqa: E402
from scheduling.waitlist.offering import work_on  # noqa: E402
from telephony.messaging.events import offer_inbound  # noqa: E402
from telephony.models import Direction, Message, MessageStatus  # noqa: E402

act, org_id, *things = sys.argv[1:]
with org_scope(UUID(org_id)):
    with org_tx():
        org = Organization.objects.get()
    if act == "offer":
        work_on(org=org, opening_id=things[0])
    else:
        number, text, key = things
        with org_tx():
            message, is_new = Message.objects.get_or_create(
                idempotency_key=key,
                defaults={
                    "direction": Direction.INBOUND,
                    "method": "sms",
                    "status": MessageStatus.RECEIVED,
                    "recipient": number,
                    "content": text,
                    "contact_id": Contact.objects.get(phone=number).pk,
                },
            )
            if is_new:
                offer_inbound(org, message)
