"""This room's step on the way to a clinic's first call."""

from django.db.models import Exists

from contacts.models import Service
from orgs.models import Organization
from orgs.onboarding import Step
from scheduling.models import BusinessHours


def _are_known(org: Organization) -> bool:
    services = Service.objects.for_org(org.pk).filter(is_active=True)
    return BusinessHours.objects.for_org(org.pk).filter(Exists(services)).exists()


HOURS_AND_SERVICES = Step(
    key="hours",
    order=20,
    title="Hours and services",
    note="You start with Monday to Friday, 9 to 5, and seven usual services.",
    is_done=_are_known,
    url_name="scheduling:hours",
    action="Check your hours",
)
