"""Registering something at Vapi exactly once, whoever asks and however often they are interrupted.

One row a definition, named by its hash. A changed definition is registered anew and linked from then on; the old one
stays until nothing uses it. Registering is claimed by the row, so that workers at once end with one registration; what
registers asks Vapi first whether an earlier, interrupted attempt already did.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db.models import Q

from agents.errors import RegistrationBusy
from agents.hashing import definition_hash
from agents.models import PlatformRegistration, RegistrationKind
from orgs.scope import service_tx
from providers.vapi.client import JsonObject, VapiClient
from voxanne.clock import now

log = structlog.get_logger(__name__)

CLAIM_S = 60
WAIT_S = 20.0
POLL_S = 0.1


@dataclass(frozen=True)
class Wanted:
    """One thing to have at Vapi, and how to get it there. `definition` is stored: it holds no secret.

    Attributes:
        hash: equal for equal definitions; a secret inside one is represented by something that does not tell it.
        account: of `VapiClient`; empty for the platform's.
        register: finds or makes the thing and returns its id; called by one worker at a time.
    """

    kind: RegistrationKind
    name: str
    hash: str
    definition: JsonObject
    register: Callable[[], str]
    account: str = ""

    @property
    def key(self) -> dict[str, str]:
        """What names the row. Another account at Vapi is another registration."""
        hashed = definition_hash([self.hash, self.account]) if self.account else self.hash
        return {"kind": self.kind, "name": self.name, "definition_hash": hashed}


def ensure_registered(wanted: Wanted) -> str:
    """The id at Vapi of one definition, registering it when this worker gets the claim.

    Raises:
        RegistrationBusy: another worker holds the claim for longer than is worth waiting.
        ProviderError: Vapi did not take it; the claim is given back.
    """
    deadline = time.monotonic() + WAIT_S
    while True:
        vapi_id = _find_or_claim(wanted)
        if vapi_id is None:
            return _register(wanted)
        if vapi_id:
            return vapi_id
        if time.monotonic() > deadline:
            raise RegistrationBusy
        time.sleep(POLL_S)


def forget_missing(client: VapiClient, vapi_ids: Collection[str]) -> int:
    """Ask Vapi for each of these registrations and forget those that are gone; how many were."""
    finders: dict[str, Callable[[str], Any]] = {
        RegistrationKind.TOOL: client.find_tool,
        RegistrationKind.STRUCTURED_OUTPUT: client.find_structured_output,
        RegistrationKind.CREDENTIAL: client.find_credential,
    }
    with service_tx("check registrations at Vapi"):
        rows = list(PlatformRegistration.objects.filter(vapi_id__in=vapi_ids))
    missing = [row.pk for row in rows if finders[row.kind](row.vapi_id) is None]
    if not missing:
        return 0
    with service_tx("forget registrations that are gone"):
        PlatformRegistration.objects.filter(pk__in=missing).delete()
    log.warning("registrations.missing", count=len(missing))
    return len(missing)


def _find_or_claim(wanted: Wanted) -> str | None:
    """The id when it is registered, "" while another worker is at it, None when the claim is now ours."""
    moment = now()
    with service_tx("claim a platform registration"):
        key = wanted.key
        PlatformRegistration.objects.bulk_create(
            [PlatformRegistration(**key, definition=wanted.definition)], ignore_conflicts=True
        )
        row = PlatformRegistration.objects.get(**key)
        if row.vapi_id:
            return row.vapi_id
        free = Q(claimed_until=None) | Q(claimed_until__lte=moment)
        claimed = PlatformRegistration.objects.filter(free, pk=row.pk, vapi_id="").update(
            claimed_until=moment + timedelta(seconds=CLAIM_S)
        )
    return None if claimed else ""


def _register(wanted: Wanted) -> str:
    vapi_id = ""
    try:
        vapi_id = wanted.register()
    finally:
        with service_tx("record a platform registration"):
            PlatformRegistration.objects.filter(**wanted.key).update(
                vapi_id=vapi_id, claimed_until=None, updated_at=now()
            )
    log.info("registration.made", kind=wanted.kind.value, name=wanted.name, vapi_id=vapi_id)
    return vapi_id
