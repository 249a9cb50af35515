"""Working off the inbox: one event at a time, per call in order, each in one transaction with its effects."""

import json
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from agents.models import Agent
from calls.after_call import finish_call, link_caller
from calls.after_call.words import said_by, said_in
from calls.facts import extract, merge
from calls.ingress.inbox import payload_purpose
from calls.ingress.measures import EVENT_DELAY, EVENT_FAILURES
from calls.ingress.messages import ASSISTANT_REQUEST, REPORT, STATUS, TRANSCRIPT, Message, as_uuid
from calls.ingress.recording import set_facts
from calls.models import Call, TranscriptLine, WebhookEvent
from calls.redaction import Discretion
from calls.redaction.clinic import ClinicRules, rules_of
from calls.redaction.messages import Received, receive
from calls.redaction.stored import redact_tool_calls
from calls.sentiment import settle_mood
from calls.transcripts import add_live_line, line_before, replace_lines, settle_offsets
from calls.urgent import hear_again
from contacts.spoken_wishes import Spoken
from credentials.sealing import unseal_for_org
from orgs.models import Organization
from orgs.scope import org_tx, service_tx
from telephony.forwarding.sightings import note_incoming
from voxanne.clock import now
from voxanne.failpoints import failpoint
from voxanne.live import publish_on_commit
from voxanne.saving import saved_once

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 8
FIRST_BACKOFF_S = 5.0
MAX_BACKOFF_S = 3600.0
PAYLOAD_DAYS = 7
# What Vapi says of a call that has only begun.
_BEGINNINGS = frozenset({"queued", "ringing", "in-progress"})


def process_pending(*, org: Organization, vapi_call_id: str) -> int:
    """Work off a call's waiting events, oldest first; returns how many were finished. Safe to run twice or at once.

    An event that fails stays first in line and is tried again later: the ones behind it wait, so that per call the
    order of arrival is kept. After eight attempts it is set aside as dead and the line moves on.
    """
    finished = 0
    while claimed := _claim_next(org, vapi_call_id):
        event, rules = claimed
        failpoint("inbox.claimed")
        try:
            _process(org=org, event_id=event.pk, received=_read(org=org, event=event, rules=rules))
        except Exception as error:  # a door: the cause is kept with the event, and the worker lives on
            log.exception("webhook.processing_failed", event_id=str(event.pk))
            _postpone(event.pk, error)
            break
        failpoint("inbox.processed")
        finished += 1
    return finished


def _claim_next(org: Organization, vapi_call_id: str) -> tuple[WebhookEvent, ClinicRules] | None:
    """Take the oldest waiting event if it is due, counting the attempt before the work: a crash is counted too.

    With it comes what the clinic wants left out, so that reading the event needs no transaction of its own.
    """
    with org_tx():
        event = (
            WebhookEvent.objects.select_for_update()
            .filter(vapi_call_id=vapi_call_id, processed_at__isnull=True, dead_at__isnull=True)
            .order_by("received_at", "id")
            .first()
        )
        if event is None or event.next_attempt_at > now():
            return None
        if event.attempts >= MAX_ATTEMPTS:
            event.dead_at, event.error = now(), event.error or "The worker died with it each time."
            event.save(update_fields=["dead_at", "error", "updated_at"])
            EVENT_FAILURES.labels("dead").inc()
            log.error("webhook.dead", event_id=str(event.pk))
            return None
        event.attempts += 1
        event.next_attempt_at = now() + timedelta(seconds=settings.WEBHOOK_LEASE_S)
        event.save(update_fields=["attempts", "next_attempt_at", "updated_at"])
        return event, rules_of(org)


def _process(*, org: Organization, event_id: UUID, received: Received) -> None:
    """Everything that an event changes, in one transaction."""
    with org_tx():
        event = WebhookEvent.objects.select_for_update().defer("payload").get(pk=event_id)
        if event.processed_at is not None:
            return
        call = Call.objects.select_for_update().get(vapi_call_id=event.vapi_call_id)
        apply_message(org=org, call=call, received=received)
        event.processed_at, event.error = now(), ""
        event.save(update_fields=["processed_at", "error", "updated_at"])
        waited_s = (event.processed_at - event.received_at).total_seconds()
        transaction.on_commit(lambda: EVENT_DELAY.observe(waited_s))
        failpoint("inbox.before_commit")
        publish_on_commit(org.pk, "call", id=call.pk)


def _read(*, org: Organization, event: WebhookEvent, rules: ClinicRules) -> Received:
    """What an event says, with and without identifiers. With no transaction open: hours of talk take seconds."""
    payload = unseal_for_org(org.pk, purpose=payload_purpose(event.pk), sealed=event.payload)
    message = Message(json.loads(payload))
    if message.type == ASSISTANT_REQUEST:
        return Received(heard=message, message=message, discretion=Discretion())
    before = ""
    if message.type == TRANSCRIPT:
        with org_tx():
            before = line_before(message)
    return receive(message, rules.for_message(message), before=before)


def apply_message(*, org: Organization, call: Call, received: Received) -> None:
    """What one message changes about a locked call. The result is the same for every order of a call's messages.

    The call is stored once, at the end: each time costs a dozen indexes and a trigger.
    """
    message = received.message
    with saved_once(call):
        is_late = message.is_found and bool(call.facts.get("report"))
        set_facts(call, merge(call.facts, extract(message)))
        _link_agent(call, message)
        lines: list[TranscriptLine] = []
        if message.type == ASSISTANT_REQUEST:
            link_caller(org=org, call=call)
        elif message.type == TRANSCRIPT:
            add_live_line(call, message, received.discretion)
        elif message.type == REPORT and not message.is_stub and not is_late:
            lines = replace_lines(call, message)
        if not call.is_live and message.type != ASSISTANT_REQUEST:
            _conclude(org, call, received, said=said_by(lines) if lines else said_in(call))
        hear_again(org=org, call=call, message=received.heard)
    if not lines:  # the report's own have their times
        settle_offsets(call)
    _note_forwarded(org, message)


def _conclude(org: Organization, call: Call, received: Received, *, said: Sequence[Spoken]) -> None:
    """What a message says about a call that has ended, beside its facts."""
    redact_tool_calls(call, received.discretion)
    settle_mood(call, said=said)
    if received.message.type == REPORT:
        finish_call(org=org, call=call, said=said)


def _link_agent(call: Call, message: Message) -> None:
    """Whose call it is: the agent of the message's assistant, or who was to answer when the telephone rang."""
    if call.agent_id is not None:
        return
    routed_to = as_uuid(call.facts.get("routed", {}).get("agent"))
    named = Q(vapi_assistant_id=message.assistant_id) if message.assistant_id else Q(pk=routed_to)
    agent = Agent.objects.filter(named).only("id", "org_id").first() if message.assistant_id or routed_to else None
    if agent is not None:
        call.agent = agent


def _note_forwarded(org: Organization, message: Message) -> None:
    """A call that begins may be the one by which somebody tries whether their line forwards."""
    begins = message.type == ASSISTANT_REQUEST or (message.type == STATUS and message.body.get("status") in _BEGINNINGS)
    if begins and not message.is_outbound:
        at = message.timestamp or now()
        note_incoming(
            org_id=org.pk,
            called_number=message.called_number,
            at=at,
            forwarded_from=message.forwarded_from,
            calling_number=str(message.customer.get("number") or ""),
        )


def _postpone(event_id: UUID, error: Exception) -> None:
    with org_tx():
        event = WebhookEvent.objects.select_for_update().filter(pk=event_id, processed_at__isnull=True).first()
        if event is None:
            return
        event.error = type(error).__name__
        if event.attempts >= MAX_ATTEMPTS:
            event.dead_at = now()
            EVENT_FAILURES.labels("dead").inc()
            log.error("webhook.dead", event_id=str(event_id), attempts=event.attempts)
        else:
            EVENT_FAILURES.labels("again").inc()
            delay_s = min(FIRST_BACKOFF_S * 2 ** (event.attempts - 1), MAX_BACKOFF_S)
            event.next_attempt_at = now() + timedelta(seconds=delay_s)
        event.save(update_fields=["error", "dead_at", "next_attempt_at", "updated_at"])


def find_waiting_calls(*, limit: int = 500) -> list[tuple[UUID, str]]:
    """The calls whose oldest waiting event is due: what the sweeper wakes up for."""
    with service_tx("sweep the webhook inbox"), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT org_id, vapi_call_id FROM (
                SELECT DISTINCT ON (org_id, vapi_call_id) org_id, vapi_call_id, received_at, next_attempt_at
                FROM webhook_events WHERE processed_at IS NULL AND dead_at IS NULL
                ORDER BY org_id, vapi_call_id, received_at, id
            ) AS oldest
            WHERE next_attempt_at <= now() - interval '2 seconds' ORDER BY received_at LIMIT %s
            """,
            [limit],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def purge_payloads() -> int:
    """Empty the payloads of finished events after seven days; the rows stay, so that repeats are still recognised."""
    with service_tx("purge webhook payloads"):
        return (
            WebhookEvent.across_orgs.filter(processed_at__lt=now() - timedelta(days=PAYLOAD_DAYS))
            .exclude(payload="")
            .update(payload="")
        )


def revive(event: WebhookEvent) -> None:
    """Give a dead event another eight attempts. Inside the platform's transaction; effects are idempotent."""
    event.dead_at, event.error, event.attempts, event.next_attempt_at = None, "", 0, now()
    event.processed_at = None
    event.save(update_fields=["dead_at", "error", "attempts", "next_attempt_at", "processed_at", "updated_at"])
