"""`/api/agents/{id}` and what stands beneath it."""

import uuid

import pytest
from django.urls import reverse

from agents.models import AgentMode, SyncState
from agents.tests.people import person
from agents.tests.stage import BAD, GOOD, publications_of, publish, rehearsing, run, save
from orgs.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(north, agent_of):
    return f"/api/agents/{agent_of(north).pk}"


@pytest.fixture
def browser(north_owner, sign_in):
    return sign_in(north_owner)


def patch(browser, path, body):
    return browser.patch(path, body, content_type="application/json")


def post(browser, path, body=None):
    return browser.post(path, {} if body is None else body, content_type="application/json")


def test_an_agent_is_read_and_edited(north, api, browser, agent_of):
    before = browser.get(api).json()
    assert (before["version"], before["published_version"], before["unpublished"]) == (1, 1, [])
    assert before["publication"] is None

    saved = patch(browser, api, {"first_message": "Good morning.", "max_duration_seconds": 600, "base_version": 1})
    assert saved.status_code == 200
    assert saved.json() == browser.get(api).json()
    assert saved.json() == {
        **before,
        "first_message": "Good morning.",
        "max_duration_seconds": 600,
        "version": 2,
        "unpublished": ["first_message", "max_duration_seconds"],
    }
    assert agent_of(north).first_message == before["first_message"]
    assert [row["version"] for row in browser.get("/api/agents").json()] == [2, 1]


def test_a_mode_acts_at_once(north, api, browser, agent_of):
    assert patch(browser, api, {"mode": "off"}).json()["mode"] == "off"
    assert (agent_of(north).mode, agent_of(north).version) == (AgentMode.OFF, 1)
    refused = patch(browser, api, {"mode": "asleep", "first_message": "Good night."})
    assert (refused.status_code, set(refused.json()["fields"])) == (400, {"mode"})
    assert agent_of(north).version == 1


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"name": "x" * 41, "language": "xx"}, {"name", "language"}),
        ({"vapi_assistant_id": "x"}, {"vapi_assistant_id"}),
        ({"base_version": "one"}, {"base_version"}),
        ({"base_version": True}, {"base_version"}),
        ({"base_version": 10**40}, {"base_version"}),
        ({"mode": ["off"]}, {"mode"}),
        ({"mode": 7}, {"mode"}),
    ],
)
def test_bad_input_names_its_fields(api, browser, body, fields):
    refused = patch(browser, api, body)

    assert refused.status_code == 400
    assert set(refused.json()["fields"]) == fields


@pytest.mark.parametrize("body", ["[]", '"x"', "null", "{", "7"])
def test_anything_but_an_object_is_a_400(api, browser, body):
    for path in (f"{api}/publish", f"{api}/restore"):
        assert browser.post(path, body, content_type="application/json").status_code == 400
    assert browser.patch(api, body, content_type="application/json").status_code == 400


def test_an_older_form_is_a_409_that_says_who_saved(api, browser):
    patch(browser, api, {"first_message": "Good morning.", "base_version": 1})
    refused = patch(browser, api, {"first_message": "Good evening.", "base_version": 1})

    assert (refused.status_code, refused.json()["code"]) == (409, "saved_meanwhile")
    assert "Nora North saved version 2 meanwhile (greeting)" in refused.json()["error"]


def test_a_version_is_published_over_the_api(north, api, browser):
    patch(browser, api, {"first_message": "Good morning."})
    asked = post(browser, f"{api}/publish")
    assert asked.status_code == 202
    assert (asked.json()["version"], asked.json()["state"], asked.json()["results"]) == (2, "rehearsing", [])

    with rehearsing(BAD):
        run(north, publications_of(north)[0])
    shown = browser.get(api).json()["publication"]
    assert (shown["state"], shown["results"]) == ("refused", [BAD.as_json()])
    assert shown["message"] == "1 of 1 rehearsals failed. Version 1 stays live."
    over = post(browser, f"{api}/publish", {"override": True, "reason": "We close today."})
    assert (over.status_code, over.json()["override_reason"]) == (202, "We close today.")
    with rehearsing(BAD):
        run(north, publications_of(north)[1])
    assert browser.get(api).json()["published_version"] == 2
    assert post(browser, f"{api}/publish").json()["state"] == "published"


def test_publishing_refuses_in_plain_words(north, api, browser, add_member, sign_in):
    assert post(browser, f"{api}/publish").json()["code"] == "nothing_to_publish"
    patch(browser, api, {"first_message": "Good morning."})
    nameless = post(browser, f"{api}/publish", {"override": True})
    assert (nameless.status_code, set(nameless.json()["fields"])) == (400, {"reason"})
    admin = sign_in(add_member(north, Role.ADMIN))
    refused = post(admin, f"{api}/publish", {"override": True, "reason": "I want it"})
    assert (refused.status_code, refused.json()["code"]) == (403, "only_owners_override")
    assert "Only an owner of your clinic" in refused.json()["error"]
    assert post(admin, f"{api}/publish").status_code == 202


def test_versions_are_listed_opened_and_restored(api, browser):
    for greeting in ("Good morning.", "Good evening."):
        patch(browser, api, {"first_message": greeting})

    listed = browser.get(f"{api}/versions").json()
    assert listed["next"] is None
    assert [(row["number"], row["author"], row["changed"]) for row in listed["results"]] == [
        (3, "Nora North", ["first_message"]),
        (2, "Nora North", ["first_message"]),
        (1, None, []),
    ]
    second = browser.get(f"{api}/versions/2").json()
    assert second["config"]["first_message"] == second["changes"]["first_message"][1] == "Good morning."
    restored = post(browser, f"{api}/restore", {"version": 2})
    assert (restored.status_code, restored.json()["version"]) == (200, 4)
    assert restored.json()["first_message"] == "Good morning."
    assert browser.get(f"{api}/versions").json()["results"][0]["restored_from"] == 2
    assert browser.get(f"{api}/versions/9").status_code == 404
    assert post(browser, f"{api}/restore", {"version": 9}).status_code == 404
    for wrong in ({}, {"version": 0}, {"version": "two"}):
        assert post(browser, f"{api}/restore", wrong).status_code == 400


def test_versions_come_in_pages(north, north_owner, api, browser, agent_of):
    for number in range(27):
        save(north, agent_of(north), person(north, north_owner), first_message=f"Good morning {number}.")

    first = browser.get(f"{api}/versions").json()
    second = browser.get(f"{api}/versions?before={first['next']}").json()
    assert [row["number"] for row in first["results"] + second["results"]] == list(range(28, 0, -1))
    assert second["next"] is None
    assert browser.get(f"{api}/versions?before=x").status_code == 400


def test_the_finished_prompt_of_any_version(api, browser):
    patch(browser, api, {"system_prompt": "Offer tea to everybody."})

    newest, first = browser.get(f"{api}/prompt").json(), browser.get(f"{api}/prompt?version=1").json()
    assert (newest["version"], first["version"]) == (2, 1)
    assert "Offer tea to everybody." in newest["prompt"]
    assert "Offer tea" not in first["prompt"]
    assert newest["characters"] == len(newest["prompt"])
    assert (newest["limit"], newest["excess"]) == (30_000, 0)
    assert browser.get(f"{api}/prompt?version=9").status_code == 404
    assert browser.get(f"{api}/prompt?version=-1").status_code == 400


def test_a_sync_is_asked_for(north, api, browser, agent_of, change_agent):
    change_agent(north, sync_state=SyncState.FAILED, sync_error="No.")
    asked = post(browser, f"{api}/sync")

    assert (asked.status_code, asked.json()["sync_state"]) == (202, "syncing")
    assert agent_of(north).sync_error == ""


READS = ("", "/versions", "/versions/1", "/prompt")
WRITES = ("/publish", "/sync", "/restore")


def test_members_read_and_admins_write(north, api, add_member, sign_in):
    member, admin = sign_in(add_member(north, Role.MEMBER)), sign_in(add_member(north, Role.ADMIN))

    assert [member.get(api + path).status_code for path in READS] == [200] * 4
    assert [post(member, api + path).status_code for path in WRITES] == [403] * 3
    assert patch(member, api, {"mode": "off"}).status_code == 403
    assert patch(admin, api, {"mode": "off"}).status_code == 200


def test_another_organisations_and_unknown_agents_are_not_found(south, south_owner, sign_in, api, client):
    browser = sign_in(south_owner)
    for path in (api, f"/api/agents/{uuid.uuid4()}"):
        assert [browser.get(path + end).status_code for end in READS] == [404] * 4
        assert [post(browser, path + end, {"version": 1}).status_code for end in WRITES] == [404] * 3
        assert patch(browser, path, {"mode": "off"}).status_code == 404
    assert browser.get("/api/agents/nonsense").status_code == 400
    assert [client.get(api + end).status_code for end in READS] == [401] * 4
    assert patch(client, api, {}).status_code == 401


def test_reading_takes_few_queries(published, browser, django_assert_num_queries):
    for path, queries in (("", 14), ("/versions", 13), ("/versions/1", 12), ("/prompt", 18)):
        browser.get(published + path)
        with django_assert_num_queries(queries):
            assert browser.get(published + path).status_code == 200


@pytest.fixture
def published(north, north_owner, agent_of, api):
    """The address of an agent that has a past."""
    agent, owner = agent_of(north), person(north, north_owner)
    save(north, agent, owner, first_message="Good morning.")
    with rehearsing(GOOD):
        run(north, publish(north, agent, owner))
    return api


def test_the_schema_describes_it(browser):
    schema = browser.get(reverse("orgs:api_schema"), {"format": "json"}).content.decode()

    for path in ("publish", "restore", "versions", "prompt", "sync"):
        assert f"/api/agents/{{agent_id}}/{path}" in schema
