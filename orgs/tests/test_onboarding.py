"""The checklist, and the clinic's profile."""

import pytest

from orgs import onboarding
from orgs.models import Organization, Role
from orgs.onboarding import Step
from orgs.scope import service_tx

ONBOARDING = "/dashboard/onboarding"
PROFILE = "/dashboard/settings/clinic"
GOOD = {"name": "North Star", "timezone": "Europe/Dublin", "phone": "020 7946 0000"}


@pytest.fixture
def steps(monkeypatch):
    """Only the profile and what a test registers."""
    monkeypatch.setattr(onboarding, "_steps", {"profile": onboarding.PROFILE})


def states(client):
    return {step["title"]: step["state"] for step in client.get(ONBOARDING).context["steps"]}


def test_steps_are_done_by_real_state_and_in_order(steps, north, north_owner, sign_in):
    onboarding.register_step(Step("last", 90, "Last", "", is_done=lambda org: False))
    onboarding.register_step(Step("ready", 20, "Ready", "", is_done=lambda org: True))
    client = sign_in(north_owner)
    assert states(client) == {"Your clinic": "current", "Ready": "done", "Last": "todo"}

    client.post(PROFILE, GOOD)

    assert states(client) == {"Your clinic": "done", "Ready": "done", "Last": "current"}
    page = client.get(ONBOARDING)
    assert (page.context["done"], page.context["total"]) == (2, 3)


def test_a_step_without_a_page_has_no_button(steps, north, north_owner, sign_in):
    onboarding.register_step(Step("x", 20, "X", "", is_done=lambda org: False, url_name="no:such", action="Go"))

    (_, step) = sign_in(north_owner).get(ONBOARDING).context["steps"]

    assert (step["href"], step["action"]) == ("", "")


def test_the_page_asks_little(north, north_owner, sign_in, django_assert_max_num_queries):
    client = sign_in(north_owner)
    client.get(ONBOARDING)

    with django_assert_max_num_queries(16):
        assert client.get(ONBOARDING).status_code == 200


def test_the_profile_is_kept_with_its_number_in_e164(north, north_owner, sign_in):
    client = sign_in(north_owner)

    assert client.post(PROFILE, GOOD)["Location"] == ONBOARDING

    with service_tx("test"):
        kept = Organization.objects.get(pk=north.pk)
    assert (kept.name, kept.timezone, kept.phone) == ("North Star", "Europe/Dublin", "+442079460000")
    assert b"North Star" in client.get(PROFILE).content


@pytest.mark.parametrize(
    ("field", "value"),
    [("phone", "12"), ("phone", "call me"), ("timezone", "Mars/X"), ("name", ""), ("name", "x" * 121)],
)
def test_what_cannot_be_kept_is_marked(north, north_owner, sign_in, field, value):
    response = sign_in(north_owner).post(PROFILE, {**GOOD, field: value})

    assert response.status_code == 422
    assert response.context["form"].errors[field]
    with service_tx("test"):
        assert Organization.objects.get(pk=north.pk).name == "North Clinic"


def test_a_member_may_look_at_the_profile_and_not_change_it(north, add_member, sign_in):
    client = sign_in(add_member(north, Role.MEMBER))

    assert client.get(PROFILE).status_code == 200
    assert client.post(PROFILE, GOOD).status_code == 403
