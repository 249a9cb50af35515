"""The way to a clinic's first call: steps that are done when the facts say so. Higher rooms register theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from orgs.models import Organization


class StepState(StrEnum):
    DONE = "done"
    CURRENT = "current"
    TODO = "todo"


@dataclass(frozen=True)
class Step:
    """One thing to do before the receptionist can answer.

    Attributes:
        order: where it stands; profile 10, hours and services 20, receptionist 30, first call 40.
        is_done: asks the database inside the organisation's transaction; at most one query.
        url_name: the page where it is done, and `action` the words on its button ("" for none).
    """

    key: str
    order: int
    title: str
    note: str
    is_done: Callable[[Organization], bool]
    url_name: str = ""
    action: str = ""


@dataclass(frozen=True)
class StepView:
    """A step as one clinic sees it now."""

    step: Step
    state: StepState


_steps: dict[str, Step] = {}


def register_step(step: Step) -> None:
    """Add a step to every clinic's checklist; called from `ready()` of the room that knows whether it is done."""
    _steps[step.key] = step


def checklist(org: Organization) -> list[StepView]:
    """All steps in order; the first that is not done is the current one."""
    steps = sorted(_steps.values(), key=lambda step: (step.order, step.key))
    views, current_given = [], False
    for step in steps:
        if step.is_done(org):
            state = StepState.DONE
        else:
            state = StepState.TODO if current_given else StepState.CURRENT
            current_given = True
        views.append(StepView(step=step, state=state))
    return views


PROFILE = Step(
    key="profile",
    order=10,
    title="Your clinic",
    note="Its name, time zone and main phone number.",
    is_done=lambda org: bool(org.phone),
    url_name="orgs:profile",
    action="Fill in",
)
