"""Forwarding seen working: a call that reaches the agent's number shortly after somebody said that they would call."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from orgs import audit
from orgs.actors import Actor
from orgs.models import E164_PATTERN, Organization
from orgs.scope import org_scope, org_tx
from telephony.forwarding.configs import lock_to_try
from telephony.forwarding.trial_calls import note_arrival
from telephony.forwarding.verifying import LIVE_KIND
from telephony.models import ForwardingStatus, HybridForwardingConfig
from voxanne.clock import now
from voxanne.live import publish_on_commit

WATCHED_FOR = timedelta(minutes=10)
CLOCKS_DIFFER = timedelta(seconds=30)


def start_test(*, org: Organization, forwarding_id: UUID, actor: Actor) -> HybridForwardingConfig:
    """Watch for a call through this line for ten minutes from now; said again, the ten minutes begin anew.

    Raises:
        NotFound: no such forwarding. ForwardingIsOff: it was turned off.
    """
    with org_scope(org), org_tx():
        config = lock_to_try(forwarding_id)
        config.test_started_at = now()
        config.save(update_fields=["test_started_at", "updated_at"])
        audit.record(actor, "forwarding.test_started", config)
    return config


def note_incoming(
    *, org_id: UUID, called_number: str, at: datetime, forwarded_from: str = "", calling_number: str = ""
) -> UUID | None:
    """A call reached an agent's number (E.164): mark the forwarding that is watched there; its id, None for none.

    In the organisation's open transaction, one indexed look-up where nothing is watched. A carrier that names the line
    must name this one; most name none, which proves nothing: then the test that began last is meant.

    Args:
        at: when it rang, by the clock of whoever told us.
        calling_number: whose call it was; a trial call of ours has passed by it.
    """
    if not called_number:
        return None
    watched = HybridForwardingConfig.objects.filter(
        twilio_forwarding_number=called_number,
        test_started_at__gt=at - WATCHED_FOR,
        test_started_at__lte=at + CLOCKS_DIFFER,
    ).exclude(status=ForwardingStatus.DISABLED)
    if re.fullmatch(E164_PATTERN, forwarded_from):
        watched = watched.filter(sim_phone_number=forwarded_from)
    found: UUID | None = watched.order_by("-test_started_at").values_list("pk", flat=True).first()
    if found is None:
        return None
    HybridForwardingConfig.objects.filter(pk=found).update(
        seen_working_at=now(), test_started_at=None, updated_at=now()
    )
    note_arrival(org_id=org_id, forwarding_id=found, calling_number=calling_number)
    publish_on_commit(org_id, LIVE_KIND, id=found)
    return found
