"""A caller who may need urgent help: staff are told once per call and danger, the caller what to do once per call.

Danger is looked for in what tools are asked (`calls.tools.dispatch`), in every final transcript as it comes in, and
again in the worker and in the report, for what came in pieces or was missed.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from calls.ingress.messages import REPORT, TRANSCRIPT, Message
from calls.ingress.recording import lock_call
from calls.models import Call, TranscriptLine
from calls.steering import steering_courier
from calls.tools.red_flags import RedFlag, find_red_flags, say_emergency
from calls.transfers import find_on_call_number
from contacts.models import StaffTask, TaskKind
from contacts.staff_tasks import NewTask, add_task
from orgs.models import Organization
from orgs.scope import org_tx
from providers.vapi.control import CallControl
from voxanne.live import publish_on_commit

log = structlog.get_logger(__name__)

_CALLER = frozenset({"user", "customer"})
# As much of what was said before belongs to a sentence that goes on: who talks for an hour is not heard all over again.
REMEMBERED_CHARS = 300


@dataclass(frozen=True)
class Announcement:
    """Words for one live call. The address is secret."""

    call_id: str
    control_url: str = field(repr=False)
    words: str

    def carry_out(self, control: CallControl) -> None:
        """Tell Vapi."""
        control.say(self.words)


def listen(*, org_id: UUID, message: Message) -> None:
    """Hear what a caller has just said, before anything else is done with it. Never raises: the worker hears it again.

    Where it means danger, staff are told, and the caller hears at once what to do.
    """
    said = _final_words(message)
    flags = find_red_flags(said) if said and message.call_id else []
    if not flags:
        return
    try:
        with org_tx():
            org = Organization.objects.get(pk=org_id)
            call = lock_call(org=org, message=message)
            first_time = not StaffTask.objects.filter(call=call, kind=TaskKind.RED_FLAG).exists()
            raise_alarm(org=org, call=call, flags=flags)
            if first_time and call.is_live and message.control_url:
                _speak(org, call, message)
    except Exception:  # the transcript must be kept, whatever breaks here
        log.exception("red_flag.not_told")


def raise_alarm(*, org: Organization, call: Call | None, flags: list[RedFlag], cause: str = "") -> None:
    """Tell staff of dangers that were named in a call, each once. Inside the transaction that holds the call.

    Args:
        cause: names what was said where no call is known.
    """
    for flag in flags:
        task = NewTask(
            kind=TaskKind.RED_FLAG,
            cause=f"red_flag:{flag.key}:{call.pk if call else cause}",
            reason=f"The caller's words sounded like {flag.title}. Read what was said, and ring back if nobody has.",
            call_id=call.pk if call else None,
            contact_id=call.contact_id if call else None,
            by_mail=True,
        )
        _, is_new = add_task(org=org, task=task)
        if is_new:
            log.warning("red_flag.raised", flag=flag.key, call=str(call.pk) if call else "")
            publish_on_commit(org.pk, "call", id=call.pk if call else "", alert="red_flag")


def hear_again(*, org: Organization, call: Call, message: Message) -> None:
    """The worker's turn: what a caller said in several breaths, and everything once more when the call has ended."""
    if message.type == TRANSCRIPT:
        said = _with_the_line_before(call, message)
    elif message.type == REPORT:
        said = _turns(message.artifact.get("messages")) or _labelled(message.artifact.get("transcript"))
    else:
        return
    if flags := find_red_flags(said):
        raise_alarm(org=org, call=call, flags=flags)


def _speak(org: Organization, call: Call, message: Message) -> None:
    on_call = find_on_call_number(org=org, caller_number=call.phone_number)
    announcement = Announcement(
        call_id=str(call.pk),
        control_url=message.control_url,
        words=say_emergency(country=org.country, on_call=on_call),
    )
    transaction.on_commit(lambda: _courier.hand_over(announcement))


def _final_words(message: Message) -> str:
    """What a transcript says that the caller said, in the end."""
    body = message.body
    is_final = message.type == TRANSCRIPT and body.get("transcriptType") != "partial"
    if not is_final or body.get("role") not in _CALLER or not isinstance(body.get("transcript"), str):
        return ""
    return str(body["transcript"])


def _with_the_line_before(call: Call, message: Message) -> list[str]:
    """The sentence, and the same joined to the one before: "I've got this pain" – "in my chest"."""
    said, moment = _final_words(message), message.timestamp
    if not said or moment is None:
        return [said]
    before = (
        TranscriptLine.objects.filter(call=call, is_final=False, ordinal__lt=round(moment.timestamp() * 1000))
        .order_by("-ordinal")
        .values_list("role", "text")
        .first()
    )
    joined = [f"{before[1].rstrip('.… ')} {said}"] if before and before[0] == "caller" else []
    return [said, *joined]


def _turns(messages: Any) -> list[str]:
    """What the caller said in one go, also where it was written down in pieces."""
    turns: list[str] = []
    goes_on = False
    for item in messages if isinstance(messages, list) else []:
        role, text = (item.get("role"), item.get("message")) if isinstance(item, dict) else (None, None)
        if role in _CALLER and isinstance(text, str):
            turns.append(text)
            if goes_on:
                turns.append(f"{turns[-2][-REMEMBERED_CHARS:].rstrip('.… ')} {text}")
            goes_on = True
        elif role in {"bot", "assistant"}:
            goes_on = False
    return turns


def _labelled(transcript: Any) -> list[str]:
    """The caller's lines of a transcript that is text alone."""
    lines = transcript.splitlines() if isinstance(transcript, str) else []
    return [line.partition(":")[2] for line in lines if line.lower().startswith(("user:", "customer:", "caller:"))]


_courier = steering_courier("announcements")
