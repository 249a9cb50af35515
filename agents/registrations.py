"""Registering something at Vapi exactly once, whoever asks and however often they are interrupted.

One row a definition, named by its hash. A changed definition is registered anew and linked from then on; the one
before is retired (`agents.retirement`). Registering is claimed by the row, so that workers at once end with one
registration; what registers asks Vapi first whether an earlier, interrupted attempt already did.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db.models import F, Q

from agents.errors import RegistrationBusy
from agents.measures import SYNCS
from agents.models import PlatformRegistration, RegistrationKind
from orgs.scope import service_tx
from voxanne.clock import now
from voxanne.errors import ProviderError, Timeout, Unavailable

log = structlog.get_logger(__name__)

CLAIM_S = 60
WAIT_S = 20.0
POLL_S = 0.1


@dataclass(frozen=True)
class Wanted:
    """One thing to have at Vapi, and how to get it there. `definition` is stored: it holds no secret.

    Attributes:
        hash: equal for equal definitions; a secret inside one is represented by something that does not tell it.
        account: of `VapiClient`; empty for the platform's. Another account is another registration.
        register: finds or makes the thing and returns its id; called by one worker at a time.
    """

    kind: RegistrationKind
    name: str
    hash: str
    definition: dict[str, Any]
    register: Callable[[], str]
    account: str = ""

    @property
    def key(self) -> dict[str, str]:
        """What names the row."""
        return {**self.place, "definition_hash": self.hash}

    @property
    def place(self) -> dict[str, str]:
        """What it shares with its earlier definitions."""
        return {"kind": self.kind, "name": self.name, "account": self.account}


def ensure_all(wanted: Sequence[Wanted]) -> list[str]:
    """The ids of several definitions, in order; one look at the table when all are registered already.

    Raises:
        RegistrationBusy, ProviderError: as `ensure_registered`.
    """
    with service_tx("look up registrations"):
        rows = PlatformRegistration.objects.filter(
            definition_hash__in=[item.hash for item in wanted], claimed_until=None, retired_at=None
        ).exclude(vapi_id="")
        known = {(row.kind, row.name, row.account, row.definition_hash): row.vapi_id for row in rows}
    return [known.get((item.kind, item.name, item.account, item.hash)) or ensure_registered(item) for item in wanted]


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


def find_earlier(wanted: Wanted) -> str:
    """The id of the newest other definition of the same thing that is still at Vapi; "" when there is none."""
    with service_tx("look up earlier registrations"):
        earlier = PlatformRegistration.objects.filter(**wanted.place, claimed_until=None).exclude(vapi_id="")
        found: str | None = (
            earlier.exclude(definition_hash=wanted.hash)
            .order_by(F("retired_at").desc(nulls_first=True), "-created_at")
            .values_list("vapi_id", flat=True)
            .first()
        )
    return found or ""


def _find_or_claim(wanted: Wanted) -> str | None:
    """The id when it is registered, "" while another worker is at it, None when the claim is now ours.

    One that was retired and not yet deleted is wanted again from here on.
    """
    moment = now()
    with service_tx("claim a platform registration"):
        PlatformRegistration.objects.bulk_create(
            [PlatformRegistration(**wanted.key, definition=wanted.definition)], ignore_conflicts=True
        )
        row = PlatformRegistration.objects.select_for_update().get(**wanted.key)
        if row.claimed_until is not None and row.claimed_until > moment:
            return ""
        if row.vapi_id:
            if row.retired_at is not None:
                PlatformRegistration.objects.filter(pk=row.pk).update(retired_at=None)
                _supersede(wanted, row.vapi_id)
            return row.vapi_id
        PlatformRegistration.objects.filter(pk=row.pk).update(claimed_until=moment + timedelta(seconds=CLAIM_S))
    return None


def _register(wanted: Wanted) -> str:
    vapi_id, started = "", time.perf_counter()
    try:
        vapi_id = wanted.register()
    finally:
        outcome = "registered" if vapi_id else "failed"
        SYNCS.labels(wanted.kind.value, outcome).observe(time.perf_counter() - started)
        with service_tx("record a platform registration"):
            PlatformRegistration.objects.filter(**wanted.key).update(
                vapi_id=vapi_id, claimed_until=None, verified_at=now() if vapi_id else None, updated_at=now()
            )
            if vapi_id:
                _supersede(wanted, vapi_id)
    log.info("registration.made", kind=wanted.kind.value, name=wanted.name, vapi_id=vapi_id)
    return vapi_id


def _supersede(wanted: Wanted, vapi_id: str) -> None:
    """Retire the earlier definitions. A row for the same thing at Vapi goes at once: it tells what is not there."""
    others = PlatformRegistration.objects.filter(**wanted.place).exclude(definition_hash=wanted.hash)
    others.filter(vapi_id=vapi_id).delete()
    free = Q(claimed_until=None) | Q(claimed_until__lte=now())
    others.filter(free, retired_at=None).exclude(vapi_id="").update(retired_at=now())


def is_refusal(error: ProviderError) -> bool:
    """Whether Vapi understood and said no, so that asking again would not help."""
    return not error.retryable and not isinstance(error, Timeout | Unavailable)
