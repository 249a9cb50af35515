"""Every address, found by itself: who gets in, and who does not. One that says nothing about itself fails here."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client

from orgs.models import Organization, Role
from orgs.permissions import PERMISSIONS, is_allowed
from orgs.scope import org_scope, org_tx
from orgs.tenancy.samples import make_sample
from tests.isolation.addresses import Address, all_addresses, each_alone

# Addresses without an organisation, each with the reason. What is neither here nor declares a permission fails.
OPEN = {
    "home": "redirects to the dashboard",
    "admin": "redirects to the admin process",
    "health": "says that the process answers",
    "health-ready": "names what fails, nothing more",
    "metrics": "opened by a token of its own; figures of the platform, of no organisation",
    "calls:vapi-webhook": "verified by signature",
    "calls:vapi-webhook-older": "verified by signature",
    "calls:vapi-tool": "verified by signature",
    "calls:vapi-rehearsal": "opened by a signed pass",
    "calls:listen": "opened by its token, which lasts a day at most",
    "telephony:twilio-sms": "verified by signature",
    "telephony:twilio-status": "verified by signature",
    "telephony:twilio-caller-id": "verified by signature",
    "telephony:twilio-trial-call": "verified by signature",
    "telephony:resend-webhook": "verified by signature",
    "scheduling:calendar-notices-google": "proved by its channel's secret",
    "scheduling:calendar-notices-outlook": "proved by its channel's secret",
    "orgs:api_token": "makes an identity",
    "orgs:api_token_refresh": "makes an identity",
    "orgs:api_token_revoke": "ends an identity",
    "credentials:api_callback": "hands a provider's answer to the page that asks who is there",
    "orgs:invitation": "opened by its token, for the invited address",
    "ui:theme": "sets a cookie that holds no secret",
    "account_login": "makes an identity",
    "account_signup": "makes an identity",
    "account_logout": "ends an identity",
    "account_inactive": "words only",
    "account_reset_password": "sends a link",
    "account_reset_password_done": "words only",
    "account_reset_password_from_key": "opened by its token",
    "account_reset_password_from_key_done": "words only",
    "account_email_verification_sent": "words only",
    "account_confirm_email": "opened by its token",
    "account_confirm_login_code": "only with a sign-in under way",
    "mfa_authenticate": "only with a sign-in under way",
}
# Addresses of a person rather than an organisation: a stranger is sent to sign in.
PERSONAL = {
    "orgs:choose",
    "orgs:switch",
    "orgs:api_validate",
    "orgs:api_schema",
    "account_email",
    "account_change_password",
    "account_set_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "usersessions_list",
}
# What each uuid in a path names.
OBJECTS = {
    "call_id": "calls.Call",
    "agent_id": "agents.Agent",
    "appointment_id": "scheduling.Appointment",
    "connection_id": "scheduling.CalendarConnection",
    "closure_id": "scheduling.Closure",
    "service_id": "contacts.Service",
    "contact_id": "contacts.Contact",
    "document_id": "knowledge.KnowledgeDocument",
    "question_id": "knowledge.KnowledgeQuestion",
    "other_id": "contacts.Contact",
    "note_id": "contacts.ContactNote",
    "task_id": "contacts.StaffTask",
    "entry_id": "scheduling.WaitlistEntry",
    "message_id": "telephony.Message",
    "verification_id": "telephony.VerifiedCallerId",
    "verified_caller_id": "telephony.VerifiedCallerId",
    "line_id": "telephony.VerifiedCallerId",
    "forwarding_id": "telephony.HybridForwardingConfig",
    "share_id": "calls.RecordingShare",
    "number_id": "telephony.ManagedPhoneNumber",
    "membership_id": "orgs.Membership",
    "invitation_id": "orgs.Invitation",
}
# Verified by signature or secret, or by a password in the body: no cookie is involved, so no CSRF token either.
_PROVED = (
    "calls:vapi", "calls:listen", "telephony:twilio", "telephony:resend", "orgs:api_token",
    "scheduling:calendar-notices",
)  # fmt: skip
WITHOUT_CSRF = {name for name in OPEN if name.startswith(_PROVED)}

ADDRESSES = all_addresses()
DECLARED = [a for a in ADDRESSES if any(a.declaration(method).permission for method in ("GET", "POST"))]
DOORS = [
    (address, method) for address in DECLARED for method in address.methods if address.declaration(method).permission
]


def call(client: Client, address: Address, method: str, **known: UUID):
    if method == "GET":
        return client.get(address.path(**known))
    return client.generic(method, address.path(**known), "{}", content_type="application/json")


@pytest.fixture
def objects_of(north_owner) -> Callable[[Organization], dict[str, UUID]]:
    """Rows of an organisation for every uuid that a path may hold."""

    def make(org: Organization) -> dict[str, UUID]:
        with org_scope(org), org_tx():
            return {
                name: make_sample(apps.get_model(label), user_id=north_owner.pk).pk
                if name != "membership_id"
                else apps.get_model(label).objects.get().pk
                for name, label in OBJECTS.items()
            }

    return make


def test_every_address_says_who_may_use_it():
    silent = [a.name for a in ADDRESSES if a not in DECLARED and a.name not in OPEN and a.name not in PERSONAL]

    assert silent == [], "declare a permission with require_permission, or list it here with its reason"


def test_every_uuid_in_a_path_is_known():
    unknown = {name for address in DECLARED for name in address.uuids} - OBJECTS.keys()

    assert unknown == set(), "say in OBJECTS what it names, so that another clinic's is tried"


def test_every_declared_permission_is_in_the_table():
    assert {address.declaration(method).permission for address, method in DOORS} <= PERMISSIONS.keys()


def test_a_stranger_does_not_get_in(db):
    wrong = []
    for address, method in each_alone(DOORS):
        response = call(Client(), address, method)
        if method == "GET" and not address.path().startswith("/api/"):
            held = response.status_code == 302 and response["Location"].split("?")[0] == "/accounts/login/"
        else:
            held = response.status_code == 401
        if not held:
            wrong.append((address.name, method, response.status_code))

    assert wrong == []


def test_a_stranger_has_no_person_pages(db):
    wrong = []
    for address in each_alone(a for a in ADDRESSES if a.name in PERSONAL):
        response = Client().get(address.path())
        led_to = response.get("Location", "/accounts/login/")
        if response.status_code not in {302, 401, 405} or not led_to.startswith("/accounts/login/"):
            wrong.append((address.name, response.status_code, led_to))

    assert {address.name for address in ADDRESSES} >= PERSONAL
    assert wrong == []


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_what_the_table_says(north, add_member, sign_in, role):
    member = add_member(north, role, f"{role.value}@roles.example")
    wrong = []
    for address, method in DOORS:
        may = is_allowed(role, address.declaration(method).permission)
        status = call(sign_in(member), address, method).status_code
        if (may and status in {401, 403}) or (not may and status != 403):
            wrong.append((address.name, method, status))

    assert wrong == []


def test_a_colleague_whose_membership_ended_gets_nothing(north, add_member, sign_in, working_for):
    member = add_member(north, Role.ADMIN)
    client = sign_in(member)
    with working_for(north):
        apps.get_model("orgs.Membership").objects.filter(user=member).update(is_active=False)

    for address, method in DOORS:
        response = call(client, address, method)
        assert response.status_code in {302, 403}, address
        assert response.get("Location", "/dashboard/choose") == "/dashboard/choose"


WITH_OBJECTS = [(address, method) for address, method in DOORS if address.uuids]


def test_another_clinics_object_is_not_found(north, south_owner, south, objects_of, sign_in):
    theirs, client, wrong = objects_of(north), sign_in(south_owner), []
    for address, method in each_alone(WITH_OBJECTS):
        response = call(client, address, method, **{name: theirs[name] for name in address.uuids})
        unknown = call(client, address, method)
        alike = response.status_code == unknown.status_code  # another clinic's must look like one that never was
        hidden = response.status_code in {302, 400, 404, 405} and b"North Clinic" not in response.content
        if not (alike and hidden):
            wrong.append((address.name, method, response.status_code, unknown.status_code))

    assert wrong == []


def test_a_malformed_uuid_is_a_400(north, north_owner, sign_in):
    client, found = sign_in(north_owner), {}
    for address in each_alone(a for a in ADDRESSES if a.uuids):
        path = address.path(**{address.uuids[0]: UUID(int=0)}).replace(str(UUID(int=0)), "not-a-uuid")
        found[address.name] = client.get(path).status_code

    assert len(found) > 20
    assert set(found.values()) == {400}, found


def test_writes_need_the_csrf_token(north, north_owner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(north_owner)
    writes = {address: {method for door, method in DOORS if door is address} - {"GET"} for address in ADDRESSES}
    let_through = {
        (address.name, method): response.status_code
        for address in ADDRESSES
        if address.name not in WITHOUT_CSRF
        for method in writes[address] or {"POST"}
        if (response := call(client, address, method)).status_code not in {403, 405}
    }

    assert let_through == {}


def test_an_unknown_address_is_not_found_with_and_without_a_session(north, north_owner, sign_in):
    for client in (Client(), sign_in(north_owner)):
        assert client.get("/dashboard/nothing-here").status_code == 404
        assert client.get("/api/nothing-here").json()["code"] == "not_found"
