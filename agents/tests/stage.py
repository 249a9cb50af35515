"""A rehearsal that finds what a test says, and the steps from a save to a live version."""

from contextlib import contextmanager

from agents import rehearsal
from agents.editing import save_draft
from agents.models import AgentPublication, CallDirection
from agents.publication_runs import run_publication
from agents.publishing import request_publication
from agents.rehearsal import Check, ScenarioResult
from orgs.scope import org_scope, org_tx

GOOD = ScenarioResult("happy_path", "Books a visit", (Check("The visit is booked.", "It was.", passed=True),))
BAD = ScenarioResult("no_slot", "Nothing is free", (Check("It says so.", "It made a time up.", passed=False),))


@contextmanager
def rehearsing(*results, trouble=None):
    """Every rehearsal finds this, or raises; yields what was rehearsed."""
    seen = []

    def play(org, wanted):
        seen.append(wanted)
        if trouble is not None:
            raise trouble
        return list(results)

    before = list(rehearsal._rehearse)
    rehearsal.register_rehearsal(play)
    try:
        yield seen
    finally:
        rehearsal._rehearse[:] = before


def save(org, agent, actor, **changes):
    with org_scope(org):
        return save_draft(org=org, agent_id=agent.pk, changes=changes, actor=actor)


def publish(org, agent, actor, **how):
    """Ask for it, as the button does."""
    with org_scope(org):
        return request_publication(org=org, agent_id=agent.pk, actor=actor, **how)


def run(org, publication):
    """What the worker does."""
    return run_publication(org=org, publication_id=publication.pk)


def publications_of(org, direction=CallDirection.INBOUND):
    with org_scope(org), org_tx():
        return list(AgentPublication.objects.filter(agent__call_direction=direction).order_by("created_at"))
