"""Trying a line for somebody: a call of ours to it, which ought to come out at the clinic's agent.

Claimed by a row, placed with no transaction open, followed by Twilio's callbacks and by looking. What Twilio never told
is settled by time.
"""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import structlog
from django.conf import settings
from django.urls import reverse

from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.forwarding.accounts import LineAccount, find_platforms_account
from telephony.forwarding.configs import lock_to_try
from telephony.forwarding.errors import CannotTryLine, TooManyTrials
from telephony.forwarding.refusals import is_refusal
from telephony.forwarding.verifying import LIVE_KIND
from telephony.models import TrialCall, TrialState
from voxanne.clock import now
from voxanne.errors import ProviderError
from voxanne.failpoints import failpoint
from voxanne.live import publish_on_commit

log = structlog.get_logger(__name__)

# Longer than the longest ring time that a network takes, and a ring or two of the agent's number.
RINGS_FOR_S = 55
# Who takes the call hears this long a silence.
SILENCE = '<Response><Pause length="12"/><Hangup/></Response>'
# The call rings, is passed on and ends within this; what has no ending by then has none to come.
LASTS = timedelta(minutes=2)
# The agent's side may be told a little after Twilio's.
ARRIVES_WITHIN = timedelta(minutes=3)
ASKED_EVERY = timedelta(seconds=4)
MOST_AN_HOUR = 5
_ENDINGS = {
    "completed": TrialState.ANSWERED,
    "busy": TrialState.BUSY,
    "no-answer": TrialState.NOT_FORWARDED,
    "failed": TrialState.FAILED,
    "canceled": TrialState.FAILED,
}


def call_line(*, org: Organization, forwarding_id: UUID, actor: Actor) -> TrialCall:
    """Call a line and see where the call comes out. Asked twice while a call is on its way, it is the same call.

    Call it with no transaction open.

    Raises:
        NotFound, ForwardingIsOff: there is nothing to try. TooManyTrials: five an hour.
        CannotTryLine: the platform has no telephone, or Twilio would not call.
    """
    account, number = find_platforms_account(), settings.TWILIO_PHONE_NUMBER
    if account is None or not number:
        raise CannotTryLine
    with org_scope(org):
        trial, line, is_new = _claim(org, forwarding_id, number, actor)
        if not is_new:
            return trial
        failpoint("trial_call.claimed")
        try:
            sid = account.client().place_call(
                to=line,
                from_number=number,
                twiml=SILENCE,
                rings_for_s=RINGS_FOR_S,
                status_callback=_callback(org, trial),
            )
        except ProviderError as error:
            log.warning("trial_call.not_placed", trial=str(trial.pk), error=str(error))
            if is_refusal(error):
                _end(org, trial.pk, TrialState.FAILED)
                raise CannotTryLine from error
            return trial  # it may ring all the same; time settles it
        failpoint("trial_call.placed")
        with org_tx():
            TrialCall.objects.filter(pk=trial.pk).update(call_sid=sid, updated_at=now())
        trial.call_sid = sid
    return trial


def latest_trial(*, org: Organization, forwarding_id: UUID) -> TrialCall | None:
    """The last call to a line, as the table has it. One query."""
    with org_scope(org), org_tx():
        return _latest(forwarding_id)


def refresh_trial(*, org: Organization, forwarding_id: UUID) -> TrialCall | None:
    """The same, Twilio being asked where its callback may be lost. Call it with no transaction open."""
    with org_scope(org):
        with org_tx():
            trial = _latest(forwarding_id)
            if trial is None or trial.state != TrialState.CALLING:
                return trial
            moment = now()
            is_over = trial.created_at <= moment - LASTS
            is_due = trial.asked_at is None or trial.asked_at <= moment - ASKED_EVERY
            if is_due and not is_over:
                TrialCall.objects.filter(pk=trial.pk).update(asked_at=moment)
        if is_over:
            _end(org, trial.pk, TrialState.FAILED if not trial.call_sid else TrialState.NOT_FORWARDED)
        elif is_due and trial.call_sid and (account := find_platforms_account()):
            _ask(org, trial, account)
        with org_tx():
            return _latest(forwarding_id)


def follow_trial(org: Organization, *, trial_id: UUID | None, call_sid: str, status: str) -> bool:
    """Twilio tells how a call goes; False when it is none of ours. In the organisation's transaction."""
    ending = _ENDINGS.get(status)
    row: TrialCall | None = TrialCall.objects.filter(pk=trial_id).first() if trial_id else None
    if row is None or row.call_sid not in ("", call_sid):
        return False
    if not row.call_sid:
        TrialCall.objects.filter(pk=row.pk, call_sid="").update(call_sid=call_sid)
    if ending is not None:
        _settle(org, row.pk, ending)
    return True


def note_arrival(*, org_id: UUID, forwarding_id: UUID, calling_number: str) -> bool:
    """A call reached the agent: the trial of this line has passed when it is ours. In the organisation's transaction.

    It may have been told already that "somebody answered": that was the agent.
    """
    passed = TrialCall.objects.filter(
        forwarding_id=forwarding_id, calling_number=calling_number, created_at__gt=now() - ARRIVES_WITHIN
    ).exclude(state=TrialState.PASSED)
    newest = passed.order_by("-created_at").values_list("pk", flat=True).first()
    if newest is None:
        return False
    TrialCall.objects.filter(pk=newest).update(state=TrialState.PASSED, ended_at=now(), updated_at=now())
    return True


def _claim(org: Organization, forwarding_id: UUID, number: str, actor: Actor) -> tuple[TrialCall, str, bool]:
    """The sole right to call this line now, or the call that is on its way."""
    moment = now()
    with org_tx():
        config = lock_to_try(forwarding_id)
        calls = TrialCall.objects.filter(forwarding_id=config.pk)
        calls.filter(state=TrialState.CALLING, created_at__lte=moment - LASTS).update(
            state=TrialState.FAILED, ended_at=moment
        )
        under_way = calls.filter(state=TrialState.CALLING).first()
        if under_way is not None:
            return under_way, config.sim_phone_number, False
        if calls.filter(created_at__gt=moment - timedelta(hours=1)).count() >= MOST_AN_HOUR:
            raise TooManyTrials
        config.test_started_at = moment
        config.save(update_fields=["test_started_at", "updated_at"])
        trial = TrialCall.objects.create(org=org, forwarding=config, calling_number=number)
        audit.record(actor, "forwarding.trial_call", config)
    return trial, config.sim_phone_number, True


def _latest(forwarding_id: UUID) -> TrialCall | None:
    found: TrialCall | None = TrialCall.objects.filter(forwarding_id=forwarding_id).order_by("-created_at").first()
    return found


def _ask(org: Organization, trial: TrialCall, account: LineAccount) -> None:
    """See how Twilio's call goes; trouble on the way leaves everything as it was."""
    try:
        status = account.client().fetch_call_status(trial.call_sid)
    except ProviderError as error:
        log.warning("trial_call.not_looked_up", trial=str(trial.pk), error=str(error))
        return
    if status in _ENDINGS:
        _end(org, trial.pk, _ENDINGS[status])


def _end(org: Organization, trial_id: UUID, state: TrialState) -> None:
    with org_tx():
        _settle(org, trial_id, state)


def _settle(org: Organization, trial_id: UUID, state: TrialState) -> None:
    waiting = TrialCall.objects.filter(pk=trial_id, state=TrialState.CALLING)
    if waiting.update(state=state, ended_at=now(), updated_at=now()):
        publish_on_commit(org.pk, LIVE_KIND, id=trial_id)


def _callback(org: Organization, trial: TrialCall) -> str:
    """Where Twilio tells how the call goes. Ids only; the signature covers them."""
    query = urlencode({"org": str(org.pk), "t": str(trial.pk)})
    return f"{settings.BACKEND_URL}{reverse('telephony:twilio-trial-call')}?{query}"
