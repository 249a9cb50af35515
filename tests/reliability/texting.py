"""Works on messages in a process of its own, which may die: `ORG MESSAGE…`."""

import sys
from uuid import UUID

import django

django.setup()

from orgs.models import Organization  # noqa: E402
from orgs.scope import org_scope, org_tx  # noqa: E402
from telephony.messaging.delivering import deliver  # noqa: E402

org_id, *message_ids = sys.argv[1:]
with org_scope(UUID(org_id)), org_tx():
    org = Organization.objects.get()
for message_id in message_ids:
    deliver(org=org, message_id=message_id)
