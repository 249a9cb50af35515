"""Trials: genuine tool calls whose effects are taken back at once, so that a running installation can be tried.

Only who knows the installation's `SECRET_KEY` can ask for one. Everything happens as in a live call, in one transaction
that is rolled back: nothing is booked, stored or sent (what is sent leaves after a commit). The answer says that it was
a trial, so that whoever asked can tell a backend that knows nothing of trials.
"""

from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.http import HttpRequest, JsonResponse

from calls.ingress.messages import Message, ToolCall
from calls.tools.dispatch import answer_message
from orgs.scope import org_tx
from voxanne.errors import Forbidden

HEADER = "X-Voxanne-Trial"
TAKEN_BACK = "taken-back"
VALID_S = 60

_signer = TimestampSigner(salt="calls.trials")


class NotATrial(Forbidden):
    """The pass is forged, too old or another organisation's. Nothing was done: it may have been meant as a trial."""

    code = "not_a_trial"
    message = "The pass for this trial is not valid."


def issue_pass(org_id: UUID) -> str:
    """A pass for trials of one organisation's tools, valid for a minute."""
    return _signer.sign(str(org_id))


def is_trial(request: HttpRequest, org_id: UUID) -> bool:
    """Whether this is a trial.

    Raises:
        NotATrial: it wants to be one and may not.
    """
    shown = request.headers.get(HEADER)
    if shown is None:
        return False
    try:
        allowed = _signer.unsign(shown, max_age=VALID_S)
    except BadSignature as error:
        raise NotATrial from error
    if allowed != str(org_id):
        raise NotATrial
    return True


def answer_trial(*, org_id: UUID, message: Message, calls: list[ToolCall]) -> JsonResponse:
    """Answer tool calls as in earnest, and take back what they did."""
    with org_tx():
        answer: dict[str, Any] = answer_message(org_id=org_id, message=message, calls=calls)
        transaction.set_rollback(True)
    return JsonResponse(answer, headers={HEADER: TAKEN_BACK})
