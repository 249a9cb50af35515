"""Why something cannot be done with a call, each in a sentence for the person who asked."""

from voxanne.errors import DomainError


class CallerUnreachable(DomainError):
    """There is no number that a text could go to."""

    code = "caller_unreachable"
    http_status = 409
    message = "The number was withheld, so this caller cannot be texted."


class NotATextPhone(DomainError):
    code = "landline"
    http_status = 409
    message = "The number is a landline, which takes no texts. Call back instead."


class TextTooLong(DomainError):
    code = "too_long"
    http_status = 400
    message = "A follow-up text has at most 160 characters."


class KeyUsedForAnother(DomainError):
    """The same idempotency key for other words or another format."""

    code = "idempotency_key_used"
    http_status = 409
    message = "This Idempotency-Key belongs to something else that you asked for. Use a new one."


class NoTranscript(DomainError):
    code = "no_transcript"
    http_status = 409
    message = "There is no transcript to export: nothing was said in this call, or it still goes on."


class NoVisit(DomainError):
    code = "no_visit"
    http_status = 409
    message = "This call has no appointment that could be reminded of."
