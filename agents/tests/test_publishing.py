"""Publishing: rehearsed first, then live or refused; once, whatever happens in between."""

from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from django.db import IntegrityError

from agents import publication_runs, tasks
from agents.models import Agent, AgentPublication, CallDirection, PublicationState, SyncState
from agents.publication_runs import LEASE_S, MAX_ATTEMPTS, PublicationOutcome
from agents.publishing import NothingToPublish, OnlyOwnersOverride
from agents.rehearsal import NoRehearsal, RehearsalBrokeOff
from agents.tasks import sweep_publications
from agents.tests.people import person
from agents.tests.stage import BAD, GOOD, publications_of, publish, rehearsing, run, save
from agents.versions import config_of, get_version
from orgs.models import AuditEntry, Role
from orgs.scope import org_scope, org_tx
from telephony.models import NumberSource, PhoneNumberMapping
from voxanne.clock import now
from voxanne.errors import BadInput, NotFound

pytestmark = pytest.mark.django_db
NUMBER_ID = "7f0a4f0a-5f0e-4f6b-9d0b-6a1f5d6f4f0a"


@pytest.fixture
def owner(north, north_owner):
    return person(north, north_owner)


@pytest.fixture
def draft(north, owner, agent_of):
    """The clinic's inbound agent with a saved change, version 2."""
    save(north, agent_of(north), owner, first_message="Good morning.", name="Front desk")
    return agent_of(north)


@pytest.fixture
def woken(monkeypatch):
    ids = []
    monkeypatch.setattr(tasks, "wake", lambda task, org_id, row_id: ids.append((task.name, row_id)))
    return ids


def actions_of(org):
    with org_scope(org), org_tx():
        entries = AuditEntry.objects.filter(action__startswith="agent.pub").order_by("id")
        return list(entries.values_list("action", "details"))


def test_a_version_that_does_well_goes_live(north, owner, draft, agent_of, change_agent):
    change_agent(north, sync_state=SyncState.SYNCED, sync_due_at=None)
    before = draft.config_hash
    with rehearsing(GOOD) as seen:
        row = publish(north, draft, owner)
        assert (row.state, row.version) == (PublicationState.REHEARSING, 2)
        assert config_of(agent_of(north))["name"] == "Reception"
        assert run(north, row) is PublicationOutcome.PUBLISHED

    live, (row,) = agent_of(north), publications_of(north)
    assert (live.name, live.first_message, live.published_version) == ("Front desk", "Good morning.", 2)
    assert (live.sync_state, live.sync_attempts) == (SyncState.SYNCING, 0)
    assert live.sync_due_at is not None
    assert live.config_hash != before
    assert (row.state, row.message, row.due_at, row.claim) == ("published", "Version 2 is live.", None, None)
    assert row.results == [GOOD.as_json()]
    assert row.finished_at is not None
    with org_scope(north), org_tx():
        assert get_version(agent_id=live.pk, number=2).published_at is not None
    assert [action for action, _ in actions_of(north)] == ["agent.publication_requested", "agent.published"]
    assert seen[0].assistant["firstMessage"].startswith("Good morning.")


def test_what_is_rehearsed_is_the_whole_assistant_of_the_version(north, owner, draft):
    with rehearsing(GOOD) as seen:
        run(north, publish(north, draft, owner))

    (rehearsal,) = seen
    assert rehearsal.agent.name == rehearsal.assistant["name"] == "Front desk"
    tools = [tool["function"]["name"] for tool in rehearsal.assistant["model"]["tools"] if tool["type"] == "function"]
    assert tools == ["bookClinicAppointment", "checkAvailability"]
    assert "toolIds" not in rehearsal.assistant["model"]
    assert "Front desk" in rehearsal.assistant["model"]["messages"][0]["content"]


def test_a_version_that_fails_stays_a_draft(north, owner, draft, agent_of):
    with rehearsing(GOOD, BAD):
        assert run(north, publish(north, draft, owner)) is PublicationOutcome.REFUSED

    after, (row,) = agent_of(north), publications_of(north)
    assert (config_of(after), after.published_version) == (config_of(draft), 1)
    assert row.message == "1 of 2 rehearsals failed. Version 1 stays live."
    assert [result["passed"] for result in row.results] == [True, False]
    assert actions_of(north)[-1] == ("agent.publication_refused", {"version": 2, "failed": ["no_slot"]})
    with org_scope(north), org_tx():
        assert get_version(agent_id=after.pk, number=2).published_at is None


def test_a_refused_version_can_be_tried_again(north, owner, draft, agent_of):
    with rehearsing(BAD):
        run(north, publish(north, draft, owner))
    with rehearsing(GOOD):
        run(north, publish(north, draft, owner))

    assert [row.state for row in publications_of(north)] == ["refused", "published"]
    assert agent_of(north).published_version == 2


def test_an_owner_publishes_over_failures_and_it_is_audited(north, owner, draft, agent_of):
    with rehearsing(GOOD, BAD):
        row = publish(north, draft, owner, override=True, reason=" We close today. ")
        assert run(north, row) is PublicationOutcome.PUBLISHED

    assert agent_of(north).name == "Front desk"
    (row,) = publications_of(north)
    assert (row.override_reason, row.message) == ("We close today.", "Version 2 was published anyway.")
    assert actions_of(north)[-1] == (
        "agent.published_over_failures",
        {"version": 2, "failed": ["no_slot"], "reason": "We close today."},
    )


def test_an_override_that_was_not_needed_is_an_ordinary_publication(north, owner, draft):
    with rehearsing(GOOD):
        run(north, publish(north, draft, owner, override=True, reason="In a hurry"))

    assert actions_of(north)[-1][0] == "agent.published"


def test_an_owner_may_override_while_it_is_rehearsed(north, owner, draft):
    with rehearsing(BAD):
        row = publish(north, draft, owner)
        assert publish(north, draft, owner, override=True, reason="Now").pk == row.pk
        assert run(north, row) is PublicationOutcome.PUBLISHED


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER])
def test_others_may_not_override(north, draft, add_member, role):
    colleague = person(north, add_member(north, role), role)

    with pytest.raises(OnlyOwnersOverride, match="Only an owner of your clinic"):
        publish(north, draft, colleague, override=True, reason="I want it")
    assert publications_of(north) == []


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, None, "a\x00b"])
def test_an_override_needs_a_reason(north, owner, draft, reason):
    with pytest.raises(BadInput) as refused:
        publish(north, draft, owner, override=True, reason=reason)
    assert set(refused.value.fields) == {"reason"}


def test_asking_twice_is_one_publication(north, owner, draft):
    with rehearsing(GOOD) as seen:
        first, second = publish(north, draft, owner), publish(north, draft, owner)
        assert run(north, first) is PublicationOutcome.PUBLISHED
        assert run(north, second) is PublicationOutcome.BUSY
        third = publish(north, draft, owner)

    assert first.pk == second.pk == third.pk
    assert third.state == PublicationState.PUBLISHED
    assert len(seen) == 1
    assert [action for action, _ in actions_of(north)] == ["agent.publication_requested", "agent.published"]


def test_what_is_live_cannot_be_published(north, owner, agent_of):
    with pytest.raises(NothingToPublish, match="Version 1 is live already"):
        publish(north, agent_of(north), owner)


def test_a_newer_version_turns_the_publication_over(north, owner, draft, agent_of):
    with rehearsing(GOOD) as seen:
        first = publish(north, draft, owner, override=True, reason="Now")
        save(north, draft, owner, first_message="Good evening.")
        second = publish(north, draft, owner)
        assert (second.pk, second.version, second.override_reason) == (first.pk, 3, "")
        assert run(north, second) is PublicationOutcome.PUBLISHED

    assert agent_of(north).first_message == "Good evening."
    assert [rehearsal.agent.first_message for rehearsal in seen] == ["Good evening."]


def test_who_rehearsed_the_older_version_loses_it(north, owner, draft, agent_of):
    def overtake(org, rehearsal):
        save(north, draft, owner, first_message="Good evening.")
        publish(north, draft, owner)
        return [GOOD]

    with rehearsing(GOOD):
        row = publish(north, draft, owner)
        with mock.patch.object(publication_runs, "rehearse", overtake):
            assert run(north, row) is PublicationOutcome.LOST
        assert agent_of(north).published_version == 1
        assert run(north, row) is PublicationOutcome.PUBLISHED
    assert agent_of(north).published_version == 3


def test_what_was_saved_during_the_rehearsal_stays_a_draft(north, owner, draft, agent_of):
    with rehearsing(GOOD):
        row = publish(north, draft, owner)
        save(north, draft, owner, first_message="Good evening.")
        run(north, row)

    after = agent_of(north)
    assert (after.version, after.published_version, after.first_message) == (3, 2, "Good morning.")


@pytest.mark.parametrize(
    ("trouble", "ending"),
    [
        (NoRehearsal(), ("refused", "no rehearsal room")),
        (RehearsalBrokeOff(), ("failed", "could not be reached")),
    ],
)
def test_without_a_rehearsal_nothing_goes_live(north, owner, draft, trouble, ending):
    state, said = ending
    with rehearsing(trouble=trouble):
        run(north, publish(north, draft, owner))

    (row,) = publications_of(north)
    assert row.state == state
    assert said in row.message
    assert row.message.endswith("Version 1 stays live.")
    with rehearsing(trouble=trouble):
        assert run(north, publish(north, draft, owner, override=True, reason="No room here")) == "published"


class Crash(BaseException):
    """As if the process had died here: no handler of the product sees it."""


@contextmanager
def dying_at(point):
    def die(name):
        if name == point:
            raise Crash

    with mock.patch.object(publication_runs, "failpoint", die):
        yield


@pytest.mark.parametrize("point", ["publishing.rehearsed", "publishing.concluded"])
@pytest.mark.django_db(transaction=True)
def test_a_crash_at_any_point_ends_with_one_publication(north, owner, draft, woken, point):
    with rehearsing(GOOD):
        row = publish(north, draft, owner)
        with dying_at(point), pytest.raises(Crash):
            run(north, row)
        assert run(north, row) is PublicationOutcome.BUSY  # concluded, or held by the worker that died

        with time_machine.travel(now() + timedelta(seconds=LEASE_S + 1), tick=True):
            found = sweep_publications()
            run(north, row)

    is_over = point == "publishing.concluded"
    assert (found, woken) == ((0, []) if is_over else (1, [("agents.tasks.rehearse_publication", str(row.pk))]))
    assert [action for action, _ in actions_of(north)] == ["agent.publication_requested", "agent.published"]
    with org_scope(north), org_tx():
        live = Agent.objects.get(pk=draft.pk)
    assert (live.published_version, live.name) == (2, "Front desk")


@pytest.mark.django_db(transaction=True)
def test_the_task_publishes(north, owner, draft, agent_of):
    with rehearsing(GOOD):
        row = publish(north, draft, owner)
        assert tasks.rehearse_publication(str(north.pk), str(row.pk)) == "published"
        assert tasks.rehearse_publication(str(north.pk), str(row.pk)) == "busy"

    assert agent_of(north).published_version == 2


@pytest.mark.django_db(transaction=True)
def test_a_task_for_a_publication_of_another_organisation_does_nothing(north, south, owner, draft):
    with rehearsing(GOOD) as seen:
        row = publish(north, draft, owner)
        assert tasks.rehearse_publication(str(south.pk), str(row.pk)) == "busy"

    assert seen == []


@pytest.mark.django_db(transaction=True)
def test_a_wake_up_that_was_lost_is_sent_again_once(north, owner, draft, woken):
    row = publish(north, draft, owner)

    assert sweep_publications() == 0  # its own is still on the way
    with time_machine.travel(now() + timedelta(seconds=15), tick=True):
        assert (sweep_publications(), sweep_publications()) == (1, 0)
    assert [row_id for _, row_id in woken] == [str(row.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_rehearsal_that_kills_its_worker_is_given_up(north, owner, draft):
    row = publish(north, draft, owner)
    for attempt in range(MAX_ATTEMPTS):
        moment = now() + timedelta(seconds=attempt * (LEASE_S + 1))
        with time_machine.travel(moment, tick=True), rehearsing(trouble=Crash()), pytest.raises(Crash):
            run(north, row)
    with time_machine.travel(now() + timedelta(seconds=MAX_ATTEMPTS * (LEASE_S + 1)), tick=True), rehearsing(GOOD):
        assert run(north, row) is PublicationOutcome.FAILED

    (row,) = publications_of(north)
    assert "broke off several times" in row.message


def test_the_database_allows_one_open_publication(north, owner, draft):
    publish(north, draft, owner)

    with org_scope(north), pytest.raises(IntegrityError, match="agent_publications_org_open_key"), org_tx():
        AgentPublication.objects.create(agent=draft, version=2)


def test_another_organisations_agent_cannot_be_published(north, south, owner, draft, south_owner):
    with pytest.raises(NotFound):
        publish(south, draft, person(south, south_owner))


@pytest.mark.parametrize("known", [NUMBER_ID, ""])
def test_invariant_1_publishing_writes_the_phone_number_id(north, owner, draft, agent_of, known):
    with org_scope(north), org_tx():
        PhoneNumberMapping.objects.create(
            phone_number="+442079460100", source=NumberSource.ORGANIZATION, vapi_phone_number_id=known
        )
        Agent.objects.filter(pk=draft.pk).update(vapi_phone_number_id="" if known else "older")

    with rehearsing(GOOD):
        run(north, publish(north, draft, owner))
    assert agent_of(north).vapi_phone_number_id == (known or "older")
    assert agent_of(north, CallDirection.OUTBOUND).published_version == 1
