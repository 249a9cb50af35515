"""The page on which an agent is edited, previewed, published and put back."""

import re

import pytest
from django.urls import reverse

from agents.models import Agent, AgentPublication, AgentVersion
from agents.settings_form import AgentSettingsForm
from agents.versions import config_of
from orgs.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(north, working_for) -> Agent:
    with working_for(north):
        return Agent.objects.get(call_direction="inbound")


@pytest.fixture
def admin(north, add_member, sign_in):
    return sign_in(add_member(north, Role.ADMIN))


def fields(agent: Agent, **changes: object) -> dict[str, object]:
    """What the browser sends when the form is sent as it was shown."""
    form = AgentSettingsForm(config=config_of(agent), version=agent.version)
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in {**shown, **changes}.items() if value is not None}


def page(name: str, agent: Agent, *more: int) -> str:
    return reverse(f"agents:{name}", args=[agent.pk, *more])


def test_what_is_shown_can_be_sent_back_and_changes_nothing(admin, agent, north, working_for):
    answer = admin.post(page("detail", agent), fields(agent), follow=True)
    assert "Nothing was changed." in answer.content.decode()
    with working_for(north):
        assert AgentVersion.objects.filter(agent=agent).count() == 1


def test_a_save_is_a_draft_that_waits(admin, agent, north, working_for):
    answer = admin.post(
        page("detail", agent), fields(agent, first_message="Hello, North Clinic. What is it?"), follow=True
    )
    text = answer.content.decode()
    assert "Saved as version 2. Callers hear it once it is published." in text
    assert "Version 2 waits. It changes greeting." in " ".join(text.split())
    with working_for(north):
        agent.refresh_from_db()
        assert "What is it?" not in agent.first_message


def test_a_voice_tools_and_transfers_are_stored_as_the_api_stores_them(admin, agent, north, working_for):
    typed = fields(
        agent,
        voice="other",
        voice_provider="vapi",
        voice_id="Elliot",
        tools=["checkAvailability"],
        transfer_default="+44 20 7946 0300",
        minutes=5,
    )
    assert admin.post(page("detail", agent), typed).status_code == 302
    with working_for(north):
        config = AgentVersion.objects.get(agent=agent, number=2).config
    assert (config["voice_provider"], config["voice_id"]) == ("vapi", "Elliot")
    assert (config["tools_enabled"], config["max_duration_seconds"]) == (["checkAvailability"], 300)
    assert config["transfer_settings"] == {"default": "+442079460300"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"transfer_billing": "ring me"}, "Billing: Write the number with +"),
        ({"voice": "other", "voice_provider": "vapi", "voice_id": "no such form 1"}, "This is not how vapi writes"),
        ({"closed_behaviour": "goodbye", "after_hours_message": ""}, "Write what callers hear while"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(admin, agent, changes, said):
    answer = admin.post(page("detail", agent), fields(agent, first_message="Kept as typed?", **changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Kept as typed?" in answer.content.decode()


def test_who_saves_over_a_colleague_is_asked_first(admin, agent, north, working_for):
    stale = fields(agent, first_message="Mine?")
    admin.post(page("detail", agent), fields(agent, first_message="Theirs?"))

    asked = admin.post(page("detail", agent), stale)
    assert asked.status_code == 422
    assert "saved version 2 meanwhile" in asked.content.decode()
    assert admin.post(page("detail", agent), {**stale, "save_over": "yes"}).status_code == 302
    with working_for(north):
        assert AgentVersion.objects.get(agent=agent, number=3).config["first_message"] == "Mine?"


def test_the_preview_shows_the_finished_prompt_and_saves_nothing(admin, agent, north, working_for):
    typed = fields(agent, system_prompt="Mention the <b>garden</b> entrance.")
    answer = admin.post(page("preview", agent), typed, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert "Mention the &lt;b&gt;garden&lt;/b&gt; entrance." in text
    assert "Health, and what you may not say" in text
    with working_for(north):
        assert AgentVersion.objects.filter(agent=agent).count() == 1


def test_publishing_writes_the_wish_down_once_however_often_it_is_clicked(admin, agent, north, working_for):
    admin.post(page("detail", agent), fields(agent, first_message="Hello?"))
    for _ in range(2):
        assert admin.post(page("publish", agent)).status_code == 302
    with working_for(north):
        assert AgentPublication.objects.filter(agent=agent, version=2).count() == 1


def test_only_an_owner_publishes_against_a_rehearsal(admin, agent):
    admin.post(page("detail", agent), fields(agent, first_message="Hello?"))
    answer = admin.post(page("publish", agent), {"override": "yes", "reason": "now"}, follow=True)
    assert "Only an owner of your clinic can publish" in answer.content.decode()


def test_versions_say_what_changed_and_come_back(admin, agent, north, working_for):
    admin.post(page("detail", agent), fields(agent, first_message="Hello there?"))
    listed = admin.get(page("versions", agent)).content.decode()
    assert "Version 2" in listed
    assert "Greeting" in listed
    shown = admin.get(page("version", agent, 2)).content.decode()
    assert "<ins>" in shown
    back = admin.post(page("restore", agent, 1), follow=True).content.decode()
    assert "Version 1 is back as version 3" in back
    assert "This is the first version" in admin.get(page("version", agent, 1)).content.decode()
    assert admin.get(page("version", agent, 99)).status_code == 404


def test_the_newest_of_several_unpublished_versions_is_the_draft(admin, agent, north, working_for):
    for greeting in ("Good morning, North Clinic.", "Good day, North Clinic."):
        with working_for(north):
            agent.refresh_from_db()
        admin.post(page("detail", agent), fields(agent, first_message=greeting))

    listed = admin.get(page("versions", agent)).content.decode()
    states = re.findall(r"Version (\d)</a>.*?>(Draft|Never live|Live)<", listed, re.S)
    assert states == [("3", "Draft"), ("2", "Never live"), ("1", "Live")]


def test_a_mode_counts_at_once(admin, agent, north, working_for):
    admin.post(page("mode", agent), {"mode": "off"})
    with working_for(north):
        agent.refresh_from_db()
    assert agent.mode == "off"


def test_members_read_and_do_not_write(north, add_member, sign_in, agent):
    member = sign_in(add_member(north, Role.MEMBER))
    shown = member.get(page("detail", agent)).content.decode()
    assert "Save draft" not in shown
    assert "Admins and owners change these." in shown
    for name in ("detail", "preview", "publish", "mode"):
        assert member.post(page(name, agent)).status_code == 403
