"""Playing the whole pack against one version of an agent, in the rehearsal room."""

import time
from typing import Any

import structlog
from django.conf import settings

from agents.payload import JsonObject
from agents.rehearsal import Check, NoRehearsal, Rehearsal, RehearsalBrokeOff, ScenarioResult
from calls.rehearsals.judging import Hearing
from calls.rehearsals.pack import PACK, Scenario
from calls.rehearsals.passes import Pass, write_pass
from calls.rehearsals.scenes import Scene, look_around
from calls.rehearsals.transcripts import Transcript, read_transcript
from orgs.models import Organization
from orgs.scope import org_tx
from providers.simulator.client import rehearsal_room
from voxanne.errors import ProviderError

log = structlog.get_logger(__name__)

# Below the time for which a worker holds a publication.
DEADLINE_S = 45.0
SEED = 7


def rehearse(org: Organization, rehearsal: Rehearsal) -> list[ScenarioResult]:
    """Every scenario's result. In the organisation's scope, with no transaction open.

    Raises:
        NoRehearsal: this installation has no room.
        RehearsalBrokeOff: the room, or we from there, could not be reached in time.
    """
    if not settings.REHEARSAL_URL:
        raise NoRehearsal
    with org_tx():
        scene = look_around(org)
    started = time.monotonic()
    results = []
    for scenario in PACK:
        if time.monotonic() - started > DEADLINE_S:
            raise RehearsalBrokeOff
        results.append(_rehearse_one(org, rehearsal, scene, scenario))
    log.info("rehearsal.done", failed=[result.key for result in results if not result.passed])
    return results


def _rehearse_one(org: Organization, rehearsal: Rehearsal, scene: Scene, scenario: Scenario) -> ScenarioResult:
    if left_out := _why_left_out(rehearsal, scene, scenario):
        checks = [Check(expected="It can come to this.", happened=left_out, passed=True)]
    else:
        transcript = _play(org, rehearsal, scene, scenario)
        checks = scenario.judge(Hearing(org=org, scene=scene, rehearsal=rehearsal, transcript=transcript))
    return ScenarioResult(key=scenario.key, title=scenario.title, checks=tuple(checks))


def _why_left_out(rehearsal: Rehearsal, scene: Scene, scenario: Scenario) -> str:
    tools = rehearsal.assistant["model"]["tools"]
    if scenario.needs - {tool.get("function", {}).get("name") for tool in tools}:
        return "This agent books nothing, so there was nothing to rehearse."
    if scenario.happens_on(scene) is None:
        return "Where your clinic is, it never happens."
    return ""


def _play(org: Organization, rehearsal: Rehearsal, scene: Scene, scenario: Scenario) -> Transcript:
    granted = Pass(
        org_id=org.pk,
        publication_id=rehearsal.publication_id,
        claim=rehearsal.claim,
        scenario=scenario.key,
        day=scenario.happens_on(scene) or scene.day,
    )
    try:
        told: dict[str, Any] = rehearsal_room().rehearse(
            assistant=address(rehearsal.assistant, granted),
            scenario=scenario.key,
            seed=SEED,
            facts=scenario.tells(scene),
        )
    except ProviderError as error:
        log.warning("rehearsal.room_away", scenario=scenario.key, error=str(error))
        raise RehearsalBrokeOff from error
    transcript = read_transcript(told)
    if not transcript.is_complete:
        log.warning("rehearsal.no_answer", scenario=scenario.key, statuses=[use.status for use in transcript.uses])
        raise RehearsalBrokeOff
    return transcript


def address(assistant: JsonObject, granted: Pass) -> JsonObject:
    """The assistant with its tools' questions led to the rehearsal's own door."""
    server = {
        "url": f"{settings.BACKEND_URL}/api/vapi/rehearsals/{granted.publication_id}",
        "headers": {"X-Vapi-Secret": write_pass(granted)},
        "timeoutSeconds": 10,
    }
    model = assistant["model"]
    tools = [{name: value for name, value in tool.items() if name != "server"} for tool in model["tools"]]
    return {**assistant, "server": server, "model": {**model, "tools": tools}}
