"""Why a line is not verified or not forwarded, each in a sentence for the person who asked."""

import math
from datetime import datetime

from voxanne.errors import DomainError


class InvalidPhone(DomainError):
    code = "invalid_phone"
    http_status = 400
    message = "Invalid phone format. Must be E.164: +countrycode+number"


class NumberNotAllowed(DomainError):
    """An emergency service, a premium-rate number, or one that nobody can answer."""

    code = "number_not_allowed"
    http_status = 400
    message = "That number cannot be verified. Enter the phone line that your patients call."


class AlreadyVerified(DomainError):
    code = "already_verified"
    http_status = 409
    message = "Phone number already verified for this organization"


class VerifiedElsewhere(DomainError):
    """Somebody else proved the number through the platform's account. Says nothing about whom."""

    code = "verified_elsewhere"
    http_status = 409
    message = (
        "This number is verified by another clinic. Connect your own Twilio account to verify it, or contact support."
    )


class OwnTwilioNumber(DomainError):
    """It is one of the account's own numbers: calls to it need no forwarding."""

    code = "own_twilio_number"
    http_status = 409
    message = (
        "This is one of your Twilio numbers: calls to it reach your agent without forwarding. Enter the line that your "
        "patients call."
    )


class CallUnderWay(DomainError):
    code = "call_under_way"
    http_status = 409
    message = "We are calling this number already. Wait for the call to end, then try again."


class TooManyVerificationCalls(DomainError):
    """Counted over all organisations: it is one telephone that rings."""

    code = "too_many_verification_calls"
    http_status = 429

    def __init__(self, *, retry_after_s: int) -> None:
        minutes = math.ceil(retry_after_s / 60)
        super().__init__(f"This number was called three times within the hour. Try again in {minutes} min.")
        self.retry_after_s = retry_after_s


class NotConfirmedYet(DomainError):
    """Twilio's half of the proof is missing; no attempt was spent."""

    code = "not_confirmed_yet"
    http_status = 409
    message = "Twilio has not confirmed the call yet. Answer it and key the code in on your phone, then try again."


class CallNotAnswered(DomainError):
    """The verification call ended without the code; no attempt was spent."""

    code = "call_not_answered"
    http_status = 409
    message = "The verification call ended before the code was keyed in. Ask for a new call."


class WrongCode(DomainError):
    code = "wrong_code"
    http_status = 400

    def __init__(self, *, attempts_left: int) -> None:
        noun = "attempt" if attempts_left == 1 else "attempts"
        super().__init__(f"Invalid verification code. {attempts_left} {noun} remaining.")
        self.attempts_left = attempts_left


class CodeExpired(DomainError):
    code = "code_expired"
    http_status = 410
    message = "Verification code expired. Please request a new one."


class NumberLocked(DomainError):
    """Three wrong codes; nothing is taken or made for this number until the hour is over."""

    code = "number_locked"
    http_status = 423

    def __init__(self, *, until: datetime, moment: datetime) -> None:
        self.until = until
        self.retry_after_s = max(1, math.ceil((until - moment).total_seconds()))
        minutes = math.ceil(self.retry_after_s / 60)
        super().__init__(f"Too many wrong codes. This number is locked for {minutes} min.")


class TwilioWouldNot(DomainError):
    """Twilio said no for a reason that the clinic can mend in its own account."""

    code = "twilio_refused"
    http_status = 409


class TwilioUnreachable(DomainError):
    """Twilio failed, or nobody knows whether it calls."""

    code = "provider_unavailable"
    http_status = 502
    message = "Twilio could not be reached. If your phone rings all the same, hang up. Try again in a minute."


class NotVerified(DomainError):
    code = "not_verified"
    http_status = 409
    message = "Verify this number first, then set up forwarding."


class NoForwardingNumber(DomainError):
    """There is nothing to forward to."""

    code = "no_forwarding_number"
    http_status = 422
    message = (
        "Your agent has no number to forward to yet. Connect Twilio in Integrations or buy a number, then come back."
    )


class ForwardingLoop(DomainError):
    code = "forwarding_loop"
    http_status = 400
    message = "A line cannot forward to itself. Choose another number."


class ChoiceNotOffered(DomainError):
    """Carrier, country and mode do not go together."""

    code = "choice_not_offered"
    http_status = 400
    message = "That carrier has no code for this."


class ForwardingIsOff(DomainError):
    """Confirmed while it is off: the circle goes through setting it up again."""

    code = "forwarding_is_off"
    http_status = 409
    message = "Forwarding for this number is off. Set it up again, then confirm it."


class CannotTryLine(DomainError):
    """The platform has no telephone to call from, or Twilio would not place the call."""

    code = "cannot_try_line"
    http_status = 409
    message = "We cannot call this line for you. Call it yourself from another phone instead."


class TooManyTrials(DomainError):
    code = "too_many_trials"
    http_status = 429
    message = "We called this line five times within the hour. Call it yourself, or try again later."
