"""Twenty people save and publish one agent at once: one assistant, and the last save is what it says."""

import threading

import pytest
from django.db import connections

from agents.tests.conftest import assistants_of, sync
from agents.tests.people import person
from agents.tests.stage import GOOD, publications_of, publish, rehearsing, run, save
from agents.versions import config_of, get_version
from orgs.scope import org_scope, org_tx

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 20


def at_once(count, work):
    """Run `work(number)` in so many threads that start together; what they raised."""
    start, failures = threading.Barrier(count), []

    def carefully(number):
        start.wait()
        try:
            work(number)
        except Exception as error:  # noqa: BLE001 - the test looks at what was raised
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=carefully, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_twenty_saves_and_publications_end_with_one_assistant(north, north_owner, vapi_sandbox, agent_of):
    agent, owner = agent_of(north), person(north, north_owner)

    def save_publish_and_sync(number):
        save(north, agent, owner, first_message=f"Good morning from {number}.")
        run(north, publish(north, agent, owner))
        sync(north, agent)

    with rehearsing(GOOD):
        assert at_once(PEOPLE, save_publish_and_sync) == []
        settle(north, agent)

    after = agent_of(north)
    with org_scope(north), org_tx():
        last = get_version(agent_id=agent.pk, number=PEOPLE + 1)
    assert (after.version, after.published_version) == (PEOPLE + 1, PEOPLE + 1)
    assert config_of(after) == last.config
    (assistant,) = assistants_of(vapi_sandbox, north)
    assert assistant["firstMessage"].startswith(last.config["first_message"])
    assert after.is_in_step
    assert len(vapi_sandbox.requests_to_vapi("POST", "/assistant")) == 1
    assert {row.state for row in publications_of(north)} == {"published"}


def settle(org, agent):
    """What the sweepers' wake-ups come to: whatever is still open is worked off."""
    for row in publications_of(org):
        run(org, row)
    while sync(org, agent).outcome.value not in {"unchanged", "updated", "created"}:
        pass
    sync(org, agent)
