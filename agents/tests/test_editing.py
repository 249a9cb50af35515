"""Saving an agent: every save is a version, nothing live changes, and no provider is asked."""

import threading
import time
import uuid

import pytest
from django.db import connections

from agents import prompts
from agents.editing import SavedMeanwhile, restore_version, save_draft, set_mode
from agents.models import Agent, AgentMode, AgentVersion, SyncState
from agents.tests.people import person
from agents.versions import config_of, get_version
from orgs.actors import Actor
from orgs.models import AuditEntry
from orgs.scope import org_scope, org_tx, service_tx
from voxanne.errors import BadInput, DomainError, NotFound
from voxanne.http import ProviderClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(north, north_owner, agent_of):
    """`save(first_message="…")` as the owner."""

    def run(*, base_version=None, **changes):
        with org_scope(north):
            return save_draft(
                org=north,
                agent_id=agent_of(north).pk,
                changes=changes,
                actor=person(north, north_owner),
                base_version=base_version,
            )

    return run


def numbers_of(org):
    with org_scope(org), org_tx():
        return list(AgentVersion.objects.filter(agent__call_direction="inbound").order_by("number").values_list(
            "number", flat=True
        ))  # fmt: skip


def test_a_save_is_a_version_and_touches_nothing_that_is_live(north, north_owner, agent_of, save):
    before = agent_of(north)

    version = save(first_message="Good morning.", name="  Front desk ")

    after = agent_of(north)
    assert (version.number, str(version.author)) == (2, "Nora North")
    assert version.changes == {
        "name": ["Reception", "Front desk"],
        "first_message": [before.first_message, "Good morning."],
    }
    assert version.config == {**config_of(before), "first_message": "Good morning.", "name": "Front desk"}
    assert (after.version, after.published_version) == (2, 1)
    assert config_of(after) == config_of(before)
    assert (after.config_hash, after.sync_due_at) == (before.config_hash, before.sync_due_at)
    with org_scope(north), org_tx():
        entry = AuditEntry.objects.get(action="agent.version_saved")
    assert entry.details == {"version": 2, "changed": ["name", "first_message"]}


def test_saving_asks_no_provider(north, save, monkeypatch):
    asked = []
    monkeypatch.setattr(ProviderClient, "_send", lambda *args, **kwargs: asked.append(args))

    took = []
    for number in range(5):
        started = time.perf_counter()
        save(first_message=f"Good morning, number {number}.", system_prompt="Be kind. " * 1_000)
        took.append(time.perf_counter() - started)

    assert asked == []
    assert min(took) < 0.5


def test_the_same_again_makes_no_version(north, agent_of, save):
    first = save(first_message="Good morning.")

    assert save(first_message="Good morning. ", name="Reception").number == first.number
    assert save().number == first.number
    assert numbers_of(north) == [1, 2]


def test_who_saw_an_older_version_is_told_who_saved_what(north, save):
    save(first_message="Good morning.", base_version=1)

    with pytest.raises(SavedMeanwhile) as refused:
        save(system_prompt="Be brief.", base_version=1)
    assert refused.value.message.startswith("Nora North saved version 2 meanwhile (greeting).")
    assert refused.value.http_status == 409
    assert save(system_prompt="Be brief.").config["first_message"] == "Good morning."
    with pytest.raises(BadInput) as unknown:
        save(system_prompt="Be kind.", base_version=9)
    assert set(unknown.value.fields) == {"base_version"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Fill this in."),
        ({"name": "x" * 41}, "Too long by 1 characters: 40 is the limit."),
        ({"name": "two\nlines"}, "one line"),
        ({"name": None}, "must be text"),
        ({"first_message": "x" * 601}, "Too long by 1 characters: 600"),
        ({"system_prompt": "x" * 20_345}, "Too long by 345 characters: 20,000"),
        ({"system_prompt": "a\x00b"}, "cannot be stored"),
        ({"system_prompt": "\ud800"}, "cannot be stored"),
        ({"voice_provider": "gramophone"}, "Choose a provider from: 11labs,"),
        ({"voice_id": "not a voice"}, "11labs writes"),
        ({"language": "xx"}, "Choose a language from: en,"),
        ({"max_duration_seconds": 9}, "from 10 to 43,200"),
        ({"max_duration_seconds": 43_201}, "from 10"),
        ({"max_duration_seconds": True}, "whole seconds"),
        ({"max_duration_seconds": "600"}, "whole seconds"),
        ({"tools_enabled": "checkAvailability"}, "a list of tools"),
        ({"tools_enabled": ["checkAvailability", "sendMoney"]}, "There is no tool sendMoney."),
        ({"transfer_settings": ["+442079460100"]}, "an object"),
        ({"transfer_settings": {"default": "020 7946 0100"}}, "Default: Write the number with +"),
        ({"transfer_settings": {"default": "+4420"}}, "Write the number with +"),
        ({"transfer_settings": {"default": 442079460100}}, "Write the number with +"),
        ({"transfer_settings": {"departments": {"billing": "sip:nobody"}}}, "Billing: Write the number"),
        ({"transfer_settings": {"departments": {"kitchen": "+442079460100"}}}, "There is no kitchen."),
        ({"transfer_settings": {"boss": "+442079460100"}}, "There is no boss."),
        ({"closed_behaviour": "sleep"}, "Choose a behaviour from: answer,"),
        ({"vapi_assistant_id": "x"}, "no such setting"),
        ({"mode": "off"}, "no such setting"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(north, save, changes, said):
    with pytest.raises(BadInput) as refused:
        save(**changes)

    ((field, (why,)),) = refused.value.fields.items()
    assert field == next(iter(changes))
    assert said in why
    assert numbers_of(north) == [1]


def test_all_that_is_wrong_is_said_at_once(save):
    with pytest.raises(BadInput) as refused:
        save(name="", first_message=7, language="xx", voice_id="sarah")

    assert set(refused.value.fields) == {"name", "first_message", "language"}


def test_a_voice_belongs_to_its_provider(save):
    with pytest.raises(BadInput) as refused:
        save(voice_provider="vapi")

    assert refused.value.fields == {"voice_id": ["This is not how vapi writes a voice's id."]}
    assert save(voice_provider="vapi", voice_id="Elliot").number == 2


def test_a_closed_clinic_needs_its_message(save):
    with pytest.raises(BadInput) as refused:
        save(closed_behaviour="goodbye")

    assert set(refused.value.fields) == {"after_hours_message"}
    assert save(closed_behaviour="goodbye", after_hours_message="We open at nine.").number == 2


def test_a_finished_prompt_that_is_too_long_says_by_how_much(north, save, monkeypatch):
    monkeypatch.setattr(prompts, "MAX_PROMPT_CHARS", 6_000)

    with pytest.raises(DomainError, match=r"too long by [\d,]+ characters") as refused:
        save(system_prompt="Be kind. " * 700)
    assert set(refused.value.fields) == {"system_prompt"}
    assert numbers_of(north) == [1]


def test_numbers_are_stored_as_they_are_dialled(save):
    saved = save(
        transfer_settings={
            "default": "+44 (20) 7946-0100",
            "departments": {"billing": " sip:desk@clinic.example ", "medical": "", "general": None},
        },
        tools_enabled=["checkAvailability", "bookClinicAppointment", "checkAvailability"],
    )

    assert saved.config["transfer_settings"] == {
        "default": "+442079460100",
        "departments": {"billing": "sip:desk@clinic.example"},
    }
    assert saved.config["tools_enabled"] == ["bookClinicAppointment", "checkAvailability"]


def test_an_earlier_version_comes_back_as_a_new_one(north, north_owner, agent_of, save):
    save(first_message="Good morning.")
    save(first_message="Good evening.", name="Front desk")
    with org_scope(north):
        restored = restore_version(org=north, agent_id=agent_of(north).pk, number=2, actor=person(north, north_owner))
        again = restore_version(org=north, agent_id=agent_of(north).pk, number=2, actor=person(north, north_owner))

    assert (restored.number, restored.restored_from) == (4, 2)
    assert again.number == 4
    with org_scope(north), org_tx():
        earlier = get_version(agent_id=agent_of(north).pk, number=2)
        assert AuditEntry.objects.get(action="agent.version_restored").details["restored_from"] == 2
    assert restored.config == earlier.config
    assert agent_of(north).published_version == 1


def test_a_version_with_a_tool_that_is_gone_cannot_come_back(north, north_owner, agent_of, save, tools):
    save(tools_enabled=["checkAvailability"])
    save(tools_enabled=None)
    del tools["checkAvailability"]

    with org_scope(north), pytest.raises(BadInput) as refused:
        restore_version(org=north, agent_id=agent_of(north).pk, number=2, actor=person(north, north_owner))
    assert "There is no tool checkAvailability" in refused.value.fields["tools_enabled"][0]


def test_a_foreign_or_unknown_agent_or_version_is_not_found(north, south, agent_of):
    actor = Actor.system(north.pk)
    with org_scope(north):
        theirs = id_of_an_agent(south)
        for agent_id in (theirs, uuid.uuid4()):
            with pytest.raises(NotFound):
                save_draft(org=north, agent_id=agent_id, changes={}, actor=actor)
            with pytest.raises(NotFound):
                set_mode(org=north, agent_id=agent_id, mode="off", actor=actor)
        with pytest.raises(NotFound):
            restore_version(org=north, agent_id=theirs, number=1, actor=actor)
        with pytest.raises(NotFound):
            restore_version(org=north, agent_id=agent_of(north).pk, number=7, actor=actor)


def id_of_an_agent(org):
    """Read as the platform, because another organisation's scope is open."""
    with service_tx("test"):
        return Agent.across_orgs.filter(org=org).first().pk


def test_a_mode_acts_at_once_and_is_no_version(north, north_owner, agent_of, change_agent):
    change_agent(north, sync_state=SyncState.SYNCED, sync_due_at=None)
    actor = person(north, north_owner)
    with org_scope(north):
        set_mode(org=north, agent_id=agent_of(north).pk, mode=AgentMode.OFF, actor=actor)
        off = agent_of(north)
        set_mode(org=north, agent_id=agent_of(north).pk, mode=AgentMode.APPROVE, actor=actor)
        set_mode(org=north, agent_id=agent_of(north).pk, mode=AgentMode.APPROVE, actor=actor)
        with pytest.raises(BadInput):
            set_mode(org=north, agent_id=off.pk, mode="asleep", actor=actor)

    assert (off.mode, off.version, off.sync_due_at) == (AgentMode.OFF, 1, None)
    assert agent_of(north).sync_state == SyncState.SYNCING  # the prompt says that staff confirm
    with org_scope(north), org_tx():
        modes = list(AuditEntry.objects.filter(action="agent.mode_changed").order_by("id").values_list(
            "details", flat=True
        ))  # fmt: skip
    assert modes == [{"old": "full", "new": "off"}, {"old": "off", "new": "approve"}]


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_get_numbers_without_gaps(north, north_owner, agent_of):
    agent, start, saved = agent_of(north), threading.Barrier(20), []

    def work(number):
        start.wait()
        try:
            with org_scope(north):
                version = save_draft(
                    org=north,
                    agent_id=agent.pk,
                    changes={"first_message": f"Good morning from {number}."},
                    actor=person(north, north_owner),
                )
            saved.append((version.number, version.config["first_message"]))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(number for number, _ in saved) == list(range(2, 22))
    with org_scope(north), org_tx():
        newest = get_version(agent_id=agent.pk, number=agent_of(north).version)
    assert (newest.number, newest.config["first_message"]) == max(saved)
