"""The Django admin, as its own database login: staff only, across clinics, audited, without secrets."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from conftest import PASSWORD, as_login, make_org, make_user
from orgs.models import AuditEntry, Membership, Organization, User
from orgs.scope import service_tx

ADMIN = "orgs.platform_access.PlatformAdminMiddleware"
pytestmark = [pytest.mark.urls("voxanne.urls_admin"), pytest.mark.django_db(transaction=True)]


def as_admin_login():
    """The admin process's login with its real rights instead of the tests' own."""
    return as_login("voxanne_admin")


@pytest.fixture(autouse=True)
def admin_process(settings):
    settings.MIDDLEWARE = [ADMIN if name.endswith("OrgMiddleware") else name for name in settings.MIDDLEWARE]


@pytest.fixture
def clinics():
    north = make_org("North Clinic", make_user("owner@north.example"))
    south = make_org("South Clinic", make_user("owner@south.example"))
    return north, south


@pytest.fixture
def staff():
    return User.objects.create_superuser("staff@voxanne.example", PASSWORD)


@pytest.fixture
def browser(clinics, staff):
    """A superuser's browser, everything after it under the admin login."""
    with as_admin_login():
        client = Client()
        client.post("/accounts/login/", {"login": staff.email, "password": PASSWORD})
        yield client


def path(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_every_registered_page_opens_under_the_admin_login(browser):
    assert browser.get("/admin/").status_code == 200
    for model, model_admin in admin.site._registry.items():
        response = browser.get(path(model, "changelist"))
        assert response.status_code == 200, model
        if model_admin.get_search_fields(response.wsgi_request):
            assert browser.get(path(model, "changelist"), {"q": "north"}).status_code == 200, model
        with service_tx("test"):
            row = getattr(model, "across_orgs", model._default_manager).first()
        if row is not None:
            assert browser.get(path(model, "change", row.pk)).status_code == 200, model


def test_it_shows_both_clinics(browser):
    page = browser.get(path(Organization, "changelist")).content.decode()

    assert "North Clinic" in page
    assert "South Clinic" in page


def test_a_change_is_kept_and_audited(browser, clinics, staff):
    north, _ = clinics

    response = browser.post(
        path(Organization, "change", north.pk),
        {"name": "North Star", "timezone": "Europe/Dublin", "country": "IE", "currency": "EUR", "phone": ""},
    )

    assert response.status_code == 302
    with service_tx("test"):
        assert Organization.objects.get(pk=north.pk).name == "North Star"
        entry = AuditEntry.objects.get(action="admin.changed")
    assert (entry.org_id, entry.actor_user_id, entry.object_id) == (north.pk, staff.pk, str(north.pk))
    assert "Name" in entry.details["fields"]


def test_nothing_read_only_can_be_changed_added_or_deleted(browser):
    with service_tx("test"):
        entry, membership = AuditEntry.objects.first(), Membership.across_orgs.first()
    for model, row in ((AuditEntry, entry), (Membership, membership)):
        assert browser.post(path(model, "change", row.pk), {}).status_code == 403
        assert browser.post(path(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert browser.get(path(model, "add")).status_code == 403


def test_secrets_are_not_registered_or_shown(browser, staff):
    names = {model._meta.label for model in admin.site._registry}
    assert names.isdisjoint({"mfa.Authenticator", "token_blacklist.OutstandingToken", "account.EmailConfirmation"})

    page = browser.get(path(User, "change", staff.pk)).content.decode()

    assert staff.password not in page


def test_strangers_sign_in_with_their_second_factor_at_the_usual_door(clinics):
    with as_admin_login():
        response = Client().get("/admin/orgs/user/?q=x")

    assert response["Location"] == "/accounts/login/?next=/admin/orgs/user/%3Fq%3Dx"


def test_a_clinics_owner_is_not_staff(clinics):
    with as_admin_login():
        client = Client()
        client.post("/accounts/login/", {"login": "owner@north.example", "password": PASSWORD})

        assert client.get("/admin/").status_code == 403
        assert client.get("/admin/orgs/organization/").status_code == 403


def test_staff_who_are_no_superusers_may_look_but_not_change(clinics):
    helper = make_user("helper@voxanne.example")
    helper.is_staff = True
    helper.save()
    with as_admin_login():
        client = Client()
        client.post("/accounts/login/", {"login": helper.email, "password": PASSWORD})

        assert client.get(path(Organization, "changelist")).status_code == 200
        assert client.post(path(Organization, "change", clinics[0].pk), {"name": "x"}).status_code == 403


def test_signing_out_works(browser):
    assert browser.post("/admin/logout/").status_code in {200, 302}
    assert browser.get("/admin/").status_code == 302


def test_the_sites_own_addresses_lead_to_the_site(browser, settings):
    settings.BACKEND_URL = "https://app.voxanne.clinic"

    assert browser.get("/dashboard/calls?page=2")["Location"] == "https://app.voxanne.clinic/dashboard/calls?page=2"
    assert Client().get("/accounts/login/").status_code == 200
