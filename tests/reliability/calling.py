"""Places or settles calls in a process of its own, which may die.

`place ORG NUMBER…`, each number being its own key; `settle ORG WISH…` does what the reconciler's task does.
"""

import sys
from uuid import UUID

import django

django.setup()

from calls.models import OutboundPurpose  # noqa: E402
from calls.outbound.placing import place_call  # noqa: E402
from calls.outbound.reconciler import settle  # noqa: E402
from orgs.actors import Actor  # noqa: E402
from orgs.models import Organization  # noqa: E402
from orgs.scope import org_scope, org_tx  # noqa: E402

act, org_id, *things = sys.argv[1:]
with org_scope(UUID(org_id)), org_tx():
    org = Organization.objects.get()
for thing in things:
    if act == "settle":
        settle(org=org, outbound_id=thing)
    else:
        place_call(
            org=org, purpose=OutboundPurpose.CALL_BACK, idempotency_key=thing, number=thing, actor=Actor.system(org.pk)
        )
