"""The box about the caller on a call's page: what to remember of them, and whether they are answered."""

import pytest

from calls.tests.factories import make_call
from contacts.models import Contact
from contacts.services import remember_caller
from orgs.models import AuditEntry, Role
from orgs.scope import org_scope, org_tx

pytestmark = pytest.mark.django_db
PHONE = "+447700900123"


@pytest.fixture
def call(north, working_for):
    with working_for(north):
        contact = remember_caller(org=north, phone=PHONE, name="Ana Reyes", source="call")
        return make_call(north, contact=contact)


@pytest.fixture
def browser(sign_in, north, add_member):
    return sign_in(add_member(north, Role.MEMBER))


def contact_of(org):
    with org_scope(org), org_tx():
        return Contact.objects.get()


def audited(org):
    with org_scope(org), org_tx():
        actions = AuditEntry.objects.filter(action__startswith="contact.").order_by("id")
        return list(actions.values_list("action", "details"))


def send(browser, call, **values):
    form = {"preferences": "", "number_use": "unknown", "memory_enabled": "on", **values}
    return browser.post(f"/dashboard/calls/{call.pk}/caller", {k: v for k, v in form.items() if v is not None})


def test_what_the_team_keeps_in_mind_is_stored_and_shown(browser, north, call):
    answer = send(browser, call, preferences="  Prefers\nmornings ", number_use="one")

    assert (answer.status_code, answer.url) == (302, f"/dashboard/calls/{call.pk}")
    contact = contact_of(north)
    assert (contact.preferences, contact.number_use, contact.memory_enabled) == ("Prefers mornings", "one", True)
    assert "Prefers mornings" in browser.get(f"/dashboard/calls/{call.pk}").text
    assert audited(north) == [("contact.memory_changed", {"changed": ["preferences", "number_use"]})]


def test_memory_is_switched_off_for_one_caller(browser, north, call):
    send(browser, call, memory_enabled=None)
    assert contact_of(north).memory_enabled is False


def test_saving_what_was_there_changes_nothing(browser, north, call):
    send(browser, call)
    assert audited(north) == []


@pytest.mark.parametrize("values", [{"preferences": "x" * 301}, {"number_use": "many"}])
def test_what_cannot_be_is_said_at_its_field(browser, north, call, values):
    answer = send(browser, call, **values)

    assert answer.status_code == 422
    assert "field-error" in answer.text or "error" in answer.text
    assert contact_of(north).preferences == ""


def test_a_caller_is_blocked_and_answered_again(browser, north, call):
    for _ in range(2):
        browser.post(f"/dashboard/calls/{call.pk}/caller/block")
    assert contact_of(north).blocked_at is not None
    assert "Blocked since" in browser.get(f"/dashboard/calls/{call.pk}").text

    browser.post(f"/dashboard/calls/{call.pk}/caller/unblock")
    assert contact_of(north).blocked_at is None
    assert [action for action, _ in audited(north)] == ["contact.blocked", "contact.unblocked"]


def test_a_call_without_a_contact_is_found_by_its_number(browser, north, working_for):
    with working_for(north):
        remember_caller(org=north, phone=PHONE, source="call")
        call = make_call(north, phone_number=PHONE)
    browser.post(f"/dashboard/calls/{call.pk}/caller/block")
    assert contact_of(north).blocked_at is not None


def test_a_withheld_number_can_be_neither_blocked_nor_remembered(browser, north, working_for):
    with working_for(north):
        call = make_call(north, phone_number="")
    assert "was withheld" in browser.get(f"/dashboard/calls/{call.pk}").text
    assert browser.post(f"/dashboard/calls/{call.pk}/caller/block").status_code == 404


def test_another_clinics_caller_does_not_exist(sign_in, south_owner, south, north, call):
    browser = sign_in(south_owner)
    for path in ("caller", "caller/block", "caller/unblock"):
        assert browser.post(f"/dashboard/calls/{call.pk}/{path}").status_code == 404
    assert contact_of(north).blocked_at is None


def test_who_took_a_call_is_told_where_it_was_not_simply_the_agent(browser, north, working_for):
    with working_for(north):
        off = make_call(north, metadata={"routed": "agent_off"})
        usual = make_call(north, metadata={"routed": "answered"})
    assert "No agent: it was off" in browser.get(f"/dashboard/calls/{off.pk}").text
    assert "Taken by" not in browser.get(f"/dashboard/calls/{usual.pk}").text
