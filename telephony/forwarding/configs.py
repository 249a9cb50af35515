"""Forwarding of verified lines: set up, said to be on, changed, turned off.

The status moves in one circle: waiting → on → off → waiting. A change of what is on goes through off.
"""

from dataclasses import replace
from uuid import UUID

from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.forwarding.carriers import DIALECT_OF_CARRIER, NETWORKS
from telephony.forwarding.choices import SettledChoice, settle_choice, warn_of
from telephony.forwarding.codes import codes_for
from telephony.forwarding.errors import ForwardingIsOff, NotVerified
from telephony.forwarding.types import ForwardingChoice, ForwardingCodes
from telephony.forwarding.verifying import LIVE_KIND
from telephony.models import Carrier, ForwardingStatus, HybridForwardingConfig, VerifiedCallerId
from voxanne.clock import now
from voxanne.errors import NotFound
from voxanne.live import publish_on_commit

_NEXT = {
    ForwardingStatus.PENDING_SETUP: ForwardingStatus.ACTIVE,
    ForwardingStatus.ACTIVE: ForwardingStatus.DISABLED,
    ForwardingStatus.DISABLED: ForwardingStatus.PENDING_SETUP,
}
_CHOSEN = (
    "forwarding_type", "carrier", "network", "carrier_country_code", "twilio_forwarding_number", "ring_time_seconds",
    "generated_activation_code", "generated_deactivation_code",
)  # fmt: skip


def set_up_forwarding(
    *, org: Organization, verified_caller_id: UUID, choice: ForwardingChoice, actor: Actor
) -> HybridForwardingConfig:
    """Choose how a verified line forwards. A second choice for the same line takes the place of the first.

    The same choice again changes nothing while it waits or is on; another one, or one that was off, waits for its code
    to be dialled.

    Raises:
        NotFound, NotVerified: no such line, or not proved yet.
        DomainError: as `choices.settle_choice`.
    """
    with org_scope(org), org_tx():
        line = VerifiedCallerId.objects.select_for_update().filter(pk=verified_caller_id).first()
        if line is None:
            raise NotFound("We could not find that number.")
        if not line.is_verified:
            raise NotVerified
        config: HybridForwardingConfig | None = (
            HybridForwardingConfig.objects.select_for_update().filter(sim_phone_number=line.phone_number).first()
        )
        present = config.twilio_forwarding_number if config else ""
        wanted = _columns(settle_choice(choice, line=line.phone_number, present=present))
        if config is None:
            config = HybridForwardingConfig.objects.create(
                org=org, verified_caller=line, sim_phone_number=line.phone_number, **wanted
            )
            audit.record(actor, "forwarding.set_up", config, forwarding_type=str(config.forwarding_type))
            publish_on_commit(org.pk, LIVE_KIND, id=config.pk)
            return config
        return _change(org, config, wanted, actor)


def confirm_forwarding(*, org: Organization, forwarding_id: UUID, actor: Actor) -> HybridForwardingConfig:
    """Somebody says that they dialled the code. Said twice is said once.

    Raises:
        NotFound: no such forwarding. ForwardingIsOff: it was turned off; it has to be set up again.
    """
    with org_scope(org), org_tx():
        config = _lock(forwarding_id)
        if config.status == ForwardingStatus.ACTIVE:
            return config
        if config.status == ForwardingStatus.DISABLED:
            raise ForwardingIsOff
        _move(config, ForwardingStatus.ACTIVE)
        config.user_confirmed_setup, config.confirmed_at = True, now()
        _save(org, config)
        audit.record(actor, "forwarding.confirmed", config)
    return config


def disable_forwarding(*, org: Organization, forwarding_id: UUID, actor: Actor) -> HybridForwardingConfig:
    """Note that a line does not forward any more; its code has to be dialled all the same. Said twice is said once.

    What was never on is forgotten: its row goes, and the returned one tells its code.

    Raises:
        NotFound: no such forwarding.
    """
    with org_scope(org), org_tx():
        config = _lock(forwarding_id)
        if config.status == ForwardingStatus.DISABLED:
            return config
        if config.status == ForwardingStatus.PENDING_SETUP:
            audit.record(actor, "forwarding.abandoned", config)
            HybridForwardingConfig.objects.filter(pk=config.pk).delete()
            publish_on_commit(org.pk, LIVE_KIND, id=config.pk)
            return config
        _turn_off(config)
        _save(org, config)
        audit.record(actor, "forwarding.disabled", config)
    return config


def preview_forwarding(
    *, org: Organization, choice: ForwardingChoice, verified_caller_id: UUID | None = None
) -> ForwardingCodes:
    """The codes of a choice, storing nothing.

    Raises:
        NotFound: no such line. DomainError: as `choices.settle_choice`.
    """
    with org_scope(org), org_tx():
        line = present = ""
        if verified_caller_id is not None:
            found = VerifiedCallerId.objects.filter(pk=verified_caller_id).first()
            if found is None:
                raise NotFound("We could not find that number.")
            line = found.phone_number
            config = HybridForwardingConfig.objects.filter(sim_phone_number=line).first()
            present = config.twilio_forwarding_number if config else ""
        return settle_choice(choice, line=line, present=present).codes


def codes_of(config: HybridForwardingConfig) -> ForwardingCodes:
    """Everything that there is to key in for a stored choice; the stored codes stay what they were. One query."""
    network = NETWORKS.get(config.network)
    dialect = network.dialect if network else DIALECT_OF_CARRIER[Carrier(config.carrier)]
    codes = codes_for(
        dialect,
        config.forwarding_type,
        config.twilio_forwarding_number,
        config.ring_time_seconds,
        config.carrier_country_code,
    )
    with org_scope(config.org_id), org_tx():
        warnings = warn_of(line=config.sim_phone_number, mode=config.forwarding_type)
    return replace(codes, notes=(*warnings, *codes.notes))


def _columns(settled: SettledChoice) -> dict[str, object]:
    return {
        "forwarding_type": settled.forwarding_type,
        "carrier": settled.carrier,
        "network": settled.network,
        "carrier_country_code": settled.country,
        "twilio_forwarding_number": settled.forwarding_number,
        "ring_time_seconds": settled.ring_seconds,
        "generated_activation_code": settled.codes.activation,
        "generated_deactivation_code": settled.codes.deactivation,
    }


def _change(
    org: Organization, config: HybridForwardingConfig, wanted: dict[str, object], actor: Actor
) -> HybridForwardingConfig:
    is_same = all(getattr(config, name) == wanted[name] for name in _CHOSEN)
    if is_same and config.status != ForwardingStatus.DISABLED:
        return config
    for name in _CHOSEN:
        setattr(config, name, wanted[name])
    if config.status == ForwardingStatus.ACTIVE:
        _turn_off(config)
    if config.status == ForwardingStatus.DISABLED:
        _move(config, ForwardingStatus.PENDING_SETUP)
    config.seen_working_at = config.test_started_at = None
    _save(org, config)
    audit.record(actor, "forwarding.changed", config, forwarding_type=str(config.forwarding_type))
    return config


def _turn_off(config: HybridForwardingConfig) -> None:
    _move(config, ForwardingStatus.DISABLED)
    config.user_confirmed_setup, config.confirmed_at, config.test_started_at = False, None, None


def _move(config: HybridForwardingConfig, wanted: ForwardingStatus) -> None:
    """One step in the circle; anything else is a mistake of ours."""
    if _NEXT[ForwardingStatus(config.status)] != wanted:
        raise ValueError(f"forwarding cannot go from {config.status} to {wanted}")
    config.status = wanted


def lock_to_try(forwarding_id: UUID) -> HybridForwardingConfig:
    """A forwarding that may be tried, locked. In the organisation's transaction.

    Raises:
        NotFound: no such forwarding. ForwardingIsOff: it was turned off.
    """
    config = _lock(forwarding_id)
    if config.status == ForwardingStatus.DISABLED:
        raise ForwardingIsOff
    return config


def _lock(forwarding_id: UUID) -> HybridForwardingConfig:
    config: HybridForwardingConfig | None = (
        HybridForwardingConfig.objects.select_for_update().filter(pk=forwarding_id).first()
    )
    if config is None:
        raise NotFound("We could not find that forwarding.")
    return config


def _save(org: Organization, config: HybridForwardingConfig) -> None:
    config.save()
    publish_on_commit(org.pk, LIVE_KIND, id=config.pk)
