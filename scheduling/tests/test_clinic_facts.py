"""What the receptionist is told about a new clinic, and that it follows changes."""

from agents.models import Agent
from agents.payload import draft_assistant
from orgs.onboarding import StepState, checklist
from orgs.scope import org_scope, org_tx


def test_the_prompt_of_a_new_clinic_tells_hours_services_and_people(north):
    with org_scope(north), org_tx():
        agent = Agent.objects.filter(call_direction="inbound").get()
        draft = draft_assistant(agent=agent, org=north)
        assert draft.config_hash == agent.config_hash
        prompt = str(draft)
    assert "Monday 09:00 to 17:00" in prompt
    assert "Botox £400 (" in prompt
    assert "Who can be booked: " in prompt


def test_hours_and_services_are_known_from_the_start(north):
    with org_scope(north), org_tx():
        states = {view.step.key: view.state for view in checklist(north)}
    assert states["hours"] is StepState.DONE
    assert list(states) == ["profile", "hours", "receptionist", "first-call"]
