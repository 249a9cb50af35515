"""Vapi's `endedReason` is an open set of over 600 values: kept as text, understood by family (reference vapi, 1.6)."""

from enum import StrEnum


class Family(StrEnum):
    """What an ending means to a clinic."""

    CALLER_ENDED = "caller_ended"
    ASSISTANT_ENDED = "assistant_ended"
    TIMEOUT = "timeout"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    TRANSFER = "transfer"
    TRANSFER_FAILED = "transfer_failed"
    NOT_TAKEN = "not_taken"
    ERROR = "error"
    OTHER = "other"


_EXACT = {
    "customer-busy": Family.NO_ANSWER,
    "customer-did-not-answer": Family.NO_ANSWER,
    "twilio-failed-to-connect-call": Family.ERROR,
    "twilio-reported-customer-misdialed": Family.NO_ANSWER,
    "voicemail": Family.VOICEMAIL,
    "assistant-forwarded-call": Family.TRANSFER,
    # Our own answer to who takes the call: nobody, and a sentence instead (calls.routing).
    "assistant-request-returned-error": Family.NOT_TAKEN,
    "silence-timed-out": Family.TIMEOUT,
    "exceeded-max-duration": Family.TIMEOUT,
    "assistant-join-timed-out": Family.ERROR,
    "assistant-not-found": Family.ERROR,
    "assistant-not-valid": Family.ERROR,
}
_PREFIXES = (
    ("call.in-progress.error-transfer-failed", Family.TRANSFER_FAILED),
    ("call.in-progress.error-warm-transfer", Family.TRANSFER_FAILED),
    ("call.forwarding.operator-busy", Family.TRANSFER_FAILED),
    ("call.forwarding.no-answer", Family.TRANSFER_FAILED),
    ("assistant-request-", Family.ERROR),
    ("pipeline-", Family.ERROR),
    ("call-start-error", Family.ERROR),
    ("worker-shutdown", Family.ERROR),
    ("customer-ended-call", Family.CALLER_ENDED),
    ("assistant-", Family.ASSISTANT_ENDED),
    ("call.forwarding", Family.TRANSFER),
)
_WORDS = {
    Family.CALLER_ENDED: "The caller hung up",
    Family.ASSISTANT_ENDED: "The receptionist ended the call",
    Family.TIMEOUT: "The call ran out of time or went silent",
    Family.NO_ANSWER: "Nobody answered",
    Family.VOICEMAIL: "Voicemail answered",
    Family.TRANSFER: "Handed over to a person",
    Family.TRANSFER_FAILED: "Nobody took the call that was put through",
    Family.NOT_TAKEN: "The call was not taken",
    Family.ERROR: "The call failed for a technical reason",
    Family.OTHER: "The call ended",
}


def classify(reason: str) -> Family:
    """The family of an ending; a value never seen before lands in the one its words suggest."""
    reason = reason.lower()
    if not reason:
        return Family.OTHER
    if reason in _EXACT:
        return _EXACT[reason]
    for prefix, family in _PREFIXES:
        if reason.startswith(prefix):
            return family
    return Family.ERROR if "error" in reason or "fault" in reason else Family.OTHER


def describe(reason: str) -> str:
    """The ending in a clinic's words."""
    return _WORDS[classify(reason)]
