"""This room's step on the way to a clinic's first call."""

from django.conf import settings

from calls.models import Call
from orgs.models import Organization
from orgs.onboarding import Step


def _has_been_called(org: Organization) -> bool:
    return Call.objects.for_org(org.pk).exists()


FIRST_CALL = Step(
    key="first-call",
    order=40,
    title="A first call",
    note="Hear how your receptionist answers, and see the call arrive here.",
    is_done=_has_been_called,
    url_name="calls:simulate" if settings.SANDBOX else "calls:list",
    action="Simulate a call" if settings.SANDBOX else "See calls",
)
