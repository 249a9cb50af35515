"""Who owns the demo clinic, and making it."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from calls.demo.papers import make_papers
from calls.demo.past import DEMO_PHONE, make_past
from orgs.models import Organization, User
from orgs.querysets import memberships_of
from orgs.scope import org_scope, org_tx
from orgs.services import NewOrganization, create_organization
from voxanne.errors import Forbidden

DEMO_EMAIL = "demo@voxanne.example"
DEMO_PASSWORD = "voxanne-demo"  # noqa: S105 - published on purpose, refused in production
DEMO_CLINIC = "Harbour Street Clinic"


def seed_demo() -> tuple[Organization, bool]:
    """The demo clinic and whether it was made now.

    Raises:
        Forbidden: in production: a published password must never open a real installation.
    """
    if settings.PRODUCTION:
        raise Forbidden("The demo clinic is for development only: its password is published.")
    user = User.objects.filter(email=DEMO_EMAIL).first()
    if user is not None:
        return memberships_of(user.pk)[0].org, False
    with transaction.atomic():
        user = User.objects.create_user(email=DEMO_EMAIL, password=DEMO_PASSWORD, full_name="Robin Hale")
        EmailAddress.objects.create(user=user, email=DEMO_EMAIL, primary=True, verified=True)
        org = create_organization(new=NewOrganization(name=DEMO_CLINIC), owner=user)
        with org_scope(org), org_tx():
            Organization.objects.filter(pk=org.pk).update(phone=DEMO_PHONE)
            make_past(org)
    make_papers(org)
    return org, True
