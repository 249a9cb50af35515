"""The rules of booking that a clinic sets: what callers may change by themselves, and how each service is placed."""

from collections.abc import Mapping
from uuid import UUID

from contacts.models import Service
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from scheduling.models import SchedulingSettings
from scheduling.policies import settings_of
from scheduling.settings_changes import lock_people, record_change
from voxanne.errors import NotFound

CHOICES = ("change_notice_minutes", "callers_may_change", "needs_approval")
# What a service may share with all others, and what is its own.
SHARED_RULES = ("minimum_notice_minutes", "horizon_days", "slot_step_minutes")
RULES = ("duration_minutes", "buffer_before_minutes", "buffer_after_minutes", *SHARED_RULES)


def save_scheduling_settings(*, org: Organization, chosen: Mapping[str, int | bool], actor: Actor) -> list[str]:
    """Store what callers may do by themselves; the names of those choices that changed."""
    with org_tx():
        lock_people(org)
        stored = settings_of(org)
        changed = [name for name in CHOICES if getattr(stored, name) != chosen[name]]
        for name in changed:
            setattr(stored, name, chosen[name])
        if changed:
            stored.save()
            record_change(org, actor, "settings.scheduling_changed", stored, changed=changed)
    return changed


def access_service(org: Organization, service_id: UUID) -> Service:
    """A service that is sold.

    Raises:
        NotFound: none of the clinic's.
    """
    found: Service | None = Service.objects.for_org(org.pk).filter(pk=service_id, is_active=True).first()
    if found is None:
        raise NotFound("We could not find that service.")
    return found


def save_service_rules(
    *, org: Organization, service_id: UUID, rules: Mapping[str, int], actor: Actor, share: bool = False
) -> list[Service]:
    """Store how a service is placed, and with `share` its notice, horizon and step for all others too.

    Appointments that stand keep their times. The services that changed are returned.

    Raises:
        NotFound: none of the clinic's.
    """
    with org_tx():
        lock_people(org)
        target = access_service(org, service_id)
        services = Service.objects.for_org(org.pk).select_for_update(no_key=True).filter(is_active=True)
        changed = []
        for service in services.order_by("pk") if share else services.filter(pk=target.pk):
            names = RULES if service.pk == target.pk else SHARED_RULES
            fresh = [name for name in names if getattr(service, name) != rules[name]]
            for name in fresh:
                setattr(service, name, rules[name])
            if fresh:
                service.save(update_fields=[*fresh, "updated_at"])
                changed.append(service)
        if changed:
            told = {name: rules[name] for name in RULES}
            record_change(org, actor, "service.rules_changed", target, services=[str(s.pk) for s in changed], **told)
    return changed


def say_change_rule(rules: SchedulingSettings) -> str:
    """Say what callers may do: "Callers may move or cancel by themselves until 24 hours before." """
    if not rules.callers_may_change:
        return "Callers who want to move or cancel are asked to speak to your team."
    if not rules.change_notice_minutes:
        return "Callers may move or cancel by themselves until the appointment begins."
    return f"Callers may move or cancel by themselves until {say_span(rules.change_notice_minutes)} before."


def say_visit(service: Service) -> str:
    """Say "Takes 30 minutes, then 10 minutes stay free." """
    free = []
    if service.buffer_before_minutes:
        free.append(f"{say_span(service.buffer_before_minutes)} before")
    if service.buffer_after_minutes:
        free.append(f"{say_span(service.buffer_after_minutes)} after")
    length = f"Takes {say_span(service.duration_minutes)}"
    return f"{length}; {' and '.join(free)} it stay free." if free else f"{length}."


def say_rule(service: Service) -> str:
    """Say "Callers can book from 2 hours before up to 90 days ahead, every 30 minutes." """
    notice = service.minimum_notice_minutes
    since = f"from {say_span(notice)} before " if notice else ""
    return (
        f"Callers can book {since}up to {say_span(service.horizon_days * 24 * 60)} ahead, "
        f"every {say_span(service.slot_step_minutes, one=False)}."
    )


def say_span(minutes: int, *, one: bool = True) -> str:
    """Say "30 minutes", "2 hours", "1 hour 30 minutes", "3 days"; without `one` "hour" instead of "1 hour"."""
    days, rest = divmod(minutes, 24 * 60)
    if days and not rest and minutes != 24 * 60:
        return f"{days} days"
    hours, left = divmod(minutes, 60)
    words = [
        f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in ((hours, "hour"), (left, "minute")) if count
    ]
    said = " ".join(words) or "0 minutes"
    return said.removeprefix("1 ") if not one and said in ("1 hour", "1 minute") else said
